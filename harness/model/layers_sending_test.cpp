// Sending rate, fast recovery, segmenting and windows: what the layers convict, and what they leave alone.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t mss = 1460;

wire::TcpSegment window(std::uint32_t seq, std::uint32_t ack, std::uint16_t wnd) {
  wire::TcpSegment s = Exchange::segment(seq, ack, "ACK");
  s.window = wnd;
  return s;
}

/// A connection whose user has handed over `octets` of text; the peer's MSS is 1460 and its window 60000.
class Sender : public testing::Test {
 protected:
  Exchange x;
  std::string text;

  void connect(std::uint16_t wnd = 60'000) {
    x.listen();
    wire::TcpSegment syn = Exchange::segment(1000, 0, "SYN");
    syn.window = wnd;
    syn.options = wire::encode_options({.mss = mss});
    x.in(syn);
    x.out(5000, 1001, "SYN,ACK");
    x.fence();
    x.in(window(1001, 5001, wnd));
    x.fence();
  }
  void user_sends(std::size_t octets) {
    const std::string more(octets, static_cast<char>('a' + text.size() % 26));
    text += more;
    x.call(UserCall::Kind::send, more);
  }
  /// The target sends the octets [from, from+count) of its stream.
  void out(std::uint32_t from, std::uint32_t count = mss) {
    const std::uint32_t end = from + count;
    x.out(5001 + from, 1001, end == text.size() ? "ACK,PSH" : "ACK", text.substr(from, count));
  }
  void segments(std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t i = first; i < first + count; ++i) out(i * mss);
  }
  void ack(std::uint32_t octets, std::uint16_t wnd = 60'000) { x.in(window(1001, 5001 + octets, wnd)); }
};

// ---- how much -------------------------------------------------------------------------------------------

TEST_F(Sender, TenSegmentsAreAnInitialWindow) {
  connect();
  user_sends(50'000);
  segments(0, 10);
  ack(mss);
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id : {"RFC5681-3.1-1", "RFC5681-3.1-2", "RFC5681-3.1-3", "RFC9293-MUST-19"})
    EXPECT_TRUE(x.held(id)) << id;
}

