#include "harness/engine/icmp_message.h"

#include <gtest/gtest.h>

namespace tcpjury::engine {
namespace {

const model::FourTuple v4{{wire::IpAddress::v4(192, 0, 2, 1), wire::Port{80}},
                          {wire::IpAddress::v4(192, 0, 2, 2), wire::Port{40'000}}};

wire::Packet from_target(std::size_t octets) {
  wire::Ipv4Header ip;
  ip.source = v4.target.address;
  ip.destination = v4.tester.address;
  wire::TcpSegment s;
  s.source = v4.target.port;
  s.destination = v4.tester.port;
  s.seq = wire::SeqNum{500};
  s.flags = wire::ack;
  s.text = Bytes(octets);
  return {.ip = ip, .payload = s};
}

TEST(IcmpMessage, ErrorQuotesTheSegmentWithTheNumberGiven) {
  const wire::Packet packet = icmp_message({.type = 3, .code = 4, .rest = 1400}, v4, from_target(10), 499);
  const auto& message = std::get<wire::IcmpMessage>(packet.payload);
  EXPECT_EQ(message.type, 3);
  EXPECT_EQ(message.code, 4);
  EXPECT_EQ(message.rest, 1400U);
  const wire::Packet quoted = wire::decode(message.body).packet;
  ASSERT_NE(quoted.tcp(), nullptr);
  EXPECT_EQ(quoted.tcp()->seq, wire::SeqNum{499});
  EXPECT_EQ(quoted.source(), v4.target.address);
  EXPECT_EQ(packet.source(), v4.tester.address);
  EXPECT_TRUE(wire::decode(wire::encode(packet)).defects.empty());
}

TEST(IcmpMessage, ErrorStaysWithin576Octets) {
  const wire::Packet packet = icmp_message({.type = 3}, v4, from_target(1400), std::nullopt);
  EXPECT_EQ(wire::encode(packet).size(), 576U);  // RFC 1812 section 4.3.2.3
}

TEST(IcmpMessage, ErrorAboutASilentTargetQuotesWhatItCouldHaveSent) {
  const wire::Packet packet = icmp_message({.type = 3, .code = 3}, v4, std::nullopt, 7);
  const wire::Packet quoted = wire::decode(std::get<wire::IcmpMessage>(packet.payload).body).packet;
  ASSERT_NE(quoted.tcp(), nullptr);
  EXPECT_EQ(quoted.source(), v4.target.address);
  EXPECT_EQ(quoted.tcp()->destination, v4.tester.port);
  EXPECT_EQ(quoted.tcp()->seq, wire::SeqNum{7});
}

TEST(IcmpMessage, EchoQuotesNothing) {
  const wire::Packet packet = icmp_message({.type = 8}, v4, from_target(10), 499);
  EXPECT_TRUE(std::get<wire::IcmpMessage>(packet.payload).body.empty());
}

}  // namespace
}  // namespace tcpjury::engine
