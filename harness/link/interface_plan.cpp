#include "harness/link/interface_plan.h"

#include <poll.h>

#include <array>
#include <string_view>
#include <utility>

#include "harness/link/sysctl.h"

namespace tcpjury::link {
namespace {

constexpr int local_route_attempts_max = 2000;

// The kernel accepts an IPv6 address at once, but a work queue of its own makes it known to routing a moment
// later. Until then a datagram for it is lost.
Result<void> await_local_route(Netlink& netlink, const wire::IpAddress& address) {
  for (int attempt = 0; attempt < local_route_attempts_max; ++attempt) {
    const auto local = netlink.is_local(address);
    if (local && *local) return {};
    ::poll(nullptr, 0, 1);
  }
  return fail("the kernel did not take up the address " + wire::to_string(address));
}

Result<void> add_family(Netlink& netlink, InterfaceIndex interface, const FamilyPlan& plan) {
  if (auto added = netlink.add_address(interface, plan.target); !added) return added;
  if (auto added = netlink.add_default_route(interface, plan.gateway); !added) return added;
  return await_local_route(netlink, plan.target);
}

}  // namespace

bool kernel_has_ipv6() { return read_sysctl("net.ipv6.conf.all.disable_ipv6").has_value(); }

Result<void> silence_new_interfaces() {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> settings{{
      {"net.ipv6.conf.default.accept_ra", "0"},
      {"net.ipv6.conf.default.autoconf", "0"},
      {"net.ipv6.conf.default.router_solicitations", "0"},
      {"net.ipv6.conf.default.addr_gen_mode", "1"},  // none: no link-local address
      {"net.ipv6.conf.default.accept_dad", "0"},
  }};
  for (const auto& [name, value] : settings) {
    if (auto written = write_sysctl(name, value); !written) return tl::unexpected{written.error()};
  }
  return {};
}

Result<void> configure_interface(Netlink& netlink, InterfaceIndex interface, const InterfacePlan& plan) {
  if (auto set = netlink.set_mtu(interface, plan.mtu); !set) return set;
  if (auto set = netlink.set_queue_length(interface, plan.queue_length); !set) return set;
  if (auto set = netlink.set_up(interface); !set) return set;
  if (plan.v4) {
    if (auto added = add_family(netlink, interface, *plan.v4); !added) return added;
  }
  if (plan.v6) {
    if (auto added = add_family(netlink, interface, *plan.v6); !added) return added;
  }
  return {};
}

}  // namespace tcpjury::link
