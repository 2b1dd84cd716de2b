// The retransmission timer and the thresholds for giving up.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class Timer : public testing::Test {
 protected:
  Exchange x;
  std::uint32_t sent = 0;

  /// A handshake whose last segment takes `rtt`.
  void connect(Duration rtt) {
    x.listen();
    x.in(1000, 0, "SYN");
    x.out(5000, 1001, "SYN,ACK");
    x.fence();
    x.wait(rtt);
    x.in(1001, 5001, "ACK");
    x.fence();
  }
  void out() { x.out(5001 + sent, 1001, "ACK,PSH", "ten octets"); }
  void send() {
    x.call(UserCall::Kind::send, "ten octets");
    out();
  }
  void acked() {
    sent += 10;
    x.in(1001, 5001 + sent, "ACK");
  }
  void exchange(Duration rtt) {
    send();
    x.wait(rtt);
    acked();
  }
};

TEST_F(Timer, OneSampleMakesItRunThreeTimesTheRoundTrip) {
  connect(600ms);
  send();
  x.wait(1800ms);
  out();
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id : {"RFC6298-1-1", "RFC6298-2.2-1", "RFC9293-MUST-18"})
    EXPECT_TRUE(x.held(id)) << id;
}

TEST_F(Timer, OneThatIgnoresTheFirstSampleIsAccused) {
  connect(600ms);
  send();
  x.wait(1s);
  out();
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-2.2-1"));
}

TEST_F(Timer, TheSynAckOfCrossingSynsNeedNotBeMeasured) {
  x.open();
  x.out(5000, 0, "SYN");
  x.wait(500ms);
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.wait(900ms);
  x.in(1001, 5001, "ACK");
  x.fence();
  send();
  x.wait(1s);
  out();
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(Timer, OneThatDoesNotFollowARisingRoundTripIsAccused) {
  connect(300ms);
  for (const Duration rtt : {300ms, 300ms, 800ms, 800ms}) exchange(rtt);
  send();
  x.wait(1s);
  out();
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-2.3-1"));
}

TEST_F(Timer, OneThatFollowsItKeepsTheRules) {
  connect(300ms);
  for (const Duration rtt : {300ms, 300ms, 800ms, 800ms}) exchange(rtt);
  send();
  x.wait(2s);  // SRTT 417 ms, RTTVAR 308 ms by hand: 1.65 s
  out();
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id : {"RFC6298-2.3-1", "RFC6298-2.3-2", "RFC6298-3-2"})
    EXPECT_TRUE(x.held(id)) << id;
}

TEST_F(Timer, OneThatExpiresBeforeASteadyRoundTripIsAccused) {
  connect(900ms);
  for (int i = 0; i < 20; ++i) exchange(1300ms);
  send();
  x.wait(1200ms);
  out();
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-4-1"));
}

TEST_F(Timer, AfterARepeatedSynAckItBeginsWithThreeSeconds) {
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.wait(1s);
  x.out(5000, 1001, "SYN,ACK");
  x.in(1001, 5001, "ACK");
  x.fence();
  send();
  x.wait(1s);
  out();
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-5.7-1"));
}

TEST_F(Timer, ABackOffThatEndsWithoutASampleIsAccused) {
  connect(0s);
  send();
  x.wait(1s);
  out();
  x.wait(2s);
  out();
  acked();
  send();
  x.wait(1s);
  out();
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-18"));
}

TEST_F(Timer, ASampleOfASegmentSentTwiceIsAccused) {
  connect(900ms);
  send();
  x.wait(2700ms);
  out();
  x.wait(5400ms);
  out();
  acked();
  send();
  x.wait(1s);
  out();
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-3-1"));
}

TEST_F(Timer, OneThatStaysBackedOffKeepsKarn) {
  connect(0s);
  send();
  x.wait(1s);
  out();
  x.wait(2s);
  out();
  acked();
  send();
  x.wait(4s);
  out();
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC6298-3-1"));
}

TEST_F(Timer, ANewSampleEndsTheBackOff) {
  connect(0s);
  send();
  for (const Duration d : {1s, 2s, 4s}) {
    x.wait(d);
    out();
  }
  acked();
  exchange(10ms);
  send();
  x.wait(8s);
  out();
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-5-3"));
}

