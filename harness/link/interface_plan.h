// The addresses and routes that make a device the only way from the kernel under test to its tester.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/base/result.h"
#include "harness/link/netlink.h"
#include "harness/wire/address.h"

namespace tcpjury::link {

/// One family on the device: the kernel's own address, and the router through which it reaches everybody
/// else. No kernel owns the router's address; that one neighbour stands for any number of tester addresses.
struct FamilyPlan {
  wire::IpAddress target = {};
  wire::IpAddress gateway = {};
};

struct InterfacePlan {
  std::optional<FamilyPlan> v4 = {};
  std::optional<FamilyPlan> v6 = {};
  std::uint32_t mtu = 1500;             ///< octets
  std::uint32_t queue_length = 20'000;  ///< datagrams; the kernel's default of 500 drops in bursts
};

/// False when the kernel has no IPv6.
[[nodiscard]] bool kernel_has_ipv6();

/// Interfaces made from now on in this namespace get no IPv6 address of their own and ask no router.
Result<void> silence_new_interfaces();

/// MTU, queue, up, addresses, default routes, in this order. When it returns, datagrams to the target's
/// addresses are delivered.
Result<void> configure_interface(Netlink& netlink, InterfaceIndex interface, const InterfacePlan& plan);

}  // namespace tcpjury::link
