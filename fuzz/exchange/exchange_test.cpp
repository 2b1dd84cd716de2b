#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fuzz/exchange/draw.h"
#include "fuzz/exchange/walks.h"

namespace tcpjury::exchange {
namespace {

using model::State;
using namespace std::chrono_literals;

/// A target that notes what it gets and answers nothing; a user call succeeds.
class Sink final : public engine::VirtualTarget {
 public:
  Sink() {
    traits_.name = "sink";
    traits_.v4 = {.target = wire::IpAddress::v4(192, 0, 2, 2),
                  .tester_first = wire::IpAddress::v4(198, 51, 100, 1)};
  }
  [[nodiscard]] const engine::TargetTraits& traits() const override { return traits_; }
  Result<void> reset(std::uint64_t seed, TimePoint) override {
    seed_ = seed;
    received.clear();
    return {};
  }
  Result<void> packet_in(BytesView datagram) override {
    received.push_back(wire::decode(datagram));
    return broken ? fail("it is broken") : Result<void>{};
  }
  Result<void> advance(TimePoint now) override {
    at = now;
    return {};
  }
  [[nodiscard]] TimePoint next_timer() override { return never; }
  engine::AppReply call(const engine::AppRequest&) override { return {.ok = true, .handle = 1}; }
  std::vector<Bytes> take_output() override { return {}; }
  std::vector<engine::AppEvent> take_events() override { return {}; }

  std::vector<wire::Decoded> received = {};
  TimePoint at = clock_epoch;
  bool broken = false;

 private:
  engine::TargetTraits traits_ = {};
  std::uint64_t seed_ = 0;
};

const wire::TcpSegment& segment_of(const wire::Decoded& frame) { return *frame.packet.tcp(); }

TEST(Exchange, EveryFieldOfASegmentCanLie) {
  Sink target;
  const Segment lie{.flow = 3,
                    .flags = wire::fin | wire::urg,
                    .seq = {Base::zero, 7},
                    .ack = {Base::zero, 9},
                    .window = 5,
                    .length = 2,
                    .urgent = 4,
                    .options = Bytes(4, std::byte{1}),
                    .reserved = 3};
  (void)play({.events = {lie}}, target);
  ASSERT_EQ(target.received.size(), 1U);
  const wire::TcpSegment& got = segment_of(target.received[0]);
  EXPECT_TRUE(target.received[0].defects.empty());
  EXPECT_EQ(got.source.number, 40'003);
  EXPECT_EQ(got.flags, wire::fin | wire::urg);
  EXPECT_EQ(got.seq.raw, 7U);
  EXPECT_EQ(got.ack.raw, 0U);  // the ACK bit is off
  EXPECT_EQ(got.window, 5);
  EXPECT_EQ(got.urgent, 4);
  EXPECT_EQ(got.reserved, 3);
  EXPECT_EQ(got.options, Bytes(4, std::byte{1}));
  EXPECT_EQ(got.text.size(), 2U);
}

TEST(Exchange, ChecksumAndDataOffsetLieAsOctets) {
  Sink target;
  (void)play({.events = {Segment{.bad_checksum = true}, Segment{.data_offset = 2}}}, target);
  ASSERT_EQ(target.received.size(), 2U);
  EXPECT_TRUE(target.received[0].has(wire::WireDefect::tcp_checksum));
  EXPECT_TRUE(target.received[1].has(wire::WireDefect::tcp_data_offset));
}

TEST(Exchange, TheSameNumberAlwaysHoldsTheSameOctet) {
  Sink target;
  const Segment whole{.flags = wire::rst, .seq = {Base::irs, 100}, .length = 8};
  const Segment part{.flags = wire::rst, .seq = {Base::irs, 104}, .length = 4};
  (void)play({.events = {whole, part}}, target);
  ASSERT_EQ(target.received.size(), 2U);
  const Bytes& first = segment_of(target.received[0]).text;
  EXPECT_EQ(segment_of(target.received[1]).text, Bytes(first.begin() + 4, first.end()));
}

TEST(Exchange, TimePassesAsFarAsItSays) {
  Sink target;
  (void)play({.events = {Advance{2h}, Advance{1s}}}, target);
  EXPECT_EQ(target.at, clock_epoch + 2h + 1s);
}

TEST(Exchange, ATargetThatSaysNothingIsAccused) {
  Sink target;
  const Played played = play(
      {.events = {Call{.kind = Call::Kind::listen}, Segment{.flags = wire::syn}, Advance{1min}}}, target);
  ASSERT_FALSE(played.result.violations.empty());
  EXPECT_EQ(played.result.violations[0].what.requirement, "RFC9293-3.10.7.2-SYN-LISTEN");
  EXPECT_EQ(played.result.violations[0].step, 2U);
  EXPECT_EQ(played.events, 2U);  // what follows would prove nothing
}

TEST(Exchange, ATargetThatBreaksDownEndsIt) {
  Sink target;
  target.broken = true;
  const Played played = play({.events = {Segment{}, Segment{}}}, target);
  EXPECT_EQ(played.broken, "it is broken");
  EXPECT_EQ(target.received.size(), 1U);
}

TEST(Drawn, TheSameSeedGivesTheSameExchangeAndAnotherSeedAnother) {
  Sink target;
  const auto one = play_drawn(target, 5);
  const auto again = play_drawn(target, 5);
  EXPECT_EQ(one.exchange, again.exchange);
  EXPECT_EQ(one.played.hash, again.played.hash);
  EXPECT_EQ(play(one.exchange, target).hash, one.played.hash);
  EXPECT_NE(play_drawn(target, 6).played.hash, one.played.hash);
}

TEST(Drawn, LiesThatAreNotToldAreNotDrawn) {
  Sink target;
  for (std::uint64_t seed = 1; seed < 200; ++seed) {
    const auto session = play_drawn(target, seed, {.control = false});
    for (const Event& event : session.exchange.events) {
      const auto* segment = std::get_if<Segment>(&event);
      if (segment == nullptr) continue;
      const bool senseless = segment->flags.has(wire::syn | wire::fin) || segment->flags == wire::no_flags;
      EXPECT_FALSE(senseless) << to_string(event);
    }
  }
}

TEST(Shrunk, LeavesOutWhatIsNotNeeded) {
  Exchange exchange;
  for (int i = 0; i < 50; ++i) exchange.events.push_back(Advance{std::chrono::seconds{i}});
  const auto needs = [](const Exchange& e) {
    const auto has = [&](int i) {
      return std::ranges::find(e.events, Event{Advance{std::chrono::seconds{i}}}) != e.events.end();
    };
    return has(7) && has(31);
  };
  EXPECT_THAT(shrunk(exchange, needs).events, testing::ElementsAre(Event{Advance{7s}}, Event{Advance{31s}}));
}

TEST(Text, ShowsOnlyWhatIsNotAsAnHonestTesterWouldHaveIt) {
  EXPECT_EQ(to_string(Event{Segment{.flow = 2, .seq = {Base::rcv_edge, -1}, .window = 0, .length = 5}}),
            "segment 2: ACK seq=rcv.edge-1 ack=snd.nxt 5 octets wnd=0");
  EXPECT_EQ(to_string(Event{Call{.kind = Call::Kind::send, .flow = 1, .length = 9}}),
            "call 1: SEND 9 octets");
  EXPECT_EQ(to_string(Event{Advance{1500ms}}), "time passes: 1.500 s");
}

}  // namespace
}  // namespace tcpjury::exchange
