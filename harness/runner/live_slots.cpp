#include "harness/runner/live_slots.h"

#include <fmt/format.h>

#include "harness/base/assert.h"

namespace tcpjury::runner {
namespace {

/// The address `distance` after `first`, as big-endian numbers.
wire::IpAddress address_after(wire::IpAddress first, std::uint32_t distance) {
  std::uint64_t carry = distance;
  for (std::size_t i = first.size(); i-- > 0 && carry != 0;) {
    carry += first.octets[i];
    first.octets[i] = static_cast<std::uint8_t>(carry & 0xffU);
    carry >>= 8U;
  }
  return first;
}

}  // namespace

Result<engine::Slot> SlotAllocator::allocate(wire::Family family, std::uint32_t peers) {
  TCPJURY_ASSERT(peers >= 1);
  const auto& plan = family == wire::Family::v4 ? traits_.v4 : traits_.v6;
  std::uint32_t& used = family == wire::Family::v4 ? v4_used_ : v6_used_;
  if (!plan) return fail(fmt::format("the target has no address of family {}", to_string(family)));
  if (plan->tester_count - used < peers) {
    return fail(
        fmt::format("all {} tester addresses of family {} were used", plan->tester_count, to_string(family)),
        "run fewer cases in one worker");
  }
  const auto port = take_block();
  if (!port) return tl::unexpected{port.error()};
  engine::Slot slot;
  slot.target_port = *port;
  slot.tester_port_first = tester_port_first;
  for (std::uint32_t i = 0; i < peers; ++i) {
    slot.tester_addresses.push_back(address_after(plan->tester_first, used + i));
  }
  used += peers;
  return slot;
}

void SlotAllocator::release(const engine::Slot& slot) { blocks_taken_.erase(slot.target_port); }

// In turn, so that a block rests as long as possible before it is used again.
Result<wire::Port> SlotAllocator::take_block() {
  constexpr unsigned blocks = (target_port_last + 1U - target_port_first) / listeners_per_slot;
  for (unsigned tried = 0; tried < blocks; ++tried) {
    const wire::Port candidate{next_block_};
    const unsigned following = next_block_ + unsigned{listeners_per_slot};
    next_block_ = following + listeners_per_slot - 1U > target_port_last
                      ? target_port_first
                      : static_cast<std::uint16_t>(following);
    if (blocks_taken_.insert(candidate).second) return candidate;
  }
  return fail(fmt::format("all {} blocks of target ports are in use", blocks), "run fewer sessions at once");
}

}  // namespace tcpjury::runner
