// RFC 5961, urgent segments and TIME-WAIT: what the layers count as kept, and what they convict.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// ---- RFC 5961 ---------------------------------------------------------------------------------------------

TEST(ChallengeAck, AnswersAResetInTheWindowAndTheExactOneEndsTheConnection) {
  Exchange x;
  x.established();
  x.in(1101, 0, "RST");
  x.out(5001, 1001, "ACK");
  x.fence();
  x.in(1001, 0, "RST");
  x.fence();
  x.in(1001, 5001, "ACK");
  x.out(5001, 0, "RST");
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const char* id : {"RFC5961-3.2-3", "RFC5961-3.2-4", "RFC5961-3.2-6", "RFC5961-1.1-1", "RFC5961-10-1"})
    EXPECT_TRUE(x.held(id)) << id;
}

TEST(ChallengeAck, AnswersASynAndTextIsTakenAfterIt) {
  Exchange x;
  x.established();
  x.in(1101, 0, "SYN");
  x.out(5001, 1001, "ACK");
  x.fence();
  x.in(1001, 5001, "ACK,PSH", "after");
  x.out(5001, 1006, "ACK");
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const char* id : {"RFC5961-4.2-1", "RFC5961-4.2-3", "RFC5961-3.2-7"}) EXPECT_TRUE(x.held(id)) << id;
}

TEST(ChallengeAck, ResetInTheWindowThatIsObeyedDoesNotCountAsMitigated) {
  Exchange x{Profile::rfc793_1122};
  x.established();
  x.in(1101, 0, "RST");
  x.fence();
  x.in(1001, 5001, "ACK");
  x.out(5001, 0, "RST");
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_FALSE(x.held("RFC5961-3.2-3"));
}

void burst(Exchange& x, int answered) {
  x.established();
  for (int i = 0; i < 110; ++i) {
    x.in(1101 + static_cast<std::uint32_t>(i), 0, "RST");
    if (i < answered) x.out(5001, 1001, "ACK");
  }
  x.wait(5s);
}

TEST(ChallengeAck, BurstThatIsThrottledIsAsAdvised) {
  Exchange x;
  burst(x, 10);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC5961-7-1"));
}

TEST(ChallengeAck, BurstThatIsChallengedOneByOneIsReported) {
  Exchange x;
  burst(x, 110);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5961-7-1"));
}

TEST(ResetWithText, EndsTheConnection) {
  Exchange x;
  x.established();
  x.in(1001, 0, "RST", "why");
  x.fence();
  x.in(1001, 5001, "ACK");
  x.out(5001, 0, "RST");
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-SHLD-2"));
}

// ---- urgent segments --------------------------------------------------------------------------------------

void urgent_text(Exchange& x) {
  x.established();
  wire::TcpSegment s = Exchange::segment(1001, 5001, "ACK,PSH,URG", "hello");
  s.urgent = 3;
  x.in(s);
  x.out(5001, 1006, "ACK");
  x.fence();
}

TEST(UrgentText, IsTakenLikeAnyOther) {
  Exchange x;
  urgent_text(x);
  x.call(UserCall::Kind::receive, "hello");
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-3.10.7.4-URG-ESTAB"));
  EXPECT_TRUE(x.held("RFC6093-2.1-1"));
}

TEST(UrgentText, OctetTakenOutOfTheStreamIsTold) {
  Exchange x;
  urgent_text(x);
  x.call(UserCall::Kind::receive, "helo");  // the last urgent octet is SEG.SEQ+UP-1, the first 'l'
  EXPECT_THAT(x.broken(), ElementsAre("RFC6093-2.1-1"));
  x.in(1006, 5001, "ACK,PSH", "more");
  x.out(5001, 1010, "ACK");
  x.call(UserCall::Kind::receive, "more");
  EXPECT_THAT(x.broken(), ElementsAre("RFC6093-2.1-1")) << "the stream is still in step";
}

TEST(UrgentText, AnyOtherOctetMissingIsWrongText) {
  Exchange x;
  urgent_text(x);
  x.call(UserCall::Kind::receive, "ello");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.3-RECEIVE-ESTAB"));
}

TEST(UrgentText, ThatEndsAConnectionIsAViolation) {
  Exchange x;
  x.established();
  wire::TcpSegment s = Exchange::segment(1001, 5001, "ACK,PSH,URG", "hello");
  s.urgent = 65'535;
  x.in(s);
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.4-DATA-INORDER-ESTAB"));
}

// ---- TIME-WAIT --------------------------------------------------------------------------------------------

void time_wait(Exchange& x) {
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.fence();
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  x.fence();
  x.wait(1s);
}

