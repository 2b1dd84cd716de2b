#include "harness/runner/whole_link.h"

#include <algorithm>

namespace tcpjury::runner {
namespace {

constexpr wire::Port slot_target_port{7000};
constexpr wire::Port slot_tester_port{40'000};
constexpr std::uint32_t slot_addresses_max = 16;

}  // namespace

engine::Slot whole_link(const engine::TargetTraits& traits, wire::Family family) {
  engine::Slot slot;
  slot.target_port = slot_target_port;
  slot.tester_port_first = slot_tester_port;
  const auto& plan = family == wire::Family::v4 ? traits.v4 : traits.v6;
  if (!plan) return slot;
  wire::IpAddress address = plan->tester_first;
  for (std::uint32_t i = 0; i < std::min(plan->tester_count, slot_addresses_max); ++i) {
    slot.tester_addresses.push_back(address);
    for (std::size_t octet = address.size(); octet-- > 0;) {
      if (++address.octets[octet] != 0) break;
    }
  }
  return slot;
}

}  // namespace tcpjury::runner
