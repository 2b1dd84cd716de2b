// Conforming conduct at the edges of event processing: none of it may be accused.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

wire::TcpSegment with_window(wire::TcpSegment s, std::uint16_t window) {
  s.window = window;
  return s;
}

/// TIME-WAIT with SND.NXT = 5002 and RCV.NXT = 1002, reopened by a SYN with SEG.SEQ = 9000.
void reopened(Exchange& x) {
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  x.fence();
  x.in(9000, 0, "SYN");
  x.out(70'000, 9001, "SYN,ACK");
  x.fence();
}

// "returns to TIME-WAIT state if the SYN turns out to be an old duplicate" (RFC 9293 section 3.6.1, MAY-2).
TEST(ReopenedTimeWait, ComesBackWhenTheNewConnectionIsReset) {
  Exchange x;
  reopened(x);
  x.in(9001, 0, "RST");
  x.fence();
  x.in(1002, 5002, "ACK", "too late");
  x.out(5002, 1002, "ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("TIME-WAIT"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ReopenedTimeWait, MayAlsoBeForgottenForTheListener) {
  Exchange x;
  reopened(x);
  x.in(9001, 0, "RST");
  x.fence();
  x.in(1002, 5002, "ACK", "too late");
  x.out(5002, 0, "RST");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ReopenedTimeWait, ComesBackWithTheNumbersItHad) {
  Exchange x;
  reopened(x);
  x.in(9001, 0, "RST");
  x.fence();
  x.in(1002, 5002, "ACK", "too late");
  x.out(5002, 1010, "ACK");
  EXPECT_THAT(x.broken(), testing::SizeIs(1));
}

TEST(ReopenedTimeWait, DoesNotComeBackOnceTheNewConnectionIsEstablished) {
  Exchange x;
  reopened(x);
  x.in(9001, 70'001, "ACK");
  x.fence();
  x.in(9001, 0, "RST");
  x.fence();
  x.in(1002, 5002, "ACK", "too late");
  x.out(5002, 1002, "ACK");
  EXPECT_THAT(x.broken(), testing::SizeIs(1));
}

TEST(ReopenedTimeWait, TextOfTheOldConnectionMayBeReadStill) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", "old text");
  x.out(5001, 1009, "ACK");
  x.call(UserCall::Kind::close);
  x.out(5001, 1009, "FIN,ACK");
  x.in(1009, 5002, "FIN,ACK");
  x.out(5002, 1010, "ACK");
  x.fence();
  x.in(9000, 0, "SYN");
  x.out(70'000, 9001, "SYN,ACK");
  x.fence();
  x.in(9001, 0, "RST");
  x.fence();
  x.in(1010, 5002, "ACK", "too late");
  x.out(5002, 1010, "ACK");
  x.fence();
  x.call(UserCall::Kind::receive, "old text");
  EXPECT_THAT(x.broken(), IsEmpty());
}

// "Any other incoming control or data (combined with SYN) will be processed in the SYN-RECEIVED state"
// (section 3.10.7.2): it may be kept until the connection is established.
TEST(TextOfTheSyn, FillsWhatSeemedToBeAGapBeforeTheNextSegment) {
  for (const std::uint32_t kept : {1U, 0U}) {  // or it was not kept: then there is a gap
    Exchange x;
    x.listen();
    x.in(1000, 0, "SYN", "hello");
    x.out(5000, 1001, "SYN,ACK");
    x.fence();
    x.in(1003, 5001, "ACK", "llo again");
    x.out(5001, kept != 0 ? 1012 : 1001, "ACK");
    x.wait(1s);
    EXPECT_THAT(x.broken(), IsEmpty());
  }
}

TEST(TextOfTheSyn, DoesNotFillAGapBeyondItself) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN", "hello");
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.in(1008, 5001, "ACK", "beyond");
  x.out(5001, 1014, "ACK");
  EXPECT_THAT(x.broken(), testing::SizeIs(1));
}

TEST(TextOfTheSyn, CountsWhenTheFinWentOutBeforeTheSynWasAcknowledged) {
  Exchange x;
  x.open();
  x.out(5000, 0, "SYN");
  x.in(1000, 0, "SYN", "hello");
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5002, "ACK");
  x.out(5002, 1006, "ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("FIN-WAIT-2"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TextOfTheSyn, CountsWhenTheSynAckOfTheOtherSideEstablishes) {
  Exchange x;
  x.open();
  x.out(5000, 0, "SYN");
  x.in(1000, 0, "SYN", "hello");
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.in(1000, 5001, "SYN,ACK");
  x.out(5001, 1006, "ACK");
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TextOfAReset, IsNoTextOfTheStream) {
  Exchange x;
  x.established();
  x.in(30'000, 0, "RST", "diagnosis");  // beyond the window: ignored
  x.fence();
  x.in(1001, 5001, "ACK", "0123456789");
  x.out(5001, 1011, "ACK");
  x.call(UserCall::Kind::receive, "0123456789");
  EXPECT_THAT(x.broken(), IsEmpty());
}

/// A closed window with text behind it, and probes at doubled intervals that nobody answers, until `end`.
void probe_in_vain(Exchange& x, Duration end) {
  x.established();
  x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 0));
  x.call(UserCall::Kind::send, "waits");
  x.fence();
  Duration passed = 0s;
  for (Duration interval = 1s; passed + interval <= end; interval = std::min<Duration>(2 * interval, 60s)) {
    x.wait(interval);
    passed += interval;
    x.out(5001, 1001, "ACK", "w");
  }
  x.wait(end - passed);
}

// MUST-37 keeps a connection open "as long as the receiving TCP peer continues to send acknowledgments in
// response to the probe segments"; section 3.8.3 ends others from R2 on, 100 seconds at the least (SHLD-11).
TEST(Probes, InVainForLongerThanR2MayEndTheConnection) {
  Exchange x;
  probe_in_vain(x, 190s);
  x.wait(200s);
  x.in(1001, 5002, "ACK", "anybody there");
  x.out(5002, 0, "RST");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Probes, InVainForLessThanR2MayNot) {
  Exchange x;
  probe_in_vain(x, 90s);
  x.in(1001, 5001, "ACK");
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.broken(), testing::SizeIs(1));
}