TEST_F(Timer, AnIntervalThatShrinksIsAccused) {
  connect(0s);
  send();
  for (const Duration d : {1s, 2s, 1s}) {
    x.wait(d);
    out();
  }
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-5-1"));
}

TEST_F(Timer, WhatIsAcknowledgedIsNotSentAgain) {
  connect(0s);
  exchange(10ms);
  x.wait(1s);
  x.out(5001, 1001, "ACK,PSH", "ten octets");
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-5.2-1"));
}

TEST_F(Timer, SilenceAfterTheLastAcknowledgmentKeepsTheRule) {
  connect(0s);
  exchange(10ms);
  x.wait(6s);
  exchange(10ms);
  EXPECT_TRUE(x.held("RFC6298-5.2-1"));
}

TEST_F(Timer, TheEarliestSegmentComesFirst) {
  connect(0s);
  x.call(UserCall::Kind::send, std::string(1072, 'x'));
  x.out(5001, 1001, "ACK", std::string(536, 'x'));
  x.out(5537, 1001, "ACK,PSH", std::string(536, 'x'));
  x.wait(1s);
  x.out(5537, 1001, "ACK,PSH", std::string(536, 'x'));
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-5.4-1"));
}

TEST_F(Timer, AnAcknowledgmentOfAPartStartsItAnew) {
  connect(0s);
  x.call(UserCall::Kind::send, std::string(1072, 'x'));
  x.out(5001, 1001, "ACK", std::string(536, 'x'));
  x.out(5537, 1001, "ACK,PSH", std::string(536, 'x'));
  x.wait(1500ms);
  x.in(1001, 5537, "ACK");
  x.wait(500ms);  // two seconds after the segment was sent, not after the acknowledgment
  x.out(5537, 1001, "ACK,PSH", std::string(536, 'x'));
  x.wait(4s);
  x.out(5537, 1001, "ACK,PSH", std::string(536, 'x'));
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-5.3-1"));
}

// ---- giving up ------------------------------------------------------------------------------------------

void repeat_syn(Exchange& x, std::initializer_list<Duration> intervals) {
  x.open();
  x.out(5000, 0, "SYN");
  for (const Duration d : intervals) {
    x.wait(d);
    x.out(5000, 0, "SYN");
  }
}

TEST(GivingUpAnOpen, BeforeThreeMinutesIsAccused) {
  Exchange x;
  repeat_syn(x, {1s, 2s, 4s, 8s, 16s, 32s});
  x.wait(90s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-23"));
}

TEST(GivingUpAnOpen, AfterThreeMinutesKeepsTheRules) {
  Exchange x;
  repeat_syn(x, {1s, 2s, 4s, 8s, 16s, 32s, 64s});
  x.wait(1h);
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id :
       {"RFC9293-MUST-20", "RFC9293-MUST-22", "RFC9293-MUST-23", "RFC9293-3.8.3-R2-EXCEEDED-SYNSENT"})
    EXPECT_TRUE(x.held(id)) << id;
}

TEST_F(Timer, TextThatIsGivenUpBefore100SecondsBreaksAShould) {
  connect(0s);
  send();
  for (const Duration d : {1s, 2s, 4s, 8s}) {
    x.wait(d);
    out();
  }
  x.wait(60s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-11"));
}

TEST_F(Timer, TextThatIsGivenUpLaterKeepsTheRules) {
  connect(0s);
  send();
  for (const Duration d : {1s, 2s, 4s, 8s, 16s, 32s, 60s}) {
    x.wait(d);
    out();
  }
  x.wait(1h);
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id : {"RFC9293-SHLD-11", "RFC9293-3.8.3-R2-EXCEEDED-ESTAB"})
    EXPECT_TRUE(x.held(id)) << id;
}

TEST_F(Timer, ASegmentOfAConnectionThatWasGivenUpIsAccused) {
  connect(0s);
  send();
  for (const Duration d : {1s, 2s, 4s, 8s, 16s, 32s, 60s}) {
    x.wait(d);
    out();
  }
  x.wait(1h);
  out();
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.8.3-R2-EXCEEDED-ESTAB"));
}

TEST_F(Timer, IntervalsMayDoubleForEver) {
  connect(0s);
  send();
  for (Duration d = 1s; d < 2h; d *= 2) {
    x.wait(d);
    out();
  }
  EXPECT_THAT(x.broken(), IsEmpty());
}

}  // namespace
}  // namespace tcpjury::model
