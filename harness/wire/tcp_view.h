// A TCP segment read in place: lengths are checked once, by parse(); nothing afterwards can fail.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "harness/base/bytes.h"
#include "harness/wire/address.h"
#include "harness/wire/octets.h"
#include "harness/wire/tcp.h"

namespace tcpjury::wire {

/// Borrows the octets it was parsed from and must not outlive them.
class TcpView {
 public:
  /// Nothing when there are fewer octets than the fixed header. A data offset that points before the end of
  /// the fixed header or past the segment is no failure: see offset_fits().
  [[nodiscard]] static constexpr std::optional<TcpView> parse(BytesView segment) {
    if (segment.size() < tcp_header_min) return std::nullopt;
    return TcpView{segment};
  }

  [[nodiscard]] constexpr Port source() const { return {get16<0>(fixed_)}; }
  [[nodiscard]] constexpr Port destination() const { return {get16<2>(fixed_)}; }
  [[nodiscard]] constexpr SeqNum seq() const { return {get32<4>(fixed_)}; }
  [[nodiscard]] constexpr SeqNum ack() const { return {get32<8>(fixed_)}; }
  /// In words, 0 to 15, as on the wire.
  [[nodiscard]] constexpr std::uint8_t data_offset() const {
    return static_cast<std::uint8_t>(get8<12>(fixed_) >> 4U);
  }
  [[nodiscard]] constexpr std::uint8_t reserved() const {
    return static_cast<std::uint8_t>(get8<12>(fixed_) & 0x0fU);
  }
  [[nodiscard]] constexpr FlagSet flags() const { return {get8<13>(fixed_)}; }
  [[nodiscard]] constexpr std::uint16_t window() const { return get16<14>(fixed_); }
  [[nodiscard]] constexpr std::uint16_t checksum() const { return get16<16>(fixed_); }
  [[nodiscard]] constexpr std::uint16_t urgent() const { return get16<18>(fixed_); }

  /// True when the data offset lies between the end of the fixed header and the end of the segment.
  [[nodiscard]] constexpr bool offset_fits() const {
    const std::size_t header = data_offset() * std::size_t{4};
    return header >= tcp_header_min && header <= segment_.size();
  }
  /// What the data offset calls options: none when it points into the fixed header, all the rest when it
  /// points past the end.
  [[nodiscard]] constexpr BytesView options() const {
    return segment_.subspan(tcp_header_min, text_at_ - tcp_header_min);
  }
  /// Everything after the options.
  [[nodiscard]] constexpr BytesView text() const { return segment_.subspan(text_at_); }
  /// The whole segment.
  [[nodiscard]] constexpr BytesView octets() const { return segment_; }

  /// What the checksum field should hold between these addresses.
  [[nodiscard]] std::uint16_t right_checksum(const IpAddress& from, const IpAddress& to) const;

 private:
  explicit constexpr TcpView(BytesView segment)
      : segment_{segment}, fixed_{segment.first<tcp_header_min>()}, text_at_{end_of_options()} {}

  [[nodiscard]] constexpr std::size_t end_of_options() const {
    const std::size_t header = data_offset() * std::size_t{4};
    return std::clamp(header, tcp_header_min, segment_.size());
  }

  BytesView segment_;
  std::span<const std::byte, tcp_header_min> fixed_;
  std::size_t text_at_;
};

/// The value of a view: checksum and data offset hold nothing where they are what encode_segment() computes,
/// so that encode_segment(to_segment(view, a, b), a, b) gives back view.octets(), whatever they are.
[[nodiscard]] TcpSegment to_segment(const TcpView& view, const IpAddress& from, const IpAddress& to);

/// The octets of a segment without IP, its checksum for these addresses.
[[nodiscard]] Bytes encode_segment(const TcpSegment& segment, const IpAddress& from, const IpAddress& to);

}  // namespace tcpjury::wire
