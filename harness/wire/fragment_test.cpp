#include "harness/wire/fragment.h"

#include <gtest/gtest.h>

#include "harness/wire/packets_test.h"

namespace tcpjury::wire {
namespace {

const IpAddress v6_a = *IpAddress::parse("2001:db8::1");
const IpAddress v6_b = *IpAddress::parse("2001:db8::2");

/// 24 octets to carry: 20 of header, 4 of text.
Packet datagram_v4() {
  return {.ip = Ipv4Header{.source = IpAddress::v4(192, 0, 2, 1),
                           .destination = IpAddress::v4(192, 0, 2, 2),
                           .identification = 77},
          .payload = TcpSegment{.flags = ack, .text = bytes_of("text")}};
}
Packet datagram_v6() {
  return {.ip = Ipv6Header{.source = v6_a, .destination = v6_b},
          .payload = TcpSegment{.flags = ack, .text = bytes_of("text")}};
}

Bytes payload_of(const Bytes& frame) { return std::get<Bytes>(decode(frame).packet.payload); }
Ipv4Header v4_of(const Bytes& frame) { return std::get<Ipv4Header>(decode(frame).packet.ip); }
Ipv6Header v6_of(const Bytes& frame) { return std::get<Ipv6Header>(decode(frame).packet.ip); }

Bytes joined(Bytes front, const Bytes& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

TEST(Fragment, TheFragmentsOfIpv4JoinToTheDatagram) {
  const Bytes whole = encode(datagram_v4());
  const auto parts = fragment(datagram_v4(), 16);
  ASSERT_EQ(parts.size(), 2U);
  for (const Bytes& part : parts) EXPECT_TRUE(decode(part).defects.empty());
  EXPECT_EQ(payload_of(parts[0]).size(), 16U);
  EXPECT_EQ(to_hex(joined(payload_of(parts[0]), payload_of(parts[1]))), to_hex(BytesView{whole}.subspan(20)));

  EXPECT_TRUE(v4_of(parts[0]).more_fragments);
  EXPECT_EQ(v4_of(parts[0]).fragment_offset, 0);
  EXPECT_FALSE(v4_of(parts[1]).more_fragments);
  EXPECT_EQ(v4_of(parts[1]).fragment_offset, 2);
  for (const Bytes& part : parts) {
    EXPECT_FALSE(v4_of(part).dont_fragment);
    EXPECT_EQ(v4_of(part).identification, 77);
  }
}

TEST(Fragment, TheFragmentsOfIpv6JoinToTheDatagram) {
  const Bytes whole = encode(datagram_v6());
  const auto parts = fragment(datagram_v6(), 8);
  ASSERT_EQ(parts.size(), 2U);
  for (const Bytes& part : parts) EXPECT_TRUE(decode(part).defects.empty());
  EXPECT_EQ(to_hex(joined(payload_of(parts[0]), payload_of(parts[1]))), to_hex(BytesView{whole}.subspan(40)));

  const Bytes front = v6_of(parts[0]).extensions.at(0).body;
  const Bytes back = v6_of(parts[1]).extensions.at(0).body;
  EXPECT_EQ(to_hex(BytesView{front}.first(3)), "000001");  // reserved, offset 0 with M
  EXPECT_EQ(to_hex(BytesView{back}.first(3)), "000008");   // offset 8 octets, the last
  EXPECT_EQ(to_hex(BytesView{front}.subspan(3)), to_hex(BytesView{back}.subspan(3)));
  EXPECT_EQ(v6_of(parts[1]).protocol, protocol::tcp);
}

TEST(Fragment, DifferentIpv6DatagramsHaveDifferentIdentifications) {
  Packet other = datagram_v6();
  std::get<TcpSegment>(other.payload).seq = {1};
  const auto identification = [](const Packet& packet) {
    const Bytes body = v6_of(fragment(packet, 8).at(0)).extensions.at(0).body;
    return to_hex(BytesView{body}.subspan(3));
  };
  EXPECT_NE(identification(datagram_v6()), identification(other));
  EXPECT_EQ(identification(datagram_v6()), identification(datagram_v6()));
}

TEST(Fragment, CountsInEights) {
  EXPECT_EQ(payload_of(fragment(datagram_v4(), 0).at(0)).size(), 8U);
  EXPECT_EQ(payload_of(fragment(datagram_v4(), 7).at(0)).size(), 8U);
  EXPECT_EQ(payload_of(fragment(datagram_v4(), 15).at(0)).size(), 8U);
  EXPECT_EQ(payload_of(fragment(datagram_v4(), 23).at(0)).size(), 16U);
}

TEST(Fragment, WhatFitsComesBackWhole) {
  EXPECT_EQ(fragment(datagram_v4(), 24), (std::vector<Bytes>{encode(datagram_v4())}));
  EXPECT_EQ(fragment(datagram_v6(), 65535), (std::vector<Bytes>{encode(datagram_v6())}));
}

TEST(Fragment, OnlyCopiedIpv4OptionsStandInTheSecond) {
  Packet packet = datagram_v4();
  // Record route (7, not copied), NOP, strict source route (0x89, copied).
  std::get<Ipv4Header>(packet.ip).options = from_hex("07030401 890704c0000202 00");
  const auto parts = fragment(packet, 8);
  EXPECT_EQ(to_hex(v4_of(parts[0]).options), "07030401890704c000020200");
  EXPECT_EQ(to_hex(v4_of(parts[1]).options), "890704c000020200");

  std::get<Ipv4Header>(packet.ip).options = from_hex("07ff0401");
  EXPECT_EQ(to_hex(v4_of(fragment(packet, 8)[1]).options), "07ff0401");
}

TEST(Fragment, Ipv6RepeatsOnlyHeadersThatRoutersRead) {
  Packet packet = datagram_v6();
  std::get<Ipv6Header>(packet.ip).extensions = {{0, from_hex("00010400000000")},
                                                {60, from_hex("00010400000000")}};
  const auto parts = fragment(packet, 16);
  ASSERT_EQ(parts.size(), 2U);
  for (const Bytes& part : parts) {
    const Ipv6Header header = v6_of(part);
    ASSERT_EQ(header.extensions.size(), 2U);
    EXPECT_EQ(header.extensions[0].kind, 0);
    EXPECT_EQ(header.extensions[1].kind, 44);
    EXPECT_EQ(header.protocol, 60);
  }
  // The destination options lead what was fragmented: next header TCP, eight octets.
  EXPECT_EQ(to_hex(BytesView{payload_of(parts[0])}.first(8)), "0600010400000000");
}

TEST(Fragment, OfAFragmentCountsOnFromItsOffset) {
  Packet packet = datagram_v4();
  std::get<Ipv4Header>(packet.ip).fragment_offset = 10;
  std::get<Ipv4Header>(packet.ip).more_fragments = true;
  const auto parts = fragment(packet, 8);
  EXPECT_EQ(v4_of(parts[0]).fragment_offset, 10);
  EXPECT_EQ(v4_of(parts[1]).fragment_offset, 11);
  EXPECT_TRUE(v4_of(parts[1]).more_fragments);
}

TEST(Fragment, AnyDatagramCanBeCutAnywhere) {
  Random random{815};
  for (int i = 0; i < 20'000; ++i) {
    const Packet packet = random_honest_packet(random);
    const auto parts = fragment(packet, static_cast<std::uint16_t>(random.below(120)));
    for (const Bytes& part : parts) ASSERT_TRUE(decode(part).defects.empty()) << to_hex(part);
  }
}

}  // namespace
}  // namespace tcpjury::wire
