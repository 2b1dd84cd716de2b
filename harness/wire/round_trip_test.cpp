// The property stated at decode(): a frame and its value say the same.
#include <gtest/gtest.h>

#include <map>

#include "harness/wire/packet.h"
#include "harness/wire/packets_test.h"

namespace tcpjury::wire {
namespace {

constexpr int cases = 60'000;  // of each kind

/// Frames without an IP header have no value that could give their octets back. Stronger than what decode()
/// promises: a bad header length or extension chain loses nothing either.
bool has_a_value(const Decoded& decoded) {
  return !decoded.has(WireDefect::too_short) && !decoded.has(WireDefect::ip_version);
}

void expect_same_octets(const Bytes& frame, const Decoded& decoded) {
  if (!has_a_value(decoded)) return;
  const Bytes again = encode(decoded.packet);
  ASSERT_TRUE(again == frame) << "given " << to_hex(frame) << "\n back " << to_hex(again);
}

TEST(RoundTrip, AnHonestValueComesBackFromItsOctetsWithoutDefects) {
  Random random{9293};
  for (int i = 0; i < cases; ++i) {
    const Packet packet = random_honest_packet(random);
    const Decoded decoded = decode(encode(packet));
    ASSERT_EQ(decoded.defects, std::vector<WireDefect>{}) << i << ": " << to_string(packet);
    ASSERT_TRUE(decoded.packet == packet) << i << ": " << to_string(packet);
  }
}

TEST(RoundTrip, OctetsOfALyingValueComeBackFromTheValueTheyAreReadAs) {
  Random random{791};
  for (int i = 0; i < cases; ++i) {
    const Bytes frame = encode(random_lying_packet(random));
    ASSERT_NO_FATAL_FAILURE(expect_same_octets(frame, decode(frame))) << i;
  }
}

TEST(RoundTrip, MutatedFramesComeBack) {
  Random random{8200};
  for (int i = 0; i < cases; ++i) {
    Bytes frame = encode(random_honest_packet(random));
    mutate(frame, random);
    ASSERT_NO_FATAL_FAILURE(expect_same_octets(frame, decode(frame))) << i;
  }
}

TEST(RoundTrip, NoiseIsReadWithoutHarm) {
  Random random{1};
  for (int i = 0; i < cases; ++i) {
    Bytes frame = random_octets(random, 120);
    if (!frame.empty() && i % 2 == 0) frame[0] = static_cast<std::byte>(i % 4 == 0 ? 0x45 : 0x60);
    ASSERT_NO_FATAL_FAILURE(expect_same_octets(frame, decode(frame))) << i;
  }
}

// Guards the generators: a property that never sees a defect proves nothing about it.
TEST(RoundTrip, TheCasesReachEveryDefect) {
  Random random{2};
  std::map<WireDefect, int> seen;
  for (int i = 0; i < 20'000; ++i) {
    Bytes frame = encode(random_lying_packet(random));
    if (i % 2 == 0) mutate(frame, random);
    for (const WireDefect defect : decode(frame).defects) ++seen[defect];
  }
  for (int d = 0; d <= static_cast<int>(WireDefect::trailing_octets); ++d) {
    EXPECT_GT(seen[static_cast<WireDefect>(d)], 20) << to_string(static_cast<WireDefect>(d));
  }
}

}  // namespace
}  // namespace tcpjury::wire
