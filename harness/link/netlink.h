// Network set-up by rtnetlink: links, addresses, routes, neighbours. No subprocess, no ioctl names.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "harness/base/result.h"
#include "harness/wire/address.h"

struct mnl_socket;

namespace tcpjury::link {

using InterfaceIndex = std::uint32_t;
using MacAddress = std::array<std::uint8_t, 6>;

/// What the kernel counts of one interface.
struct InterfaceCounters {
  std::uint64_t rx_dropped = 0;
  std::uint64_t tx_dropped = 0;
};

/// One rtnetlink socket in the network namespace of the thread that opened it. Every method sends one request
/// and waits for the kernel's answer; an error names what was attempted.
class Netlink {
 public:
  static Result<Netlink> open();

  Result<InterfaceIndex> index_of(const std::string& name);
  Result<void> set_up(InterfaceIndex interface);
  /// `octets` of the largest IP datagram.
  Result<void> set_mtu(InterfaceIndex interface, std::uint32_t octets);
  /// Datagrams the interface queues towards its driver before it drops.
  Result<void> set_queue_length(InterfaceIndex interface, std::uint32_t datagrams);
  Result<void> set_mac(InterfaceIndex interface, const MacAddress& mac);
  /// A pair of connected Ethernet devices with one queue each, so that order is kept.
  Result<void> create_veth(const std::string& one, const std::string& other);
  /// The address alone, without a subnet; IPv6 without duplicate address detection.
  Result<void> add_address(InterfaceIndex interface, const wire::IpAddress& address);
  /// True when datagrams to `address` are delivered to this kernel's own sockets.
  Result<bool> is_local(const wire::IpAddress& address);
  /// Everything of the gateway's family goes to `gateway`, which is declared to be on the link.
  Result<void> add_default_route(InterfaceIndex interface, const wire::IpAddress& gateway);
  /// A neighbour that is never asked for and never expires.
  Result<void> add_neighbour(InterfaceIndex interface, const wire::IpAddress& address, const MacAddress& mac);
  Result<InterfaceCounters> counters(InterfaceIndex interface);

 private:
  struct Closer {
    void operator()(mnl_socket* socket) const;
  };
  explicit Netlink(mnl_socket* socket) : socket_{socket} {}

  template <class Fill, class Read>
  Result<void> transact(const std::string& what, std::uint16_t type, std::uint16_t flags, Fill fill,
                        Read read);
  template <class Fill>
  Result<void> request(const std::string& what, std::uint16_t type, std::uint16_t flags, Fill fill);

  std::unique_ptr<mnl_socket, Closer> socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace tcpjury::link
