// The TCP segment: a total value. Every header any octets can hold can be expressed, sent and printed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/base/bytes.h"
#include "harness/wire/address.h"
#include "harness/wire/flags.h"
#include "harness/wire/seq.h"
#include "harness/wire/tcp_options.h"

namespace tcpjury::wire {

inline constexpr std::size_t tcp_header_min = 20;   // octets, without options
inline constexpr std::size_t tcp_options_max = 40;  // octets a data offset of 15 leaves for options

/// A segment as a value. The members `data_offset` and `checksum` hold nothing when they are what
/// RFC 9293 section 3.1 says they should be; encode() then computes them, decode() then found them right.
struct TcpSegment {
  Port source = {};
  Port destination = {};
  SeqNum seq = {};
  SeqNum ack = {};
  FlagSet flags = {};
  std::uint8_t reserved = 0;  ///< the four reserved bits, 0 to 15
  std::uint16_t window = 0;   ///< as on the wire, unscaled
  std::uint16_t urgent = 0;
  Bytes options = {};  ///< octets between the fixed header and the text, as on the wire
  Bytes text = {};     ///< the payload
  std::optional<std::uint8_t> data_offset = {};  ///< a lie, 0 to 15 words
  std::optional<std::uint16_t> checksum = {};    ///< a lie

  friend bool operator==(const TcpSegment&, const TcpSegment&) = default;

  /// SEG.LEN: octets of text, plus one for SYN and one for FIN (RFC 9293 section 3.4).
  [[nodiscard]] SeqLen length() const;
  /// The last sequence number occupied plus one: SEG.SEQ+SEG.LEN.
  [[nodiscard]] SeqNum end() const { return seq + length(); }
};

/// The RFC's notation: <SEQ=300><ACK=101><CTL=SYN,ACK>, with <DATA=n>, <UP=n> where there is some.
/// ACK is printed only when the ACK bit is on; CTL=none for an empty set. Numbers are shown relative
/// to `seq_base`/`ack_base` when given, so that people can follow them.
struct NotationBase {
  std::optional<SeqNum> seq = {};
  std::optional<SeqNum> ack = {};
};
[[nodiscard]] std::string to_notation(const TcpSegment& segment, NotationBase base = {});

}  // namespace tcpjury::wire
