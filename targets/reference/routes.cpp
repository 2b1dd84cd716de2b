#include "targets/reference/routes.h"

#include <algorithm>

#include "targets/reference/sequence.h"

namespace tcpjury::reference {
namespace {

constexpr std::size_t before_addresses = 3;
constexpr std::size_t address_octets = 4;

wire::IpAddress address_at(BytesView octets) {
  return wire::IpAddress::v4(octet(octets[0]), octet(octets[1]), octet(octets[2]), octet(octets[3]));
}

/// The source route among the options of an IPv4 header; empty where there is none, or no end of it.
BytesView source_route_in(BytesView options) {
  constexpr std::uint8_t end = 0, no_operation = 1, loose = 131, strict = 137;
  while (!options.empty() && octet(options[0]) != end) {
    if (octet(options[0]) == no_operation) {
      options = options.subspan(1);
      continue;
    }
    if (options.size() < 2) return {};
    const std::size_t length = octet(options[1]);
    if (length < 2 || length > options.size()) return {};
    if (octet(options[0]) == loose || octet(options[0]) == strict) return options.first(length);
    options = options.subspan(length);
  }
  return {};
}

}  // namespace

EcnCodepoint ecn_of(const wire::Packet& packet) {
  const auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip);
  const std::uint8_t traffic_class =
      v4 != nullptr ? v4->tos : std::get<wire::Ipv6Header>(packet.ip).traffic_class;
  return static_cast<EcnCodepoint>(traffic_class & 3U);
}

std::vector<wire::IpAddress> return_route_of(const wire::Packet& packet) {
  const auto* header = std::get_if<wire::Ipv4Header>(&packet.ip);
  if (header == nullptr) return {};
  const BytesView option = source_route_in(header->options);
  if (option.size() <= before_addresses || octet(option[2]) <= option.size()) return {};
  std::vector<wire::IpAddress> route;
  for (std::size_t at = before_addresses; at + address_octets <= option.size(); at += address_octets)
    route.push_back(address_at(option.subspan(at)));
  std::ranges::reverse(route);
  return route;
}

std::vector<wire::IpAddress> route_of(const tcpjury_call& call) {
  std::vector<wire::IpAddress> route;
  if (call.family != 4) return route;
  for (std::size_t at = 0; at + address_octets <= sizeof call.route; at += address_octets) {
    const auto* a = call.route + at;
    if (std::all_of(a, a + address_octets, [](auto value) { return value == 0; })) break;
    route.push_back(wire::IpAddress::v4(a[0], a[1], a[2], a[3]));
  }
  return route;
}

}  // namespace tcpjury::reference
