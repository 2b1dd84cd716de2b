#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

class TimestampsLayerTest : public testing::TestWithParam<Case> {};
TEST_P(TimestampsLayerTest, IsJudgedByItsSentence) { check(GetParam()); }

void text(Exchange& x, std::uint32_t seq, std::uint32_t tsval) {
  x.in(stamped(seq, 5001, "ACK,PSH", tsval, 1, "abcdefghij"));
}
void acked(Exchange& x, std::uint32_t ack, std::uint32_t tsval, std::uint32_t tsecr) {
  x.out(stamped(5001, ack, "ACK", tsval, tsecr));
  x.fence();
}
/// The first text is acknowledged, with an echo of 110.
void first_text(Exchange& x) {
  established_with_timestamps(x);
  text(x, 1001, 110);
  acked(x, 1011, 2, 110);
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"SynAckEchoesAnotherValue",
       [](Exchange& x) {
         x.listen();
         x.in(stamped(1000, 0, "SYN", 100, 0));
         x.out(stamped(5000, 1001, "SYN,ACK", 1, 99));
       },
       {"RFC7323-3.2-4"}},
      {"SynEchoesSomething",
       [](Exchange& x) {
         x.open();
         x.out(stamped(5000, 0, "SYN", 1, 7));
       },
       {"RFC7323-3.2-3"}},
      {"SynEchoesZero",
       [](Exchange& x) {
         x.open();
         x.out(stamped(5000, 0, "SYN", 1, 0));
       },
       {},
       {"RFC7323-3.2-3"}},
      {"EachTextIsEchoed",
       [](Exchange& x) {
         first_text(x);
         text(x, 1011, 120);
         acked(x, 1021, 3, 120);
       },
       {},
       {"RFC7323-3.2-4", "RFC7323-4.3-4"}},
      {"TheEchoStandsStill",
       [](Exchange& x) {
         first_text(x);
         text(x, 1011, 120);
         acked(x, 1021, 3, 110);
       },
       {"RFC7323-4.3-4"}},
      {"ABareAckMayUpdateTheEchoOrNot",
       [](Exchange& x) {
         first_text(x);
         x.in(stamped(1011, 5001, "ACK", 115, 1));
         x.call(UserCall::Kind::send, "x");
         x.out(stamped(5001, 1011, "ACK,PSH", 3, 110, "x"));
         x.in(stamped(1011, 5002, "ACK", 116, 1));
         x.call(UserCall::Kind::send, "y");
         x.out(stamped(5002, 1011, "ACK,PSH", 4, 116, "y"));
       },
       {},
       {"RFC7323-3.2-4"}},
      {"TextBeyondAGapIsEchoed",
       [](Exchange& x) {
         first_text(x);
         text(x, 1031, 130);
         acked(x, 1011, 3, 130);
       },
       {"RFC7323-4.3-2"}},
      {"GapAndFilling",
       [](Exchange& x) {
         first_text(x);
         text(x, 1031, 130);
         acked(x, 1011, 3, 110);
         text(x, 1011, 120);
         acked(x, 1021, 4, 120);
       },
       {},
       {"RFC7323-4.3-2", "RFC7323-4.3-3"}},
      {"TheFillingTextIsNotEchoed",
       [](Exchange& x) {
         first_text(x);
         text(x, 1021, 130);
         acked(x, 1011, 3, 110);
         text(x, 1011, 120);
         acked(x, 1031, 4, 110);
       },
       {"RFC7323-4.3-3"}},
      {"OneAckForTwoEchoesTheEarliest",
       [](Exchange& x) {
         first_text(x);
         text(x, 1011, 120);
         text(x, 1021, 125);
         acked(x, 1031, 3, 120);
       },
       {},
       {"RFC7323-4.3-1"}},
      {"OneAckForTwoEchoesTheLatest",
       [](Exchange& x) {
         first_text(x);
         text(x, 1011, 120);
         text(x, 1021, 125);
         acked(x, 1031, 3, 125);
       },
       {"RFC7323-4.3-1"}},
      {"AnEchoThatCrossedMayBeEither",
       [](Exchange& x) {
         first_text(x);
         text(x, 1011, 120);
         text(x, 1021, 125);
         x.out_crossing(stamped(5001, 1021, "ACK", 3, 120));
         acked(x, 1031, 3, 125);
       },
       {}},
      {"AResetThatDoesNotCountIsEchoed",
       [](Exchange& x) {
         first_text(x);
         x.in(stamped(900, 0, "RST", 5000, 0));
         x.fence();
         text(x, 1011, 120);
         acked(x, 1021, 3, 5000);
       },
       {"RFC7323-5.2-4"}},
      {"TextIsOlderThanAResetThatDoesNotCount",
       [](Exchange& x) {
         established_with_timestamps(x);
         x.in(stamped(1001, 5001, "ACK,PSH", 110, 1, "a"));
         x.out(stamped(5001, 1002, "ACK", 2, 110));
         x.fence();
         x.in(stamped(900, 5001, "RST", 100'000, 2));
         x.fence();
         x.in(stamped(1002, 5001, "ACK,PSH", 120, 2, "b"));
         x.out(stamped(5001, 1002, "ACK", 3, 100'000));
       },
       {"RFC7323-5.2-4"}},
      {"AResetThatDoesNotCountChangesNothing",
       [](Exchange& x) {
         first_text(x);
         x.in(stamped(900, 0, "RST", 5000, 0));
         x.fence();
         text(x, 1011, 120);
         acked(x, 1021, 3, 120);
       },
       {},
       {"RFC7323-5.2-4"}},
      {"TheClockRunsBackwards",
       [](Exchange& x) {
         first_text(x);
         text(x, 1011, 120);
         acked(x, 1021, 1, 120);
       },
       {"RFC7323-4.1-1"}},
      {"TheClockStandsStill",
       [](Exchange& x) {
         first_text(x);
         x.wait(11s);
         text(x, 1011, 120);
         acked(x, 1021, 2, 120);
       },
       {"RFC7323-4.1-1"}},
      {"TheClockRunsUnevenly",
       [](Exchange& x) {
         first_text(x);
         x.wait(3s);
         text(x, 1011, 120);
         acked(x, 1021, 3002, 120);
         x.wait(3s);
         text(x, 1021, 130);
         acked(x, 1031, 300'000, 130);
       },
       {"RFC7323-4.1-1"}},
      {"TheClockRecyclesTooFast",
       [](Exchange& x) {
         first_text(x);
         x.wait(3s);
         text(x, 1011, 120);
         acked(x, 1021, 60'000'000, 120);
       },
       {"RFC7323-5.4-1"}},
      {"AClockOfOneTickASecond",
       [](Exchange& x) {
         first_text(x);
         for (std::uint32_t i = 0; i < 4; ++i) {
           x.wait(3s);
           text(x, 1011 + 10 * i, 120 + i);
           acked(x, 1021 + 10 * i, 5 + 3 * i, 120 + i);
         }
       },
       {},
       {"RFC7323-4.1-1", "RFC7323-5.4-1"}},
      {"AnAbortWithout",
       [](Exchange& x) {
         first_text(x);
         x.call(UserCall::Kind::abort);
         x.out(5001, 1011, "RST,ACK");
       },
       {"RFC7323-3.2-7"}},
      {"AnAbortWith",
       [](Exchange& x) {
         first_text(x);
         x.call(UserCall::Kind::abort);
         x.out(stamped(5001, 1011, "RST,ACK", 3, 110));
       },
       {},
       {"RFC7323-3.2-7"}},
      {"TextWithTimestampsThatWereNotNegotiated",
       [](Exchange& x) {
         x.established();
         x.in(1001, 5001, "ACK,PSH", "a");
         x.out(stamped(5001, 1002, "ACK", 1, 0));
       },
       {"RFC7323-3.2-10"}},
      {"AWrappedValueIsTakenForOlder",
       [](Exchange& x) {
         x.listen();
         x.in(stamped(1000, 0, "SYN", 0xffff'fff0U, 0));
         x.out(stamped(5000, 1001, "SYN,ACK", 1, 0xffff'fff0U));
         x.in(stamped(1001, 5001, "ACK", 0xffff'fff1U, 1));
         text(x, 1001, 5);
         acked(x, 1001, 2, 0xffff'fff1U);
         x.wait(2s);
       },
       {"RFC7323-5.3-4"}},
      {"AWrappedValueIsNewer",
       [](Exchange& x) {
         x.listen();
         x.in(stamped(1000, 0, "SYN", 0xffff'fff0U, 0));
         x.out(stamped(5000, 1001, "SYN,ACK", 1, 0xffff'fff0U));
         x.in(stamped(1001, 5001, "ACK", 0xffff'fff1U, 1));
         text(x, 1001, 5);
         acked(x, 1011, 2, 5);
       },
       {},
       {"RFC7323-5.3-4"}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(Timestamps, TimestampsLayerTest, testing::ValuesIn(cases()), name_of);

TEST(TimestampClock, IsMeasured) {
  Exchange x;
  first_text(x);
  x.wait(10s);
  text(x, 1011, 120);
  acked(x, 1021, 10'002, 120);
  EXPECT_EQ(x.judge().features().at("timestamp.clock"), "1000 Hz");
}

TEST(TimestampClock, MayStepBackALittleWhereSegmentsArePaced) {
  TargetFacts facts = Exchange::facts();
  facts.clock = ClockKind::real_time;
  Exchange x{facts};
  first_text(x);
  text(x, 1011, 120);
  acked(x, 1021, 1, 120);
  EXPECT_TRUE(x.broken().empty());
}

TEST(TimestampClock, TicksInEveryWindowOfText) {
  Exchange x;
  established_with_timestamps(x);
  constexpr std::uint32_t full = 1448;
  constexpr std::uint32_t round = 6 * full;
  x.call(UserCall::Kind::send, std::string(5 * round, 'w'));
  for (std::uint32_t seq = 5001; seq < 5001 + 3 * round; seq += round) {
    for (std::uint32_t i = 0; i < round; i += full)
      x.out(stamped(seq + i, 1001, "ACK", 1, seq == 5001 ? 100 : 102, std::string(full, 'w')));
    x.wait(3s);
    x.in(stamped(1001, seq + round, "ACK", 102, 1));
  }
  EXPECT_EQ(broken_but_nagle(x), std::vector<std::string>{"RFC7323-5.4-2"});
}

}  // namespace
}  // namespace tcpjury::model