TEST(Probes, WhileTheyAreAnsweredTheConnectionStaysOpen) {
  Exchange x;
  x.established();
  x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 0));
  x.call(UserCall::Kind::send, "waits");
  x.fence();
  for (Duration interval = 1s; interval < 100s; interval *= 2) {
    x.wait(interval);
    x.out(5001, 1001, "ACK", "w");
    x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 0));
    x.fence();
  }
  x.wait(100s);
  x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 0));
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-37"));
}

// RFC 6298 section 5.1: a timer that runs goes on, so the SYN,ACK of a simultaneous open may be repeated when
// the SYN would have been.
TEST(SimultaneousOpen, TheTimerOfTheSynGoesOn) {
  Exchange x;
  x.open();
  x.out(5000, 0, "SYN");
  x.wait(250ms);
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.wait(750ms);
  x.out(5000, 1001, "SYN,ACK");
  x.wait(2s);
  x.out(5000, 1001, "SYN,ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(SimultaneousOpen, TheBackOffOfTheSynGoesOn) {
  Exchange x;
  x.open();
  x.out(5000, 0, "SYN");
  for (Duration interval = 1s; interval <= 8s; interval *= 2) {  // at 1, 3, 7 and 15 s
    x.wait(interval);
    x.out(5000, 0, "SYN");
  }
  x.wait(5s);
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.wait(11s);  // at 31 s
  x.out(5000, 1001, "SYN,ACK");
  x.wait(32s);  // at 63 s
  x.out(5000, 1001, "SYN,ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_THAT(x.states(), ElementsAre("SYN-RECEIVED"));
}

// RFC 6298 sections 2.5 and 5.5, SHLD-11 and MUST-23: after R2 a SYN may be given up at any moment.
TEST(SynSent, GivenUpAfterR2IsNotTheWorkOfWhatHadToBeWithoutEffect) {
  Exchange x;
  x.open();
  x.out(5000, 0, "SYN");
  x.icmp(3, 1, 5000, 0, 4001);                                    // about another connection
  for (Duration interval = 1s; interval <= 64s; interval *= 2) {  // the last at 127 s
    x.wait(interval);
    x.out(5000, 0, "SYN");
  }
  x.wait(100s);
  x.in(1000, 5001, "SYN,ACK");
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.broken(), IsEmpty());
}

// RFC 5961 section 5.2 counts back by MAX.SND.WND, which the window of a SYN need not be part of.
TEST(OldAcknowledgment, BelowTheLargestWindowAfterTheSynMayBeDiscarded) {
  for (const std::uint32_t taken : {0U, 1U}) {
    Exchange x;
    x.listen();
    x.in(1000, 0, "SYN");  // its window is 10,000
    x.out(5000, 1001, "SYN,ACK");
    x.fence();
    x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 0));
    x.call(UserCall::Kind::send, "waits");
    x.wait(1s);
    x.out(5001, 1001, "ACK", "w");
    x.in(with_window(Exchange::segment(1001, 5002, "ACK"), 0));
    x.fence();
    x.in(with_window(Exchange::segment(1001, 5001, "ACK", "old?"), 0));
    x.out(5002, taken != 0 ? 1005 : 1001, "ACK");
    x.fence();
    EXPECT_THAT(x.broken(), IsEmpty());
  }
}

