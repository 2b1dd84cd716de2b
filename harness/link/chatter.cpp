#include "harness/link/chatter.h"

#include <cstdint>

namespace tcpjury::link {
namespace {

constexpr std::uint8_t protocol_hop_by_hop = 0;
constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_icmpv6 = 58;
constexpr std::size_t v4_header_min = 20;
constexpr std::size_t v6_header_octets = 40;

bool is_chatter_v4(BytesView datagram) {
  if (datagram.size() < v4_header_min) return false;
  const std::uint8_t first = octet(datagram[16]);
  const bool multicast = first >= 224 && first <= 239;
  const bool broadcast =
      first == 255 && octet(datagram[17]) == 255 && octet(datagram[18]) == 255 && octet(datagram[19]) == 255;
  return (multicast || broadcast) && octet(datagram[9]) != protocol_tcp;
}

// Multicast listener (130-132, 143) and router or neighbour discovery (133-137) messages.
bool is_discovery(std::uint8_t icmpv6_type) {
  return (icmpv6_type >= 130 && icmpv6_type <= 137) || icmpv6_type == 143;
}

bool is_chatter_v6(BytesView datagram) {
  if (datagram.size() < v6_header_octets) return false;
  std::uint8_t protocol = octet(datagram[6]);
  std::size_t at = v6_header_octets;
  // Multicast listener reports carry a router alert in a hop-by-hop header.
  if (protocol == protocol_hop_by_hop && datagram.size() >= at + 8) {
    protocol = octet(datagram[at]);
    at += 8 + 8 * std::size_t{octet(datagram[at + 1])};
  }
  if (protocol == protocol_icmpv6 && at < datagram.size() && is_discovery(octet(datagram[at]))) return true;
  return octet(datagram[24]) == 0xff && protocol != protocol_tcp;
}

}  // namespace

bool is_chatter(BytesView datagram) {
  if (datagram.empty()) return false;
  const unsigned version = octet(datagram[0]) >> 4U;
  if (version == 4) return is_chatter_v4(datagram);
  if (version == 6) return is_chatter_v6(datagram);
  return false;
}

}  // namespace tcpjury::link
