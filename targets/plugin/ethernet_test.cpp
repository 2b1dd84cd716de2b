#include "targets/plugin/ethernet.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "harness/wire/packet.h"

namespace tcpjury::targets {
namespace {

const wire::IpAddress gateway4 = wire::IpAddress::v4(192, 0, 2, 1);
const wire::IpAddress target4 = wire::IpAddress::v4(192, 0, 2, 2);
const wire::IpAddress gateway6{wire::Family::v6,
                               {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
const wire::IpAddress target6{wire::Family::v6, {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};

EthernetGateway gateway() {
  return EthernetGateway{
      {.gateway_v4 = gateway4, .gateway_v6 = gateway6, .target_v4 = target4, .target_v6 = target6}};
}

Bytes octets(std::initializer_list<int> values) {
  Bytes result;
  for (const int v : values) result.push_back(static_cast<std::byte>(v));
  return result;
}
Bytes padded(Bytes frame) {
  if (frame.size() < 60) frame.resize(60);
  return frame;
}

// "who has 192.0.2.<asked>, tell 192.0.2.2", from 02:00:00:00:00:aa
Bytes arp_question(int asked) {
  return padded(
      octets({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,   0, 0, 0, 0, 0xaa, 8, 6, 0, 1, 8,   0, 6, 4,    0, 1,
              2,    0,    0,    0,    0,    0xaa, 192, 0, 2, 2, 0, 0,    0, 0, 0, 0, 192, 0, 2, asked}));
}

TEST(EthernetGateway, AnswersArpForTheGatewayAndLearnsWhoAsked) {
  auto g = gateway();
  EXPECT_FALSE(g.knows_target());
  const auto arrival = g.arrive(arp_question(1));
  EXPECT_FALSE(arrival.datagram.has_value());
  ASSERT_TRUE(arrival.answer.has_value());
  EXPECT_EQ(*arrival.answer, padded(octets({2,   0, 0, 0, 0, 0xaa, 2, 0, 0x5e, 0,    0x53, 1, 8,    6,
                                            0,   1, 8, 0, 6, 4,    0, 2, 2,    0,    0x5e, 0, 0x53, 1,
                                            192, 0, 2, 1, 2, 0,    0, 0, 0,    0xaa, 192,  0, 2,    2})));
  EXPECT_TRUE(g.knows_target());
}

TEST(EthernetGateway, LeavesArpForOthersUnanswered) {
  auto g = gateway();
  EXPECT_FALSE(g.arrive(arp_question(2)).answer.has_value());
  EXPECT_FALSE(g.arrive(arp_question(77)).answer.has_value());
}

TEST(EthernetGateway, AsksForTheTargetByArp) {
  EXPECT_EQ(gateway().question(wire::Family::v4),
            padded(octets({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0x5e, 0, 0x53, 1, 8,    6,
                           0,    1,    8,    0,    6,    4,    0, 1, 2,    0, 0x5e, 0, 0x53, 1,
                           192,  0,    2,    1,    0,    0,    0, 0, 0,    0, 192,  0, 2,    2})));
}

TEST(EthernetGateway, AsksForTheTargetBySolicitation) {
  const auto frame = gateway().question(wire::Family::v6);
  EXPECT_EQ((Bytes{frame.begin(), frame.begin() + 14}),
            octets({0x33, 0x33, 0xff, 0, 0, 2, 2, 0, 0x5e, 0, 0x53, 1, 0x86, 0xdd}));
  const auto decoded = wire::decode(BytesView{frame}.subspan(14));
  EXPECT_TRUE(decoded.defects.empty());
  EXPECT_EQ(wire::to_string(decoded.packet.destination()), "ff02::1:ff00:2");
  const auto& message = std::get<wire::IcmpMessage>(decoded.packet.payload);
  EXPECT_EQ(message.type, 135);
  EXPECT_EQ(message.body,
            octets({0x20, 1, 0x0d, 0xb8, 0,    0, 0,    0, 0, 0, 0, 0, 0, 0, 0, 2,  // the subject
                    1,    1, 2,    0,    0x5e, 0, 0x53, 1}));
}

// A Neighbor Solicitation for `subject` from 02:00:00:00:00:aa.
Bytes solicitation(const wire::IpAddress& source, const wire::IpAddress& subject) {
  wire::IcmpMessage message{.type = 135};
  for (const auto o : subject.octets) message.body.push_back(std::byte{o});
  auto frame = octets({0x33, 0x33, 0xff, 0, 0, 1, 2, 0, 0, 0, 0, 0xaa, 0x86, 0xdd});
  const auto datagram =
      wire::encode({.ip = wire::Ipv6Header{.source = source,
                                           .destination = *wire::IpAddress::parse("ff02::1:ff00:1"),
                                           .hop_limit = 255,
                                           .protocol = wire::protocol::icmpv6},
                    .payload = message});
  frame.insert(frame.end(), datagram.begin(), datagram.end());
  return frame;
}

TEST(EthernetGateway, AdvertisesTheGateway) {
  auto g = gateway();
  const auto arrival = g.arrive(solicitation(target6, gateway6));
  EXPECT_FALSE(arrival.datagram.has_value());
  ASSERT_TRUE(arrival.answer.has_value());
  EXPECT_EQ((Bytes{arrival.answer->begin(), arrival.answer->begin() + 6}), octets({2, 0, 0, 0, 0, 0xaa}));
  const auto decoded = wire::decode(BytesView{*arrival.answer}.subspan(14));
  EXPECT_TRUE(decoded.defects.empty());
  EXPECT_EQ(decoded.packet.source(), gateway6);
  EXPECT_EQ(decoded.packet.destination(), target6);
  const auto& message = std::get<wire::IcmpMessage>(decoded.packet.payload);
  EXPECT_EQ(message.type, 136);
  EXPECT_EQ(message.rest, 0x6000'0000U);  // solicited, override
  EXPECT_EQ(message.body,
            octets({0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 1, 2, 0, 0x5e, 0, 0x53, 1}));
}

TEST(EthernetGateway, StaysSilentToDuplicateAddressDetection) {
  auto g = gateway();
  const auto arrival = g.arrive(solicitation({wire::Family::v6, {}}, target6));
  EXPECT_FALSE(arrival.answer.has_value());
  EXPECT_FALSE(arrival.datagram.has_value());
}

TEST(EthernetGateway, TakesDatagramsOutOfFramesWithoutTheirPadding) {
  auto g = gateway();
  const auto datagram = wire::encode(
      {.ip = wire::Ipv4Header{.source = target4, .destination = wire::IpAddress::v4(198, 51, 100, 1)},
       .payload = wire::TcpSegment{.flags = wire::rst}});
  ASSERT_EQ(datagram.size(), 40U);
  auto frame = octets({2, 0, 0x5e, 0, 0x53, 1, 2, 0, 0, 0, 0, 0xaa, 8, 0});
  frame.insert(frame.end(), datagram.begin(), datagram.end());
  EXPECT_EQ(g.arrive(padded(frame)).datagram, datagram);
  // The way back goes to the address it came from.
  const auto back = g.wrap(datagram);
  EXPECT_EQ(back.size(), 60U);
  EXPECT_EQ((Bytes{back.begin(), back.begin() + 6}), octets({2, 0, 0, 0, 0, 0xaa}));
}

TEST(EthernetGateway, DropsWhatIsNeitherIpNorArp) {
  auto g = gateway();
  for (const auto& frame :
       {octets({}), octets({1, 2, 3}), padded(octets({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x88, 0xcc})),
        octets({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0})}) {
    const auto arrival = g.arrive(frame);
    EXPECT_FALSE(arrival.datagram.has_value());
    EXPECT_FALSE(arrival.answer.has_value());
  }
}

}  // namespace
}  // namespace tcpjury::targets
