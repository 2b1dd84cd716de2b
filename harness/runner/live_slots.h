// Hands out what each session on a live link has for itself: tester addresses and a block of target ports.
#pragma once

#include <cstdint>
#include <set>

#include "harness/base/result.h"
#include "harness/engine/session.h"
#include "harness/engine/target_port.h"

namespace tcpjury::runner {

/// Tester addresses are never handed out twice: a stack remembers what it learned about an address (path MTU,
/// metrics, TIME-WAIT) longer than a session lasts. Blocks of target ports come back with release().
class SlotAllocator {
 public:
  /// The listeners a session may have; its ports are Slot::target_port and the following ones.
  static constexpr std::uint16_t listeners_per_slot = 16;
  /// Below the range from which stacks usually choose ports for active OPENs.
  static constexpr std::uint16_t target_port_first = 1024;
  static constexpr std::uint16_t target_port_last = 32'767;
  static constexpr wire::Port tester_port_first{40'000};

  /// `traits` must outlive the allocator.
  explicit SlotAllocator(const engine::TargetTraits& traits) : traits_{traits} {}

  /// A slot with `peers` (at least one) addresses. An error when the target does not have the family, when
  /// its tester addresses are used up, or when every block of ports is taken.
  Result<engine::Slot> allocate(wire::Family family, std::uint32_t peers);
  /// The session is over; its block of ports may be used again.
  void release(const engine::Slot& slot);

 private:
  Result<wire::Port> take_block();

  const engine::TargetTraits& traits_;
  std::uint32_t v4_used_ = 0;
  std::uint32_t v6_used_ = 0;
  std::uint16_t next_block_ = target_port_first;
  std::set<wire::Port> blocks_taken_;
};

}  // namespace tcpjury::runner
