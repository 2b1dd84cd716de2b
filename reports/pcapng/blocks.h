// The block structure of pcapng: types, options and padding, nothing about tcpjury.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/bytes.h"

namespace tcpjury::reports::pcapng {

inline constexpr std::uint32_t section_header = 0x0a0d0d0a;
inline constexpr std::uint32_t interface_description = 1;
inline constexpr std::uint32_t enhanced_packet = 6;

namespace option {
inline constexpr std::uint16_t end = 0;
inline constexpr std::uint16_t comment = 1;
inline constexpr std::uint16_t shb_userappl = 4;
inline constexpr std::uint16_t if_name = 2;
inline constexpr std::uint16_t if_tsresol = 9;
inline constexpr std::uint16_t epb_flags = 2;
inline constexpr std::uint16_t epb_packetid = 5;
}  // namespace option

/// One block: fields and options are appended, finish() frames them.
class Block {
 public:
  explicit Block(std::uint32_t type) : type_{type} {}

  void put16(std::uint16_t v) { put(v, 2); }
  void put32(std::uint32_t v) { put(v, 4); }
  void put64(std::uint64_t v) { put(v, 8); }
  /// Padded with zeros to a multiple of four.
  void put_padded(BytesView octets);

  /// At most 65535 octets; longer text is cut at a character. Octets that are no UTF-8 become U+FFFD.
  void text_option(std::uint16_t code, std::string_view text);
  void octet_option(std::uint16_t code, std::uint8_t value);
  void word_option(std::uint16_t code, std::uint32_t value);
  void long_option(std::uint16_t code, std::uint64_t value);

  /// The whole block, options closed.
  [[nodiscard]] std::string finish();

 private:
  void put(std::uint64_t v, unsigned octets);
  void option_head(std::uint16_t code, std::size_t length);

  std::uint32_t type_;
  std::string body_;
  bool has_options_ = false;
};

}  // namespace tcpjury::reports::pcapng
