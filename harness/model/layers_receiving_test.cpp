// Acknowledging, closed windows and keep-alives: what the layers convict, and what they leave alone.
#include <gmock/gmock.h>

#include <functional>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::string octets(std::size_t n) { return std::string(n, 'x'); }

/// A segment that announces `wnd`.
wire::TcpSegment window(std::uint32_t seq, std::uint32_t ack, std::uint16_t wnd) {
  wire::TcpSegment s = Exchange::segment(seq, ack, "ACK");
  s.window = wnd;
  return s;
}

// ---- acknowledgments ------------------------------------------------------------------------------------

TEST(BeyondAGap, ADuplicateThatWaitsForATimerIsAccused) {
  Exchange x;
  x.established();
  x.in(1011, 5001, "ACK", "later text");
  x.wait(200ms);
  x.out(5001, 1001, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.2-1"));
}

TEST(BeyondAGap, ADuplicateAtOnceKeepsTheRule) {
  Exchange x;
  x.established();
  x.in(1011, 5001, "ACK", "later text");
  x.out(5001, 1001, "ACK");
  EXPECT_TRUE(x.held("RFC5681-3.2-1"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(FillingAGap, AnAcknowledgmentThatWaitsForATimerIsAccused) {
  Exchange x;
  x.established();
  x.in(1011, 5001, "ACK", "later text");
  x.out(5001, 1001, "ACK");
  x.in(1001, 5001, "ACK", "the first ");
  x.wait(200ms);
  x.out(5001, 1021, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.2-2"));
}

TEST(FillingAGap, AcknowledgingInStepsIsAccused) {
  Exchange x;
  x.established();
  x.in(1011, 5001, "ACK", "later text");
  x.out(5001, 1001, "ACK");
  x.in(1001, 5001, "ACK", "the first ");
  x.out(5001, 1011, "ACK");
  x.out(5001, 1021, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-59"));
}

TEST(FillingAGap, OneAcknowledgmentOfEverythingKeepsTheRules) {
  Exchange x;
  x.established();
  x.in(1011, 5001, "ACK", "later text");
  x.out(5001, 1001, "ACK");
  x.in(1001, 5001, "ACK", "the first ");
  x.out(5001, 1021, "ACK");
  EXPECT_TRUE(x.held("RFC5681-3.2-2"));
  EXPECT_TRUE(x.held("RFC9293-MUST-58"));
  EXPECT_TRUE(x.held("RFC9293-MUST-59"));
}

TEST(FillingAGap, TextThatWasNotKeptIsNobodysFault) {
  Exchange x;
  x.established();
  x.in(1011, 5001, "ACK", "later text");
  x.out(5001, 1001, "ACK");
  x.in(1001, 5001, "ACK", "the first ");
  x.out(5001, 1011, "ACK");
  x.in(1011, 5001, "ACK", "later text");
  x.out(5001, 1021, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(FullSizedSegments, TheSecondOneMustNotWait) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", octets(1460));
  x.in(2461, 5001, "ACK", octets(1460));
  x.wait(200ms);
  x.out(5001, 3921, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-19"));
}

TEST(FullSizedSegments, OneAcknowledgmentForThreeThatCameTogetherIsAllowed) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", octets(1460));
  x.in(2461, 5001, "ACK", octets(1460));
  x.in(3921, 5001, "ACK", octets(1460));
  x.out(5001, 5381, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-SHLD-19"));
}

TEST(FullSizedSegments, SmallOnesMayWait) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", octets(700));
  x.in(1701, 5001, "ACK", octets(700));
  x.wait(400ms);
  x.out(5001, 2401, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-MUST-40"));
  EXPECT_TRUE(x.held("RFC9293-SHLD-18"));
}

TEST(DelayedAcknowledgments, AStackThatNeverDelaysBreaksAShould) {
  Exchange x;
  x.established();
  for (std::uint32_t i = 0; i < 70; ++i) {
    x.wait(10ms);
    x.in(1001 + i, 5001, "ACK", "x");
    x.out(5001, 1002 + i, "ACK");
  }
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-18"));
}

TEST(DelayedAcknowledgments, OneAtOnceForTheFirstSegmentsIsAllowed) {
  Exchange x;
  x.established();
  for (std::uint32_t i = 0; i < 30; ++i) {
    x.wait(10ms);
    x.in(1001 + i, 5001, "ACK", "x");
    x.out(5001, 1002 + i, "ACK");
  }
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(DelayedAcknowledgments, ReadingMayBringThemAtOnce) {
  Exchange x;
  x.established();
  for (std::uint32_t i = 0; i < 100; ++i) {
    x.wait(10ms);
    x.in(1001 + i, 5001, "ACK", "x");
    x.call(UserCall::Kind::receive, "x");
    x.out(5001, 1002 + i, "ACK");
  }
  EXPECT_THAT(x.broken(), IsEmpty());
}

/// The target has closed its window.
void closed_window(Exchange& x) {
  x.established();
  for (std::uint32_t i = 0; i < 10; ++i) {
    x.in(1001 + i * 1000, 5001, "ACK", octets(1000));
    x.out(window(5001, 2001 + i * 1000, static_cast<std::uint16_t>(9000 - i * 1000)));
  }
}

TEST(OwnClosedWindow, WhatMeetsItIsAcknowledged) {
  Exchange x;
  closed_window(x);
  x.in(11001, 5001, "ACK", "x");
  x.out(window(5001, 11001, 0));
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-3.8.6.1-ACK-AT-ZERO"));
}

TEST(OwnClosedWindow, AResetCountsThereToo) {
  Exchange x;
  closed_window(x);
  x.in(11001, 0, "RST");
  x.fence();
  EXPECT_TRUE(x.held("RFC9293-MUST-66"));
  x.out(window(5001, 11001, 5000));
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-66"));
}

TEST(KeepAliveOfThePeer, IsAnswered) {
  Exchange x;
  x.established();
  x.in(1000, 5001, "ACK");
  x.out(5001, 1001, "ACK");
  EXPECT_TRUE(x.held("RFC9293-3.8.4-RESPOND"));
}

TEST(KeepAliveOfTheTarget, OneWithAnOctetIsAccusedToo) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::send, "a");
  x.out(5001, 1001, "ACK,PSH", "a");
  x.in(1001, 5002, "ACK");
  x.wait(3h);
  x.out(5001, 1001, "ACK", "a");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-25"));
}

TEST(KeepAliveOfTheTarget, TwoQuietHoursKeepTheRule) {
  Exchange x;
  x.established();
  x.wait(1h);
  EXPECT_FALSE(x.held("RFC9293-MUST-25"));
  x.wait(2h);
  EXPECT_TRUE(x.held("RFC9293-MUST-25"));
}

// ---- closed windows -------------------------------------------------------------------------------------

/// The peer's window is closed and ten octets wait.
void persist(Exchange& x) {
  x.established();
  x.in(window(1001, 5001, 0));
  x.call(UserCall::Kind::send, "ten octets");
}

TEST(ClosedWindow, OneThatIsNeverProbedIsAccused) {
  Exchange x;
  persist(x);
  x.wait(2min);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.8.6.1-PERSIST-ESTAB"));
}

TEST(ClosedWindow, OneThatWasTakenBackAndIsNeverProbedIsAccused) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::send, "ten octets");
  x.out(5001, 1001, "ACK,PSH", "ten octets");
  x.in(window(1001, 5001, 0));
  x.wait(2min);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-35"));
}

TEST(ClosedWindow, ProbesThatCeaseAreAccused) {
  Exchange x;
  persist(x);
  x.wait(1s);
  x.out(5001, 1001, "ACK", "t");
  x.in(window(1001, 5001, 0));
  x.wait(5min);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-37"));
}

TEST(ClosedWindow, AResetAfterAnsweredProbesIsAccused) {
  Exchange x;
  persist(x);
  x.wait(1s);
  x.out(5001, 1001, "ACK", "t");
  x.in(window(1001, 5001, 0));
  x.wait(2s);
  x.out(5002, 1001, "RST,ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-37"));
}

TEST(ClosedWindow, AProbeAtOnceIsNoProbeOfAWindowThatWasClosedForAnRto) {
  Exchange x;
  persist(x);
  x.out(5001, 1001, "ACK", "t");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-29"));
}

/// Probes at the intervals that `interval` gives, all answered.
void probe(Exchange& x, int count, const std::function<Duration(int)>& interval) {
  persist(x);
  for (int i = 0; i < count; ++i) {
    x.wait(interval(i));
    x.out(5001, 1001, "ACK", "t");
    x.in(window(1001, 5001, 0));
  }
}

TEST(ClosedWindow, IntervalsThatNeverGrowBreakAShould) {
  Exchange x;
  probe(x, 12, [](int) { return Duration{5s}; });
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-30"));
}

TEST(ClosedWindow, IntervalsThatDoubleUpToACapKeepEveryRule) {
  Exchange x;
  probe(x, 12, [](int i) { return std::min<Duration>(Duration{1s} * (1 << i), 60s); });
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id : {"RFC9293-MUST-36", "RFC9293-MUST-37", "RFC1122-4.2.2.17-1", "RFC6429-4-1",
                                    "RFC9293-SHLD-29", "RFC9293-SHLD-30", "RFC9293-3.8.6.1-PERSIST-ESTAB"}) {
    EXPECT_TRUE(x.held(id)) << id;
  }
}

TEST(ClosedWindow, AMinimumOfFiveSecondsMayKeepTheFirstIntervalsEqual) {
  Exchange x;
  probe(x, 12,
        [](int i) { return std::max<Duration>(5s, std::min<Duration>(Duration{200ms} * (1 << i), 60s)); });
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ClosedWindow, ProbesNobodyAnswersMayEnd) {
  Exchange x;
  persist(x);
  for (const Duration d : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    x.wait(d);
    x.out(5001, 1001, "ACK", "t");
  }
  x.wait(1h);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ClosedWindow, AnAbortOfTheUserEndsItByAReset) {
  Exchange x;
  persist(x);
  x.wait(1s);
  x.out(5001, 1001, "ACK", "t");
  x.in(window(1001, 5001, 0));
  x.call(UserCall::Kind::abort);
  x.out(5002, 1001, "RST,ACK");
  x.wait(1h);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC6429-4-2"));
}

}  // namespace
}  // namespace tcpjury::model