TEST_F(Sender, ElevenSegmentsLookAsIfTheHandshakeHadEnlargedTheWindow) {
  connect();
  user_sends(50'000);
  segments(0, 11);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.1-3"));
}

TEST_F(Sender, TwelveSegmentsAreTooManyForAnyInitialWindow) {
  connect();
  user_sends(50'000);
  segments(0, 11);
  segments(11, 1);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.1-3", "RFC5681-3.1-2"));
}

TEST_F(Sender, GrowingByWhatIsAcknowledgedIsSlowStart) {
  connect();
  user_sends(50'000);
  segments(0, 10);
  ack(10 * mss);
  segments(10, 20);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(Sender, GrowingByMoreIsAccused) {
  connect();
  user_sends(60'000);
  segments(0, 10);
  ack(10 * mss);
  segments(10, 21);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.1-1"));
}

TEST_F(Sender, DividedAcknowledgmentsMustNotCountAsSegmentsTwice) {
  connect();
  user_sends(60'000);
  segments(0, 10);
  for (std::uint32_t i = 1; i <= 4; ++i) ack(i * 100);
  segments(10, 4);  // a segment for each: more than recommended, but permitted
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.1-8"));
  segments(14, 1);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.1-8", "RFC5681-3.1-7"));
}

TEST_F(Sender, AfterALongIdlePeriodSlowStartBeginsAnew) {
  connect();
  user_sends(100'000);
  segments(0, 10);
  ack(10 * mss);
  segments(10, 20);
  ack(30 * mss);
  text.resize(30 * mss);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(Sender, ATimeoutIsFollowedByOneSegment) {
  connect();
  user_sends(20'000);
  segments(0, 4);
  x.wait(3s);
  out(0);
  x.wait(6s);
  out(0);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC5681-3.1-11"));
  EXPECT_TRUE(x.held("RFC6298-5.4-1"));
}

TEST_F(Sender, ABurstAfterATimeoutIsAccused) {
  connect();
  user_sends(20'000);
  segments(0, 4);
  x.wait(3s);
  out(0);
  out(mss);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.1-11"));
}

TEST_F(Sender, ATimeoutThatWasSpuriousMayBeUndone) {
  connect();
  user_sends(50'000);
  segments(0, 4);
  x.wait(3s);
  out(0);
  ack(4 * mss);
  segments(4, 8);
  EXPECT_THAT(x.broken(), IsEmpty());
}

// ---- duplicate acknowledgments --------------------------------------------------------------------------

TEST_F(Sender, TheThirdDuplicateBringsTheMissingSegment) {
  connect();
  user_sends(10 * mss);
  segments(0, 10);
  ack(0);
  for (int i = 0; i < 3; ++i) ack(0);
  out(0);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC5681-3.2-3"));
  EXPECT_TRUE(x.held("RFC5681-3.2-7"));
}

TEST_F(Sender, ThreeDuplicatesWithoutEffectBreakAShould) {
  connect();
  user_sends(10 * mss);
  segments(0, 10);
  for (int i = 0; i < 3; ++i) ack(0);
  x.wait(500ms);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.2-3"));
}

TEST_F(Sender, WithLittleOutstandingNothingIsAskedOfDuplicates) {
  connect();
  user_sends(2 * mss);
  segments(0, 2);
  for (int i = 0; i < 3; ++i) ack(0);
  x.wait(500ms);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(Sender, AcknowledgmentsWithAnotherWindowAreNoDuplicates) {
  connect();
  user_sends(10 * mss);
  segments(0, 10);
  x.wait(50ms);
  for (std::uint16_t i = 0; i < 3; ++i) ack(0, static_cast<std::uint16_t>(60'001 + i));
  out(0);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.2-11"));
}

TEST_F(Sender, EachOfTheFirstTwoDuplicatesReleasesASegment) {
  connect();
  user_sends(50'000);
  segments(0, 10);
  x.wait(500ms);
  ack(0);
  segments(10, 1);
  x.wait(1ms);
  ack(0);
  segments(11, 1);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC5681-3.2-4"));
  EXPECT_TRUE(x.held("RFC3042-2-1"));
}

TEST_F(Sender, NoLimitedTransmitBreaksAShould) {
  connect();
  user_sends(50'000);
  segments(0, 10);
  x.wait(500ms);
  ack(0);
  x.wait(100ms);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.2-4"));
}

TEST_F(Sender, APartialAcknowledgmentBringsTheNextHole) {
  connect();
  user_sends(10 * mss);
  segments(0, 10);
  for (int i = 0; i < 3; ++i) ack(0);
  out(0);
  ack(2 * mss);
  out(2 * mss);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC6582-3.2-1"));
}

TEST_F(Sender, APartialAcknowledgmentWithoutEffectBreaksAShould) {
  connect();
  user_sends(10 * mss);
  segments(0, 10);
  for (int i = 0; i < 3; ++i) ack(0);
  out(0);
  ack(2 * mss);
  x.wait(500ms);
  EXPECT_THAT(x.broken(), ElementsAre("RFC6582-3.2-1"));
}

// ---- segments and windows -------------------------------------------------------------------------------

TEST_F(Sender, TwoSmallSegmentsAtATimeBreakNagle) {
  connect();
  user_sends(10);
  out(0, 10);
  user_sends(10);
  out(10, 10);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-7"));
}

TEST_F(Sender, ASmallWriteThatWaitsKeepsNagle) {
  connect();
  user_sends(10);
  out(0, 10);
  user_sends(10);
  ack(10);
  out(10, 10);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-SHLD-7"));
}

TEST_F(Sender, TheLastPieceOfALongWriteIsNoSmallSegmentBehindASmallOne) {
  connect();
  user_sends(2 * mss + 10);
  segments(0, 2);
  out(2 * mss, 10);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(Sender, SmallSegmentsInARowBreakAShould) {
  connect();
  user_sends(20'000);
  for (std::uint32_t i = 0; i < 3; ++i) {
    out(i * 500, 500);
    x.wait(200ms);
  }
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-28"));
}

TEST_F(Sender, FollowingTinyOpeningsIsTheSillyWindow) {
  connect();
  user_sends(10'000);
  segments(0, 2);
  ack(2 * mss, 0);
  for (std::uint32_t i = 0; i < 3; ++i) {
    x.wait(1ms);
    ack(2 * mss + i * 20, 20);
    out(2 * mss + i * 20, 20);
  }
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-38"));
}

TEST_F(Sender, TinySegmentsAfterTheOverrideTimeoutAreAllowed) {
  connect();
  user_sends(10'000);
  segments(0, 2);
  ack(2 * mss, 0);
  for (std::uint32_t i = 0; i < 4; ++i) {
    x.wait(1ms);
    ack(2 * mss + i * 20, 20);
    x.wait(200ms);
    out(2 * mss + i * 20, 20);
  }
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(Sender, NothingAfterATinyOpeningKeepsTheRule) {
  connect();
  user_sends(10'000);
  segments(0, 2);
  ack(2 * mss, 0);
  x.wait(1ms);
  ack(2 * mss, 20);
  x.wait(50ms);
  ack(2 * mss, 40);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-MUST-38"));
}

TEST_F(Sender, AnOldWindowMustNotComeBack) {
  connect();
  user_sends(mss);
  segments(0, 1);
  ack(mss, 1000);
  ack(0, 60'000);
  user_sends(5000);
  out(mss, mss);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.8.6-HIGHEST-ACK"));
}

TEST_F(Sender, TheWindowOfTheSynDoesNotOutliveTheHandshake) {
  x.listen();
  wire::TcpSegment syn = Exchange::segment(1000, 0, "SYN");
  syn.window = 60'000;
  syn.options = wire::encode_options({.mss = mss});
  x.in(syn);
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.in(window(1001, 5001, 500));
  user_sends(5000);
  out(0, 1000);
  EXPECT_THAT(x.broken(), ElementsAre("RFC1122-4.2.2.20-c"));
}

TEST_F(Sender, AnAcknowledgmentThatRepeatsTheLastOneClosesTheWindow) {
  connect();
  ack(0, 500);
  user_sends(5000);
  out(0, 1000);
  EXPECT_THAT(x.broken(), ElementsAre("RFC1122-4.2.2.20-g"));
}

TEST_F(Sender, AWindowOf40000IsNoNegativeOne) {
  connect(40'000);
  user_sends(mss);
  segments(0, 1);
  EXPECT_TRUE(x.held("RFC9293-MUST-1"));
}

TEST_F(Sender, AWindowTakenBackStopsNewTextOnly) {
  connect();
  user_sends(2 * mss);
  segments(0, 2);
  ack(10, 1500);
  user_sends(5000);
  x.wait(3s);
  x.out(5011, 1001, "ACK", text.substr(10, mss));
  x.wait(10ms);
  ack(mss, 20'000);
  out(2 * mss);
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id : {"RFC9293-MUST-34", "RFC9293-SHLD-15", "RFC9293-SHLD-16"})
    EXPECT_TRUE(x.held(id)) << id;
}

}  // namespace
}  // namespace tcpjury::model
