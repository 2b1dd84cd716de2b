#include "harness/engine/live_map.h"

#include <gtest/gtest.h>

namespace tcpjury::engine {
namespace {

using namespace std::chrono_literals;
using scenario::Expression;

LiveMap::Config config() {
  return {.seed = 11,
          .started = clock_epoch,
          .target = wire::IpAddress::v4(192, 0, 2, 1),
          .testers = {wire::IpAddress::v4(192, 0, 2, 2), wire::IpAddress::v4(192, 0, 2, 3)},
          .target_port = wire::Port{80},
          .tester_port_first = wire::Port{40'000},
          .tester_ports = 4,
          .mtu = 1500,
          .constants = {{"limit", 9}},
          .target_variable = [](const model::FourTuple&, std::string_view name) {
            return name == "snd.una" ? std::optional<std::uint32_t>{77} : std::nullopt;
          }};
}

std::optional<std::uint32_t> value(LiveMap& map, std::string_view label, std::string_view text) {
  map.connection(label);
  const auto result = Expression::parse(text)->evaluate(map.lookup(label, clock_epoch));
  return result ? std::optional{*result} : std::nullopt;
}

TEST(LiveMap, EachLabelHasAPortOfItsOwn) {
  LiveMap map{config()};
  EXPECT_EQ(map.connection("main").tuple.tester.port.number, 40'000);
  EXPECT_EQ(map.connection("b").tuple.tester.port.number, 40'001);
  EXPECT_EQ(map.connection("main").tuple.tester.port.number, 40'000);
  EXPECT_EQ(map.stranger("probe1").tuple.tester.port.number, 40'003);
}

TEST(LiveMap, LabelNamesThePeer) {
  LiveMap map{config()};
  EXPECT_EQ(map.connection("main").tuple.tester.address, wire::IpAddress::v4(192, 0, 2, 2));
  EXPECT_EQ(map.connection("b@2").tuple.tester.address, wire::IpAddress::v4(192, 0, 2, 3));
  EXPECT_EQ(peer_of("b@12"), 12U);
  EXPECT_EQ(peer_of("b@zero"), 1U);
}

TEST(LiveMap, ConnectionsAreFoundByTheirTesterEnd) {
  LiveMap map{config()};
  map.connection("main");
  EXPECT_EQ(map.at_tester_end({wire::IpAddress::v4(192, 0, 2, 2), wire::Port{40'000}})->label, "main");
  EXPECT_EQ(map.at_tester_end({wire::IpAddress::v4(192, 0, 2, 2), wire::Port{40'001}}), nullptr);
}

TEST(LiveMap, NamesMeanConstantsBoundNamesAndTheModelsBelief) {
  LiveMap map{config()};
  EXPECT_EQ(value(map, "main", "limit+1"), 10U);
  EXPECT_EQ(value(map, "main", "target.snd.una"), 77U);
  EXPECT_EQ(value(map, "main", "target.snd.nxt"), std::nullopt);
  EXPECT_EQ(value(map, "main", "K"), std::nullopt);
  map.bind("K", 0xffff'ffff);
  EXPECT_EQ(value(map, "main", "K+2"), 1U);
}

TEST(LiveMap, VariablesBelongToTheConnectionOfTheStep) {
  LiveMap map{config()};
  wire::TcpSegment syn;
  syn.flags = wire::syn;
  syn.seq = wire::SeqNum{500};
  map.connection("main").side.sent(syn);
  EXPECT_EQ(value(map, "main", "snd.nxt"), 501U);
  EXPECT_EQ(value(map, "b", "snd.nxt"), std::nullopt);
  EXPECT_EQ(value(map, "b", "main.snd.nxt"), 501U);
}

TEST(LiveMap, InventedNumbersDependOnSeedAndNameAlone) {
  LiveMap first{config()};
  LiveMap second{config()};
  first.connection("main");
  second.connection("main");
  const Expression j = *Expression::parse("J");
  const Expression a = *Expression::parse("A");
  first.invent(j, "main", clock_epoch);
  second.invent(a, "main", clock_epoch);
  second.invent(j, "main", clock_epoch);
  EXPECT_EQ(first.names().at("J"), second.names().at("J"));
  EXPECT_NE(second.names().at("A"), second.names().at("J"));
  first.bind("J", 5);
  first.invent(j, "main", clock_epoch);
  EXPECT_EQ(first.names().at("J"), 5U) << "a bound name stays";
}

TEST(LiveMap, VariablesAreNeverInvented) {
  LiveMap map{config()};
  map.connection("main");
  map.invent(*Expression::parse("target.rcv.nxt+1"), "main", clock_epoch);
  EXPECT_FALSE(map.names().contains("target.rcv.nxt"));
}

TEST(LiveMap, MainStartsAtJ) {
  LiveMap map{config()};
  map.bind("J", 1234);
  EXPECT_EQ(map.fresh_iss(map.connection("main")), wire::SeqNum{1234});
  EXPECT_NE(map.fresh_iss(map.connection("b")), wire::SeqNum{1234});
}

TEST(LiveMap, TimestampClockTicksOnceAMillisecond) {
  LiveMap map{config()};
  const LiveConnection& c = map.connection("main");
  EXPECT_EQ(map.timestamp(c, clock_epoch + 250ms) - map.timestamp(c, clock_epoch), 250U);
}

TEST(LiveMap, TimestampClockContinuesFromTheSyn) {
  LiveMap map{config()};
  LiveConnection& c = map.connection("main");
  wire::TcpSegment syn;
  syn.flags = wire::syn;
  syn.options = wire::encode_options({.timestamps = wire::Timestamps{0xffff'ffff, 0}});
  map.sent(c, syn, clock_epoch + 10ms);
  EXPECT_EQ(map.timestamp(c, clock_epoch + 15ms), 4U);
}

TEST(LiveMap, MssFollowsMtuAndFamilyAndThenTheTarget) {
  LiveMap v4{config()};
  EXPECT_EQ(v4.default_mss(), 1460);
  LiveMap::Config six = config();
  six.target = *wire::IpAddress::parse("2001:db8::1");
  EXPECT_EQ(LiveMap{six}.default_mss(), 1440);

  TesterSide& side = v4.connection("main").side;
  EXPECT_EQ(value(v4, "main", "mss"), 1460U) << "before the target's SYN";
  wire::TcpSegment syn;
  syn.flags = wire::syn;
  side.received(syn);
  EXPECT_EQ(value(v4, "main", "mss"), 536U) << "RFC 9293 MUST-15: without an option";
}

}  // namespace
}  // namespace tcpjury::engine
