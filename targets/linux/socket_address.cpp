#include "targets/linux/socket_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace tcpjury::targets::kernel {

SocketAddress to_socket_address(const wire::Endpoint& endpoint) {
  SocketAddress result;
  if (endpoint.address.family == wire::Family::v4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port.number);
    std::memcpy(&in.sin_addr, endpoint.address.octets.data(), sizeof in.sin_addr);
    std::memcpy(&result.storage, &in, sizeof in);
    result.octets = sizeof in;
  } else {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(endpoint.port.number);
    std::memcpy(&in.sin6_addr, endpoint.address.octets.data(), sizeof in.sin6_addr);
    std::memcpy(&result.storage, &in, sizeof in);
    result.octets = sizeof in;
  }
  return result;
}

wire::Endpoint to_endpoint(const SocketAddress& address) {
  wire::Endpoint endpoint;
  if (address.storage.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address.storage, sizeof in);
    endpoint.address.family = wire::Family::v6;
    std::memcpy(endpoint.address.octets.data(), &in.sin6_addr, sizeof in.sin6_addr);
    endpoint.port.number = ntohs(in.sin6_port);
  } else {
    sockaddr_in in{};
    std::memcpy(&in, &address.storage, sizeof in);
    std::memcpy(endpoint.address.octets.data(), &in.sin_addr, sizeof in.sin_addr);
    endpoint.port.number = ntohs(in.sin_port);
  }
  return endpoint;
}

int socket_family(wire::Family family) { return family == wire::Family::v4 ? AF_INET : AF_INET6; }

bool is_unspecified(const wire::IpAddress& address) {
  return std::all_of(address.octets.begin(), address.octets.end(), [](std::uint8_t o) { return o == 0; });
}

}  // namespace tcpjury::targets::kernel
