// The control bits of a TCP header as a set (RFC 9293 section 3.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tcpjury::wire {

/// A set of the eight control bits. Any combination is a value; whether it makes sense is not asked here.
struct FlagSet {
  std::uint8_t bits = 0;

  friend constexpr bool operator==(FlagSet, FlagSet) = default;
  friend constexpr FlagSet operator|(FlagSet a, FlagSet b) {
    return {static_cast<std::uint8_t>(a.bits | b.bits)};
  }
  friend constexpr FlagSet operator&(FlagSet a, FlagSet b) {
    return {static_cast<std::uint8_t>(a.bits & b.bits)};
  }
  /// The set without the members of `b`.
  friend constexpr FlagSet operator-(FlagSet a, FlagSet b) {
    return {static_cast<std::uint8_t>(a.bits & ~b.bits)};
  }
  /// True when every member of `all` is set.
  [[nodiscard]] constexpr bool has(FlagSet all) const { return (bits & all.bits) == all.bits; }
  [[nodiscard]] constexpr bool any(FlagSet some) const { return (bits & some.bits) != 0; }
};

inline constexpr FlagSet no_flags{0x00};
inline constexpr FlagSet fin{0x01};
inline constexpr FlagSet syn{0x02};
inline constexpr FlagSet rst{0x04};
inline constexpr FlagSet psh{0x08};
inline constexpr FlagSet ack{0x10};
inline constexpr FlagSet urg{0x20};
inline constexpr FlagSet ece{0x40};
inline constexpr FlagSet cwr{0x80};

/// "SYN,ACK" in the order the RFC's figures use (SYN FIN RST first, then ACK PSH URG ECE CWR); "" when empty.
[[nodiscard]] std::string to_string(FlagSet flags);

/// Reads "SYN,ACK" (any order, blanks allowed, upper or lower case; "" and "none" are the empty set).
/// Nothing when a word is unknown.
[[nodiscard]] std::optional<FlagSet> parse_flags(std::string_view text);

}  // namespace tcpjury::wire
