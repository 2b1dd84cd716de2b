// Endpoints as the socket interface wants them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "harness/wire/address.h"

namespace tcpjury::targets::kernel {

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t octets = sizeof(sockaddr_storage);

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

[[nodiscard]] SocketAddress to_socket_address(const wire::Endpoint& endpoint);
[[nodiscard]] wire::Endpoint to_endpoint(const SocketAddress& address);
/// AF_INET or AF_INET6.
[[nodiscard]] int socket_family(wire::Family family);
/// True for 0.0.0.0 and ::, which name no address.
[[nodiscard]] bool is_unspecified(const wire::IpAddress& address);

}  // namespace tcpjury::targets::kernel
