// Conforming conduct that a layer could take for a fault, because what it would have to know is not certain.
#include <gmock/gmock.h>

#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

wire::TcpSegment with_window(wire::TcpSegment s, std::uint16_t window) {
  s.window = window;
  return s;
}
std::string letters(std::size_t n) { return std::string(n, 'x'); }

// RFC 6298 section 5.7 asks for 3 s "when data transmission begins"; a sample ends that. Whether an old
// segment acknowledged anything is left to the implementation, so whether there was a sample is not known.
TEST(TimerAfterALostSyn, IsNotJudgedWhereASampleMayHaveBeenTaken) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.wait(1s);
  x.out(5000, 1001, "SYN,ACK");
  x.in(1001, 5001, "ACK");
  x.call(UserCall::Kind::send, "first");
  x.out(5001, 1001, "ACK,PSH", "first");
  x.fence();
  x.in(1000, 5006, "ACK", "o");
  x.out(5006, 1001, "ACK");
  x.fence();
  x.call(UserCall::Kind::send, "second");
  x.out(5006, 1001, "ACK,PSH", "second");
  x.wait(1s);
  x.out(5006, 1001, "ACK,PSH", "second");
  EXPECT_THAT(broken_but_nagle(x), IsEmpty());
}

// RFC 7323 section 4.1: with timestamps a repetition gives a sample, and a slow one a long timeout.
TEST(TimerAfterARepetition, MayBeAsLongAsItsTimestampTells) {
  Exchange x;
  established_with_timestamps(x);
  x.call(UserCall::Kind::send, "first");
  std::uint32_t clock = 1;
  x.out(stamped(5001, 1001, "ACK,PSH", clock, 101, "first"));
  for (Duration interval = 1s; interval <= 16s; interval *= 2) {  // the last at 31 s
    x.wait(interval);
    clock += static_cast<std::uint32_t>(interval / 1ms);
    x.out(stamped(5001, 1001, "ACK,PSH", clock, 101, "first"));
  }
  x.wait(29s);  // echoes the last one: a round trip of 29 s, a timeout of 87 s
  x.in(stamped(1001, 5006, "ACK", 60'101, clock));
  x.call(UserCall::Kind::send, "second");
  x.out(stamped(5006, 1001, "ACK,PSH", clock + 29'000, 60'101, "second"));
  x.wait(60s);
  x.out(stamped(5006, 1001, "ACK,PSH", clock + 89'000, 60'101, "second"));
  EXPECT_THAT(broken_but_nagle(x), IsEmpty());
}

/// One octet for each acknowledgment, whose window says 1 every time.
std::vector<std::string> octet_by_octet(std::uint16_t window_of_first_ack) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");  // its window is 10,000
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.in(with_window(Exchange::segment(1001, 5001, "ACK"), window_of_first_ack));
  x.fence();
  x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 1));
  x.call(UserCall::Kind::send, letters(2000));
  for (std::uint32_t i = 0; i < 5; ++i) {
    x.out(5001 + i, 1001, "ACK", "x");
    x.fence();
    x.in(with_window(Exchange::segment(1001, 5002 + i, "ACK"), 1));
  }
  return x.broken();
}

