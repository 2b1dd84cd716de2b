// IP addresses, ports and the endpoints they make.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tcpjury::wire {

enum class Family : std::uint8_t { v4, v6 };
[[nodiscard]] constexpr std::string_view to_string(Family f) { return f == Family::v4 ? "v4" : "v6"; }

/// An IPv4 or IPv6 address; an IPv4 address uses the first four octets, the others are zero.
struct IpAddress {
  Family family = Family::v4;
  std::array<std::uint8_t, 16> octets = {};

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;
  [[nodiscard]] static constexpr IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c,
                                              std::uint8_t d) {
    return {Family::v4, {a, b, c, d}};
  }
  /// Dotted quad or RFC 4291 text; nothing when it is neither.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
  [[nodiscard]] constexpr std::size_t size() const { return family == Family::v4 ? 4 : 16; }
};
/// Dotted quad, or RFC 5952 form for IPv6.
[[nodiscard]] std::string to_string(const IpAddress& a);

/// A TCP port in host order.
struct Port {
  std::uint16_t number = 0;
  friend constexpr auto operator<=>(Port, Port) = default;
};

struct Endpoint {
  IpAddress address = {};
  Port port = {};
  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};
/// "192.0.2.1:80" or "[2001:db8::1]:80".
[[nodiscard]] std::string to_string(const Endpoint& e);

}  // namespace tcpjury::wire
