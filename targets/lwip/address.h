// Addresses of the C ABI (octets in network order) and lwIP's.
#pragma once

#include <cstdint>
#include <cstring>

#include "lwip/ip_addr.h"

namespace tcpjury::lwip {

[[nodiscard]] inline ip4_addr_t address4_from(const std::uint8_t* octets) {
  ip4_addr_t address{};
  std::memcpy(&address.addr, octets, 4);
  return address;
}

[[nodiscard]] inline ip6_addr_t address6_from(const std::uint8_t* octets) {
  ip6_addr_t address{};
  std::memcpy(address.addr, octets, 16);
  return address;
}

[[nodiscard]] inline ip_addr_t address_from(const std::uint8_t* octets, std::uint8_t family) {
  ip_addr_t address{};
  if (family == 6) {
    *ip_2_ip6(&address) = address6_from(octets);
    IP_SET_TYPE_VAL(address, IPADDR_TYPE_V6);
  } else {
    *ip_2_ip4(&address) = address4_from(octets);
    IP_SET_TYPE_VAL(address, IPADDR_TYPE_V4);
  }
  return address;
}

inline void address_to(const ip_addr_t& address, std::uint8_t* octets) {
  if (IP_IS_V6_VAL(address)) {
    std::memcpy(octets, ip_2_ip6(&address)->addr, 16);
  } else {
    std::memcpy(octets, &ip_2_ip4(&address)->addr, 4);
  }
}

}  // namespace tcpjury::lwip
