// Sequence space: points and lengths modulo 2^32 (RFC 9293 section 3.4).
#pragma once

#include <compare>
#include <cstdint>

namespace tcpjury::wire {

/// A number of octets of sequence space; SYN and FIN count one each.
struct SeqLen {
  std::uint32_t octets = 0;
  friend constexpr auto operator<=>(SeqLen, SeqLen) = default;
};
[[nodiscard]] constexpr SeqLen operator+(SeqLen a, SeqLen b) { return {a.octets + b.octets}; }

/// A point in sequence space.
///
/// There is deliberately no operator<: order exists only relative to a base (SND.UNA, RCV.NXT),
/// so every comparison names one. `a < b` on raw integers is the classic TCP bug.
struct SeqNum {
  std::uint32_t raw = 0;
  friend constexpr bool operator==(SeqNum, SeqNum) = default;
  friend constexpr SeqNum operator+(SeqNum s, SeqLen n) { return {s.raw + n.octets}; }
  friend constexpr SeqNum operator-(SeqNum s, SeqLen n) { return {s.raw - n.octets}; }
  /// The distance from `from` up to `to`, modulo 2^32.
  friend constexpr SeqLen operator-(SeqNum to, SeqNum from) { return {to.raw - from.raw}; }
};

/// True when first =< s < first+len, the RFC's way to write a window test.
[[nodiscard]] constexpr bool in_window(SeqNum s, SeqNum first, SeqLen len) {
  return (s - first).octets < len.octets;
}

/// True when `a` lies before `b` by less than half the sequence space: the order RFC 9293 section
/// 3.4 assumes between numbers of one connection.
[[nodiscard]] constexpr bool before(SeqNum a, SeqNum b) { return a != b && (b - a).octets < 0x8000'0000U; }
[[nodiscard]] constexpr bool at_or_before(SeqNum a, SeqNum b) { return a == b || before(a, b); }

/// The later of two numbers of one connection.
[[nodiscard]] constexpr SeqNum later(SeqNum a, SeqNum b) { return before(a, b) ? b : a; }
[[nodiscard]] constexpr SeqNum earlier(SeqNum a, SeqNum b) { return before(a, b) ? a : b; }

}  // namespace tcpjury::wire
