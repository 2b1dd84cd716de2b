// TCP options: a lossless list for any octets, and a typed summary for the ones tcpjury understands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/wire/seq.h"

namespace tcpjury::wire {

namespace option_kind {
inline constexpr std::uint8_t end_of_list = 0;
inline constexpr std::uint8_t no_operation = 1;
inline constexpr std::uint8_t mss = 2;             // RFC 9293 section 3.7.1
inline constexpr std::uint8_t window_scale = 3;    // RFC 7323 section 2.2
inline constexpr std::uint8_t sack_permitted = 4;  // RFC 2018 section 2
inline constexpr std::uint8_t sack = 5;            // RFC 2018 section 3
inline constexpr std::uint8_t timestamps = 8;      // RFC 7323 section 3.2
inline constexpr std::uint8_t user_timeout = 28;   // RFC 5482
inline constexpr std::uint8_t fast_open = 34;      // RFC 7413
}  // namespace option_kind

struct Timestamps {
  std::uint32_t tsval = 0;
  std::uint32_t tsecr = 0;
  friend constexpr bool operator==(Timestamps, Timestamps) = default;
};
/// [left, right): octets held above the acknowledgment number (RFC 2018 section 3).
struct SackBlock {
  SeqNum left = {};
  SeqNum right = {};
  friend constexpr bool operator==(SackBlock, SackBlock) = default;
};

/// One option as it stood in the header. `length` is the length octet as found; kinds 0 and 1 have none.
struct TcpOption {
  std::uint8_t kind = 0;
  std::optional<std::uint8_t> length = {};
  Bytes value = {};
  friend bool operator==(const TcpOption&, const TcpOption&) = default;
};

/// What is wrong with an option list (RFC 9293 section 3.1).
enum class OptionDefect : std::uint8_t {
  none,
  length_missing,     ///< the header ends right after a kind octet that needs a length
  length_too_small,   ///< length 0 or 1
  length_past_end,    ///< the option runs past the data offset
  nonzero_after_end,  ///< octets after End-of-option-list are not zero (MUST-69)
};

/// "length past end": for people.
[[nodiscard]] std::string_view to_string(OptionDefect defect);

/// The result of reading an options area: everything up to the first defect, and the defect.
struct OptionList {
  std::vector<TcpOption> options = {};
  OptionDefect defect = OptionDefect::none;

  [[nodiscard]] const TcpOption* find(std::uint8_t kind) const;
  // Typed readers: nothing when the option is absent or its length is not the one its RFC gives.
  [[nodiscard]] std::optional<std::uint16_t> mss() const;
  [[nodiscard]] std::optional<std::uint8_t> window_scale() const;
  [[nodiscard]] bool sack_permitted() const;
  [[nodiscard]] std::optional<Timestamps> timestamps() const;
  [[nodiscard]] std::vector<SackBlock> sack_blocks() const;
};

/// Reads any octets; never fails and never reads outside `octets`.
[[nodiscard]] OptionList parse_options(BytesView octets);

/// Builds an options area from typed values, in the order of the members, each aligned with NOPs as
/// RFC 7323 appendix A suggests, so that the area is always a multiple of four octets. More than 40
/// octets are written all the same; no data offset can then be right.
struct OptionFields {
  std::optional<std::uint16_t> mss = {};
  std::optional<std::uint8_t> window_scale = {};
  bool sack_permitted = false;
  std::optional<Timestamps> timestamps = {};
  std::vector<SackBlock> sack = {};
};
[[nodiscard]] Bytes encode_options(const OptionFields& fields);

/// "mss 1460, wscale 7, sackOK, ts 1/2, sack 5-9 20-30" for people; unknown kinds, and known ones with a
/// wrong length, as "kind 253 [4 octets]" (octets of value); padding is left out; a defect comes last as
/// "malformed: length past end".
[[nodiscard]] std::string to_string(const OptionList& list);

}  // namespace tcpjury::wire
