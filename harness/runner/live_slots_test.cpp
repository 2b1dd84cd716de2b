#include "harness/runner/live_slots.h"

#include <gtest/gtest.h>

#include <set>

namespace tcpjury::runner {
namespace {

using wire::Family;
using wire::IpAddress;

engine::TargetTraits traits_with(std::uint32_t tester_count) {
  engine::TargetTraits traits;
  traits.v4 = engine::AddressPlan{.target = IpAddress::v4(192, 0, 2, 2),
                                  .tester_first = IpAddress::v4(198, 18, 0, 254),
                                  .tester_count = tester_count};
  return traits;
}

TEST(SlotAllocator, AddressesFollowEachOtherAcrossAnOctet) {
  const auto traits = traits_with(10);
  SlotAllocator slots{traits};
  const auto slot = slots.allocate(Family::v4, 3);
  ASSERT_TRUE(slot);
  ASSERT_EQ(slot->tester_addresses.size(), 3U);
  EXPECT_EQ(slot->tester_addresses[0], IpAddress::v4(198, 18, 0, 254));
  EXPECT_EQ(slot->tester_addresses[1], IpAddress::v4(198, 18, 0, 255));
  EXPECT_EQ(slot->tester_addresses[2], IpAddress::v4(198, 18, 1, 0));
}

TEST(SlotAllocator, AnAddressIsNeverHandedOutTwice) {
  const auto traits = traits_with(3);
  SlotAllocator slots{traits};
  std::set<IpAddress> seen;
  for (int i = 0; i < 3; ++i) {
    const auto slot = slots.allocate(Family::v4, 1);
    ASSERT_TRUE(slot);
    EXPECT_TRUE(seen.insert(slot->tester_addresses[0]).second);
    slots.release(*slot);
  }
  EXPECT_FALSE(slots.allocate(Family::v4, 1));
}

TEST(SlotAllocator, SessionsThatLiveAtTheSameTimeShareNoTargetPort) {
  const auto traits = traits_with(5000);
  SlotAllocator slots{traits};
  std::set<std::uint16_t> ports;
  std::size_t sessions = 0;
  for (auto slot = slots.allocate(Family::v4, 1); slot; slot = slots.allocate(Family::v4, 1)) {
    ++sessions;
    for (std::uint16_t i = 0; i < SlotAllocator::listeners_per_slot; ++i) {
      const auto port = static_cast<std::uint16_t>(slot->target_port.number + i);
      EXPECT_LT(port, 32'768);
      EXPECT_TRUE(ports.insert(port).second);
    }
  }
  EXPECT_EQ(sessions, 1984U);  // (32768 - 1024) / 16
}

TEST(SlotAllocator, AReleasedBlockIsUsedAgainWhenAllOthersAreTaken) {
  const auto traits = traits_with(5000);
  SlotAllocator slots{traits};
  const auto first = slots.allocate(Family::v4, 1);
  ASSERT_TRUE(first);
  for (auto slot = slots.allocate(Family::v4, 1); slot; slot = slots.allocate(Family::v4, 1)) {
  }
  slots.release(*first);
  const auto again = slots.allocate(Family::v4, 1);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->target_port, first->target_port);
}

TEST(SlotAllocator, AFamilyTheTargetDoesNotHaveIsAnError) {
  const auto traits = traits_with(10);
  SlotAllocator slots{traits};
  EXPECT_FALSE(slots.allocate(Family::v6, 1));
}

}  // namespace
}  // namespace tcpjury::runner