// Nobody has been handed the connection that the SYN began: the user still means the old one.
TEST(ReopenedTimeWait, CallsOfTheUserConcernTheOldConnection) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", "old text");
  x.out(5001, 1009, "ACK");
  x.call(UserCall::Kind::close);
  x.out(5001, 1009, "FIN,ACK");
  x.in(1009, 5002, "FIN,ACK");
  x.out(5002, 1010, "ACK");
  x.fence();
  x.in(9000, 0, "SYN");
  x.out(70'000, 9001, "SYN,ACK");
  x.fence();
  x.call(UserCall::Kind::receive, "old text");
  x.call(UserCall::Kind::abort);
  x.wait(1s);
  x.out(70'000, 9001, "SYN,ACK");
  x.in(9001, 70'001, "ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("ESTABLISHED"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ReopenedTimeWait, TextOfTheSynThatReopensItIsThatOfTheNewConnection) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  x.fence();
  x.in(9000, 0, "SYN", "hello");
  x.out(70'000, 9001, "SYN,ACK");
  x.in(9001, 70'001, "ACK");
  x.out(70'001, 9006, "ACK");
  x.fence();
  x.call(UserCall::Kind::receive, "hallo");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.3-RECEIVE-ESTAB"));
}

// What becomes of connections that a listener has not handed over when it is closed is nowhere said.
TEST(ClosedListener, MayResetAHalfOpenConnectionUntilItIsEstablished) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  UserCall close{};
  close.kind = UserCall::Kind::close;
  close.connection = {Exchange::tuple().target, {}};
  x.judge().call(exactly(clock_epoch), close);
  x.wait(3s);
  x.out(5000, 1001, "SYN,ACK");
  x.in(1001, 5001, "ACK");
  x.out(5001, 0, "RST");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("CLOSED"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Probes, GoOnBeingJudgedWhereTheConnectionMayHaveBeenGivenUp) {
  Exchange x;
  probe_in_vain(x, 190s);
  x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 0));  // it may be gone
  x.wait(60s);
  x.out(5001, 1001, "ACK", "w");
  EXPECT_THAT(x.states(), ElementsAre("ESTABLISHED"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

// Section 3.10.4: CLOSE in SYN-RECEIVED may lead to FIN-WAIT-1 at once. Its FIN waits for the window to open,
// and by then SEG.ACK = SND.UNA is a duplicate acknowledgment like any other.
TEST(CloseInSynReceived, MayHaveLedToFinWait1BehindAClosedWindow) {
  Exchange x;
  x.open();
  x.out(5000, 0, "SYN");
  x.in(with_window(Exchange::segment(1000, 0, "SYN"), 0));
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.call(UserCall::Kind::close);
  x.in(1001, 5000, "ACK", "hi");
  x.out(5001, 1003, "FIN,ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("FIN-WAIT-1"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

// A SYN that comes when the connection may have been given up may open a new one: its options count.
TEST(Probes, InVainForLongerThanR2MakeTheNextSynOneThatMayOpen) {
  Exchange x;
  probe_in_vain(x, 190s);
  x.wait(200s);
  wire::TcpSegment syn = Exchange::segment(40'000, 0, "SYN");
  syn.options = wire::encode_options({.mss = 1460, .window_scale = 3});
  x.in(syn);
  wire::TcpSegment answer = Exchange::segment(90'000, 40'001, "SYN,ACK");
  answer.options = wire::encode_options({.mss = 1460, .window_scale = 3});
  x.out(answer);
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
}

// RFC 4987 section 3.2: a half-open connection may be forgotten; the next SYN is then the first one.
TEST(ForgottenSyn, TheNextOneMayOpenWithOtherOptions) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.wait(1s);
  x.out(5000, 1001, "SYN,ACK");
  x.wait(15s);
  wire::TcpSegment syn = Exchange::segment(1000, 0, "SYN");
  syn.options = wire::encode_options({.mss = 1460, .window_scale = 3});
  x.in(syn);
  wire::TcpSegment answer = Exchange::segment(90'000, 1001, "SYN,ACK");
  answer.options = wire::encode_options({.mss = 1460, .window_scale = 3});
  x.out(answer);
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
}

// RFC 6298 section 5: the RTO that a SYN,ACK was backed off to stays until there is a sample.
TEST(BackOffOfTheSyn, GoesOnForTheFirstTextAfterTheHandshake) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  for (Duration interval = 3s; interval <= 6s; interval *= 2) {
    x.wait(interval);
    x.out(5000, 1001, "SYN,ACK");
  }
  x.wait(8s);
  x.in(1001, 5001, "ACK");
  x.call(UserCall::Kind::send, "text");
  x.out(5001, 1001, "ACK,PSH", "text");
  x.wait(14s);
  x.out(5001, 1001, "ACK,PSH", "text");
  EXPECT_THAT(x.broken(), IsEmpty());
}

}  // namespace
}  // namespace tcpjury::model