// Max(SND.WND) of section 3.8.6.2.1: SND.WND is set when the SYN is acknowledged, not by the SYN.
TEST(SillyWindows, AreRelativeToTheLargestWindowAfterTheSyn) {
  EXPECT_THAT(octet_by_octet(1), IsEmpty());
  EXPECT_THAT(octet_by_octet(10'000), ElementsAre("RFC9293-MUST-38"));
}

TEST(ClosedWindow, TheFirstProbeIsOnlyTimedWhereItIsKnownWhenTheWindowClosed) {
  for (const bool certain : {true, false}) {
    Exchange x;
    x.established();
    x.call(UserCall::Kind::send, "first");
    x.out(5001, 1001, "ACK,PSH", "first");
    x.fence();
    // Beyond the edge by little: whether it is taken cannot be known from outside.
    x.in(with_window(Exchange::segment(certain ? 1001 : 11'002, 5006, "ACK"), 0));
    x.call(UserCall::Kind::send, "second");
    x.wait(2s);
    if (!certain) x.out(5006, 1001, "ACK", "s");
    x.wait(13s);
    x.out(5006, 1001, "ACK", "s");
    EXPECT_EQ(x.broken().empty(), !certain) << testing::PrintToString(x.broken());
  }
}

// RFC 3168 section 6.1.1 speaks of the SYNs of a connection; one that a listener refused belongs to none.
TEST(Ecn, ARefusedSegmentRefusesNothing) {
  Exchange x;
  x.listen();
  x.in(900, 700, "SYN,ACK");
  x.out(700, 0, "RST");
  x.fence();
  established_with_ecn(x);
  x.call(UserCall::Kind::send, "marked");
  x.tos(2);
  x.out(5001, 1001, "ACK,PSH", "marked");
  EXPECT_THAT(broken_but_nagle(x), IsEmpty());
}

// RFC 3042: each of the first two duplicates lets one segment go, after a timeout as before it.
TEST(LossWindow, ADuplicateLetsOneMoreSegmentGo) {
  for (const std::size_t duplicates : {1U, 0U}) {
    Exchange x;
    x.established();
    x.call(UserCall::Kind::send, letters(400));
    x.out(5001, 1001, "ACK,PSH", letters(400));
    x.wait(1s);
    x.out(5001, 1001, "ACK,PSH", letters(400));
    x.wait(2s);
    x.out(5001, 1001, "ACK,PSH", letters(400));
    x.wait(1s);
    if (duplicates > 0) x.in(1001, 5001, "ACK");
    x.call(UserCall::Kind::send, letters(536));
    x.out(5401, 1001, "ACK,PSH", letters(536));
    const auto expected =
        duplicates > 0 ? std::vector<std::string>{} : std::vector<std::string>{"RFC5681-3.1-11"};
    EXPECT_EQ(broken_but_nagle(x), expected);
  }
}

// A duplicate counts once it is processed; whether one at the right edge of the window is, nobody can see.
TEST(Duplicates, OneThatMayNotBeAcceptableNeedNotReleaseASegment) {
  for (const bool acceptable : {false, true}) {
    Exchange x;
    x.established();
    x.call(UserCall::Kind::send, letters(4000));
    for (std::uint32_t sent = 0; sent < 536 * 5; sent += 536) x.out(5001 + sent, 1001, "ACK", letters(536));
    x.wait(500ms);
    x.in(acceptable ? 1001 : 11'001, 5001, "ACK");
    if (!acceptable) x.out(5001 + 5 * 536, 1001, "ACK");
    x.wait(100ms);
    const auto expected = acceptable ? std::vector<std::string>{"RFC5681-3.2-4"} : std::vector<std::string>{};
    EXPECT_EQ(broken_but_nagle(x), expected);
  }
}

// RFC 7323 section 4.1: the sample is that of the segment whose timestamp is echoed, not of the one
// acknowledged.
TEST(SampledTimer, SampledByATimestampOfAnotherSegmentIsNotJudged) {
  Exchange x;
  x.listen();
  x.in(stamped(1000, 0, "SYN", 100, 0));
  x.out(stamped(5000, 1001, "SYN,ACK", 1, 100));
  x.wait(500ms);
  x.in(stamped(1000, 0, "SYN", 600, 0));
  x.out(stamped(5001, 1001, "ACK", 501, 100));
  x.in(stamped(1001, 5001, "ACK", 600, 501));
  x.call(UserCall::Kind::send, "first");
  x.out(stamped(5001, 1001, "ACK,PSH", 501, 600, "first"));
  x.wait(1s);
  x.out(stamped(5001, 1001, "ACK,PSH", 1501, 600, "first"));
  EXPECT_THAT(broken_but_nagle(x), IsEmpty());
}

// The interval before the second repetition is twice the RTO; what follows a disturbed one tells nothing.
TEST(SampledTimer, RestartedByAPartialAcknowledgmentIsJudgedByTheNextIntervalAlone) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::send, letters(1072));
  x.out(5001, 1001, "ACK", letters(536));
  x.out(5537, 1001, "ACK,PSH", letters(536));
  x.in(1001, 5537, "ACK");
  x.wait(1s);
  x.out(5537, 1001, "ACK,PSH", letters(536));
  x.wait(500ms);
  x.in(1002, 5537, "ACK");
  x.wait(1500ms);
  x.out(5537, 1001, "ACK,PSH", letters(536));
  x.wait(4s);
  x.out(5537, 1001, "ACK,PSH", letters(536));
  EXPECT_THAT(broken_but_nagle(x), IsEmpty());
}

// Whether the octets of a challenged SYN are kept is nowhere said, nor then what is a duplicate.
TEST(Sack, AfterASynWithTextReportsOfDuplicatesAreNotJudged) {
  Exchange x;
  established_with_sack(x);
  x.in(1001, 5001, "ACK", letters(500));
  x.out(5001, 1501, "ACK");
  x.in(1501, 0, "SYN", letters(400));
  x.out(5001, 1501, "ACK");
  x.in(1401, 5001, "ACK", letters(600));
  x.out(reporting(5001, 2001, {{1401, 1501}}));
  x.in(1801, 5001, "ACK", letters(100));
  x.out(reporting(5001, 2001, {{1801, 1901}}));
  EXPECT_THAT(x.broken(), IsEmpty());
}

// Counting to the second full-sized segment begins anew where it is not certain what was received.
TEST(Delay, OfASegmentIsNotHeldAgainstOneBeforeAnUncertainReset) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", letters(1460));
  x.in(2460, 5001, "RST");
  x.wait(200ms);
  x.out(5001, 2461, "ACK");
  x.in(2461, 5001, "ACK", letters(1460));
  x.wait(200ms);
  x.out(5001, 3921, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

// What a later SEND that nobody could follow has added says nothing about the one before it.
TEST(SegmentSize, IsJudgedByTheTextOfTheCallItBelongsTo) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::send, letters(536));
  x.out(5001, 1001, "ACK,PSH", letters(536));
  for (std::uint32_t i = 0; i < 4; ++i) {
    x.in(1000, 5537 + 2 * i, "ACK", "o");  // old: it may have been used, or not
    x.out(5537 + 2 * i, 1001, "ACK");
    x.call(UserCall::Kind::send, "xx");
    x.out(5537 + 2 * i, 1001, "ACK,PSH", "xx");
    x.fence();
  }
  EXPECT_THAT(x.broken(), testing::Not(testing::Contains("RFC9293-SHLD-28")));
}

// RFC 3168 section 6.1.2: with a window of one segment ECE has the sender wait for its retransmission timer.
TEST(Ecn, AfterAnEchoNewTextMayWaitForTheTimer) {
  for (const bool echo : {true, false}) {
    Exchange x;
    established_with_ecn(x);
    x.call(UserCall::Kind::send, letters(400));
    x.tos(2);
    x.out(5001, 1001, "ACK,PSH", letters(400));
    x.tos(0);
    x.wait(1s);
    x.out(5001, 1001, "ACK,PSH", letters(400));
    x.in(1001, 5401, echo ? "ACK,ECE" : "ACK");
    x.call(UserCall::Kind::send, letters(400));
    x.wait(3s);
    EXPECT_EQ(x.broken().empty(), echo);
  }
}

// RFC 2018 section 8: what was reported may be discarded; after some time nobody knows what is held.
TEST(Sack, OldReportsNeedNotBeRepeated) {
  for (const Duration passed : {Duration{1min}, Duration{1s}}) {
    Exchange x;
    established_with_sack(x);
    x.in(2001, 5001, "ACK", letters(500));
    x.out(reporting(5001, 1001, {{2001, 2501}}));
    x.wait(passed);
    x.in(4001, 5001, "ACK", letters(500));
    x.out(reporting(5001, 1001, {{4001, 4501}}));
    EXPECT_EQ(x.broken().empty(), passed == 1min);
  }
}

// RFC 3042 lets each of the first two duplicates release a segment, with an initial window of one segment
// too.
TEST(InitialWindow, AfterALostSynADuplicateLetsOneMoreSegmentGo) {
  for (const bool duplicate : {true, false}) {
    Exchange x;
    x.listen();
    x.in(1000, 0, "SYN");
    x.out(5000, 1001, "SYN,ACK");
    x.wait(1s);
    x.out(5000, 1001, "SYN,ACK");
    x.wait(2s);
    x.out(5000, 1001, "SYN,ACK");
    x.in(1001, 5001, "ACK");
    x.call(UserCall::Kind::send, letters(2000));
    x.out(5001, 1001, "ACK", letters(536));
    x.fence();
    if (duplicate) x.in(1001, 5001, "ACK");
    x.out(5537, 1001, "ACK", letters(536));
    const auto expected = duplicate ? std::vector<std::string>{} : std::vector<std::string>{"RFC5681-3.1-4"};
    EXPECT_EQ(broken_but_nagle(x), expected);
  }
}

// Without text that waits a duplicate has nothing to release, and says nothing about what is written later.
TEST(LimitedTransmit, IsNotJudgedByTextThatWasWrittenAfterTheDuplicate) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::send, letters(536));
  x.out(5001, 1001, "ACK,PSH", letters(536));
  x.wait(300ms);
  x.in(1001, 5001, "ACK");
  x.call(UserCall::Kind::send, letters(1608));
  for (std::uint32_t sent = 536; sent < 2144; sent += 536)
    x.out(5001 + sent, 1001, sent == 1608 ? "ACK,PSH" : "ACK", letters(536));
  EXPECT_THAT(broken_but_nagle(x), IsEmpty());
}

}  // namespace
}  // namespace tcpjury::model