TEST(SynInTimeWait, BeyondTheOldNumbersOpensAnew) {
  Exchange x;
  time_wait(x);
  x.in(200'000, 0, "SYN");
  x.out(90'000, 200'001, "SYN,ACK");
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC6191-2-6"));
  EXPECT_TRUE(x.held("RFC9293-MAY-2"));
}

TEST(SynInTimeWait, BeyondTheOldNumbersThatIsNotServedIsReported) {
  for (const bool challenged : {true, false}) {
    Exchange x;
    time_wait(x);
    x.in(200'000, 0, "SYN");
    if (challenged) x.out(5002, 1002, "ACK");
    x.wait(2s);
    EXPECT_THAT(x.broken(), ElementsAre("RFC6191-2-6")) << challenged;
  }
}

TEST(SynInTimeWait, OldOneIsDroppedOrChallenged) {
  for (const bool challenged : {true, false}) {
    Exchange x;
    time_wait(x);
    x.in(900, 0, "SYN");
    if (challenged) x.out(5002, 1002, "ACK");
    x.wait(2s);
    EXPECT_THAT(x.broken(), IsEmpty()) << challenged;
    EXPECT_TRUE(x.held("RFC6191-2-7"));
  }
}

TEST(SynInTimeWait, OldOneMustNotOpen) {
  Exchange x;
  time_wait(x);
  x.in(900, 0, "SYN");
  x.out(90'000, 901, "SYN,ACK");
  EXPECT_THAT(x.broken(), Contains("RFC9293-3.10.7.4-SYN-STALE-TIMEWAIT"));
}

TEST(ResetInTimeWait, MayBeIgnoredOrObeyed) {
  for (const bool ignored : {true, false}) {
    Exchange x;
    time_wait(x);
    x.in(1002, 0, "RST");
    x.fence();
    x.in(1001, 5002, "FIN,ACK");
    ignored ? x.out(5002, 1002, "ACK") : x.out(5002, 0, "RST");
    x.fence();
    EXPECT_THAT(x.broken(), IsEmpty());
    EXPECT_EQ(x.held("RFC1337-3-F1"), ignored);
  }
}

TEST(EndOfTimeWait, IsEvaluatedWhenTheTupleAnswersAsClosed) {
  Exchange x;
  time_wait(x);
  x.wait(300s);
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 0, "RST");
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-3.10.8-TIME-WAIT-TIMEWAIT"));
}

// ---- text out of order, flow labels, the user timeout -----------------------------------------------------

void gap_filled(Exchange& x) {
  x.established();
  x.in(1011, 5001, "ACK,PSH", "beyond");
  x.out(5001, 1001, "ACK");
  x.in(1001, 5001, "ACK,PSH", "0123456789");
}

TEST(TextBeyondAGap, IsKept) {
  Exchange x;
  gap_filled(x);
  x.out(5001, 1017, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-SHLD-31"));
}

TEST(TextBeyondAGap, ThatWasThrownAwayIsReported) {
  Exchange x;
  gap_filled(x);
  x.out(5001, 1011, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-31"));
}

TEST(UserTimeout, IsEvaluatedWhenTheConnectionIsFoundGone) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::send, "x");
  x.out(5001, 1001, "ACK,PSH", "x");
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s}) {
    x.wait(pause);
    x.out(5001, 1001, "ACK,PSH", "x");
  }
  x.wait(300s);
  x.in(1001, 5001, "ACK");
  x.out(5001, 0, "RST");
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-3.10.8-USER-TIMEOUT-ESTAB"));
}

TEST(SourceQuench, MustNotBeSent) {
  Exchange x;
  x.established();
  wire::Ipv4Header ip{};
  ip.source = Exchange::tuple().target.address;
  ip.destination = Exchange::tuple().tester.address;
  ip.protocol = wire::protocol::icmp;
  wire::IcmpMessage message{};
  message.type = 4;
  x.judge().emission(exactly(clock_epoch), wire::decode(wire::encode({ip, message, {}})));
  EXPECT_THAT(x.broken(), ElementsAre("RFC6633-5-2"));
}

// ---- after the peer's FIN ---------------------------------------------------------------------------------

void close_wait(Exchange& x) {
  x.established();
  x.in(1001, 5001, "FIN,ACK");
  x.out(5001, 1002, "ACK");
  x.fence();
}

TEST(TextAfterThePeersFin, MayBeAnsweredOrNotButNotCounted) {
  for (const bool answered : {true, false}) {
    Exchange x;
    close_wait(x);
    x.in(1002, 5001, "ACK,PSH", "late");
    if (answered) x.out(5001, 1002, "ACK");
    x.fence();
    EXPECT_THAT(x.broken(), IsEmpty());
  }
  Exchange x;
  close_wait(x);
  x.in(1002, 5001, "ACK,PSH", "late");
  x.out(5001, 1006, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.4-DATA-INWND-CLOSEWAIT"));
}

}  // namespace
}  // namespace tcpjury::model
