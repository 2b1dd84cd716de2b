#include "harness/link/chatter.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <initializer_list>

namespace tcpjury::link {
namespace {

// Only the octets that matter here; the others are zero.
Bytes v4_datagram(std::uint8_t protocol, std::array<std::uint8_t, 4> destination) {
  Bytes datagram(20);
  datagram[0] = std::byte{0x45};
  datagram[9] = std::byte{protocol};
  for (std::size_t i = 0; i < 4; ++i) datagram[16 + i] = std::byte{destination[i]};
  return datagram;
}

Bytes v6_datagram(std::uint8_t next_header, std::uint8_t destination_first,
                  std::initializer_list<std::uint8_t> rest) {
  Bytes datagram(40);
  datagram[0] = std::byte{0x60};
  datagram[6] = std::byte{next_header};
  datagram[24] = std::byte{destination_first};
  for (const std::uint8_t o : rest) datagram.push_back(std::byte{o});
  return datagram;
}

TEST(Chatter, GroupMembershipAndBroadcastsOfIpv4AreChatter) {
  EXPECT_TRUE(is_chatter(v4_datagram(2, {224, 0, 0, 22})));        // IGMPv3 report
  EXPECT_TRUE(is_chatter(v4_datagram(17, {224, 0, 0, 251})));      // multicast DNS
  EXPECT_TRUE(is_chatter(v4_datagram(17, {255, 255, 255, 255})));  // DHCP
}

TEST(Chatter, TcpAndIcmpOfIpv4AreNot) {
  EXPECT_FALSE(is_chatter(v4_datagram(6, {198, 18, 0, 1})));
  EXPECT_FALSE(is_chatter(v4_datagram(1, {198, 18, 0, 1})));
  EXPECT_FALSE(is_chatter(v4_datagram(17, {198, 18, 0, 1})));
}

TEST(Chatter, ATcpSegmentToAGroupIsEvidenceNotChatter) {
  // RFC 9293 MUST-57: a SYN to a multicast address must be discarded, so an answer to one is a finding.
  EXPECT_FALSE(is_chatter(v4_datagram(6, {224, 0, 0, 1})));
  EXPECT_FALSE(is_chatter(v6_datagram(6, 0xff, {})));
}

TEST(Chatter, DiscoveryOfIpv6IsChatter) {
  EXPECT_TRUE(is_chatter(v6_datagram(58, 0xff, {133, 0})));  // router solicitation
  EXPECT_TRUE(is_chatter(v6_datagram(58, 0x20, {135, 0})));  // neighbour solicitation, unicast
  EXPECT_TRUE(is_chatter(v6_datagram(58, 0x20, {136, 0})));  // neighbour advertisement
  // MLDv2 report behind a hop-by-hop header with a router alert.
  EXPECT_TRUE(is_chatter(v6_datagram(0, 0xff, {58, 0, 5, 2, 0, 0, 1, 0, 143, 0})));
}

TEST(Chatter, ErrorsAndEchoesOfIpv6AreNot) {
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{1, 2, 3, 4, 128, 129}) {
    EXPECT_FALSE(is_chatter(v6_datagram(58, 0x20, {type, 0}))) << unsigned{type};
  }
  EXPECT_FALSE(is_chatter(v6_datagram(6, 0x20, {})));
}

TEST(Chatter, WhatCannotBeReadIsDelivered) {
  EXPECT_FALSE(is_chatter({}));
  EXPECT_FALSE(is_chatter(Bytes(19, std::byte{0x45})));
  EXPECT_FALSE(is_chatter(Bytes(39, std::byte{0x60})));
  EXPECT_FALSE(is_chatter(Bytes(60, std::byte{0x50})));
}

TEST(Chatter, AHopByHopHeaderPastTheEndIsNotFollowed) {
  EXPECT_FALSE(is_chatter(v6_datagram(0, 0x20, {58, 255, 0, 0, 0, 0, 0, 0})));
  EXPECT_FALSE(is_chatter(v6_datagram(0, 0x20, {58})));
}

}  // namespace
}  // namespace tcpjury::link
