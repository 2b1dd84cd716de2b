#include "harness/wire/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

namespace tcpjury::wire {
namespace {

constexpr std::size_t text_max = 45;  // characters of the longest address, eight groups with a dotted quad

using Groups = std::array<std::uint16_t, 8>;

/// A run of zero groups, which "::" stands for.
struct ZeroRun {
  std::size_t first = 0;
  std::size_t count = 0;
};

/// The longest run of two or more, the first of equals (RFC 5952 sections 4.2.2 and 4.2.3).
ZeroRun run_to_shorten(const Groups& groups, std::size_t shown) {
  ZeroRun best;
  for (std::size_t i = 0; i < shown; ++i) {
    std::size_t end = i;
    while (end < shown && groups[end] == 0) ++end;
    if (end - i >= 2 && end - i > best.count) best = {i, end - i};
    i = end;
  }
  return best;
}

std::string groups_to_string(const Groups& groups, std::size_t shown) {
  const ZeroRun shortened = run_to_shorten(groups, shown);
  std::string text;
  for (std::size_t i = 0; i < shown;) {
    if (shortened.count > 0 && i == shortened.first) {
      text += "::";
      i += shortened.count;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += fmt::format("{:x}", groups[i]);
    ++i;
  }
  return text;
}

std::string v6_to_string(const IpAddress& a) {
  Groups groups{};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = static_cast<std::uint16_t>(a.octets[2 * i] << 8U | a.octets[2 * i + 1]);
  }
  // An IPv4-mapped address ends in a dotted quad (RFC 5952 section 5).
  if (groups_to_string(groups, 6) == "::ffff") {
    return fmt::format("::ffff:{}.{}.{}.{}", a.octets[12], a.octets[13], a.octets[14], a.octets[15]);
  }
  return groups_to_string(groups, groups.size());
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  // inet_pton() stops at a zero character; text with one inside is no address.
  if (text.size() > text_max || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated{text};
  IpAddress address;
  address.family = text.find(':') == std::string_view::npos ? Family::v4 : Family::v6;
  const int domain = address.family == Family::v4 ? AF_INET : AF_INET6;
  if (::inet_pton(domain, terminated.c_str(), address.octets.data()) != 1) return std::nullopt;
  return address;
}

std::string to_string(const IpAddress& a) {
  if (a.family == Family::v6) return v6_to_string(a);
  return fmt::format("{}.{}.{}.{}", a.octets[0], a.octets[1], a.octets[2], a.octets[3]);
}

std::string to_string(const Endpoint& e) {
  if (e.address.family == Family::v6) return fmt::format("[{}]:{}", to_string(e.address), e.port.number);
  return fmt::format("{}:{}", to_string(e.address), e.port.number);
}

}  // namespace tcpjury::wire
