// A segment that arrived, as TCP looks at it: numbers, text, and the options it understands.
#pragma once

#include <optional>
#include <vector>

#include "harness/wire/tcp.h"
#include "targets/reference/host.h"
#include "targets/reference/sequence.h"

namespace tcpjury::reference {

/// Octets of the fixed IP and TCP headers (RFC 6691).
[[nodiscard]] constexpr std::uint32_t fixed_headers(wire::Family family) {
  return family == wire::Family::v4 ? 40 : 60;
}

struct Segment {
  SeqNum seq = {};
  SeqNum ack = {};
  wire::FlagSet flags = {};
  std::uint16_t window = 0;  ///< as on the wire
  std::uint16_t urgent = 0;
  Bytes text = {};
  bool congestion = false;              ///< the datagram was marked CE (RFC 3168)
  std::optional<Bytes> fast_open = {};  ///< the cookie; an empty one asks for it
  std::vector<wire::IpAddress> return_route =
      {};  ///< the way back, where a completed source route came along

  std::optional<std::uint16_t> mss = {};
  std::optional<std::uint8_t> window_scale = {};
  bool sack_permitted = false;
  std::optional<wire::Timestamps> timestamps = {};
  std::vector<wire::SackBlock> sack = {};

  [[nodiscard]] bool has(wire::FlagSet all) const { return flags.has(all); }
  /// SEG.LEN: SYN and FIN count one each.
  [[nodiscard]] SeqLen length() const {
    return octets(text.size() + (has(wire::syn) ? 1 : 0) + (has(wire::fin) ? 1 : 0));
  }
  [[nodiscard]] SeqNum end() const { return seq + length(); }
};

/// Reads the header and the options; what comes behind an option that cannot be skipped is not looked at
/// (MUST-7). `state` is that of the connection, for faults.
[[nodiscard]] Segment read_segment(const wire::TcpSegment& segment, EcnCodepoint ecn, const Host& host,
                                   State state);

/// True when a mistake makes the header reason enough not to look at a segment.
[[nodiscard]] bool is_refused(const wire::TcpSegment& segment, const Host& host, State state);

/// The reset that answers a segment for which there is no connection (RFC 9293 section 3.5.2, group 1), or
/// nothing where the segment is itself a reset.
[[nodiscard]] std::optional<wire::TcpSegment> reset_for(const Segment& segment, const Host& host,
                                                        State state);

}  // namespace tcpjury::reference
