// The life of a conforming connection draws no accusation, and every step of it is evaluated.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(PassiveHandshake, IsEvaluatedAndAccusesNobody) {
  Exchange x;
  x.listen();
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
  x.in(1000, 0, "SYN");
  EXPECT_EQ(x.out(5000, 1001, "SYN,ACK"), EmissionClass::progress);
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("SYN-RECEIVED"));
  EXPECT_TRUE(x.held("RFC9293-3.10.7.2-SYN-LISTEN"));
  EXPECT_TRUE(x.held("RFC9293-3.5-3WHS-SYNACK"));
  x.in(1001, 5001, "ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("ESTABLISHED"));
  EXPECT_TRUE(x.held("RFC9293-3.10.7.4-ACK-OF-SYN-SYNRCVD-P"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ActiveHandshake, IsEvaluatedAndAccusesNobody) {
  Exchange x;
  x.established_actively();
  EXPECT_THAT(x.states(), ElementsAre("ESTABLISHED"));
  EXPECT_TRUE(x.held("RFC9293-3.10.1-OPEN-ACTIVE-CLOSED"));
  EXPECT_TRUE(x.held("RFC9293-3.5-3WHS-ACK"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(SimultaneousOpen, ReachesEstablishedInBothReadings) {
  Exchange x;
  x.open();
  x.out(5000, 0, "SYN");
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  EXPECT_THAT(x.states(), ElementsAre("SYN-RECEIVED"));
  x.in(1000, 5001, "SYN,ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("SYN-RECEIVED", "ESTABLISHED"));
  x.wait(2s);
  EXPECT_THAT(x.states(), ElementsAre("ESTABLISHED")) << "the literal reading owed an ACK that never came";
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TeardownByTarget, GoesThroughFinWait1And2AndTimeWaitToClosed) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::close);
  EXPECT_THAT(x.states(), ElementsAre("FIN-WAIT-1"));
  x.out(5001, 1001, "FIN,ACK");
  x.fence();
  x.in(1001, 5002, "ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("FIN-WAIT-2"));
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("TIME-WAIT"));
  x.wait(60s);
  x.in(1001, 5002, "FIN,ACK");
  EXPECT_EQ(x.out(5002, 1002, "ACK"), EmissionClass::progress);
  EXPECT_TRUE(x.held("RFC9293-3.10.7.4-FIN-RETX-TIMEWAIT"));
  x.wait(150s);
  x.in(1002, 5002, "ACK");
  x.out(5002, 0, "RST");
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TeardownByTester, GoesThroughCloseWaitAndLastAck) {
  Exchange x;
  x.established_actively();
  x.in(1001, 5001, "FIN,ACK");
  x.out(5001, 1002, "ACK");
  EXPECT_THAT(x.states(), ElementsAre("CLOSE-WAIT"));
  x.call(UserCall::Kind::send, "late");
  x.out(5001, 1002, "ACK,PSH", "late");
  x.in(1002, 5005, "ACK");
  x.call(UserCall::Kind::close);
  x.out(5005, 1002, "FIN,ACK");
  EXPECT_THAT(x.states(), ElementsAre("LAST-ACK"));
  x.in(1002, 5006, "ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("CLOSED"));
  EXPECT_TRUE(x.held("RFC9293-3.6-HALFCLOSED-SEND"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TeardownInThreeSegments, FinAnsweredByFinAckEndsInTimeWait) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  EXPECT_THAT(x.states(), ElementsAre("TIME-WAIT"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(SimultaneousClose, GoesThroughClosing) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5001, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  EXPECT_THAT(x.states(), ElementsAre("CLOSING"));
  x.in(1002, 5002, "ACK");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("TIME-WAIT"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Data, DelayedAcknowledgmentIsAcceptedWithinHalfASecond) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK,PSH", "hello");
  x.wait(400ms);
  EXPECT_EQ(x.out(5001, 1006, "ACK"), EmissionClass::progress);
  EXPECT_TRUE(x.held("RFC9293-MUST-40"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(LostFin, IsRetransmittedFromTheSamePlace) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.wait(1s);
  EXPECT_EQ(x.out(5001, 1001, "FIN,ACK"), EmissionClass::retransmission);
  x.wait(2s);
  EXPECT_EQ(x.out(5001, 1001, "FIN,ACK"), EmissionClass::retransmission);
  EXPECT_TRUE(x.held("RFC9293-3.10.8-RETRANSMISSION-FINWAIT1"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Reset, ExactResetDeletesTheConnectionSilently) {
  Exchange x;
  x.established();
  x.in(1001, 0, "RST");
  x.fence();
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
  EXPECT_TRUE(x.held("RFC9293-3.10.7.4-RST-EXACT-ESTAB"));
  x.in(1001, 5001, "ACK");
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Reset, InWindowResetIsChallenged) {
  Exchange x;
  x.established();
  x.in(1101, 0, "RST");
  x.out(5001, 1001, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.states(), ElementsAre("ESTABLISHED"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Reset, InWindowResetMayBeObeyedAgainstTheAdviceOfRfc5961) {
  Exchange x;
  x.established();
  x.in(1101, 0, "RST");
  x.wait(2s);
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.4-RST-INWND-ESTAB"));
  EXPECT_EQ(x.judge().violations().front().level, Level::should);
}

TEST(Reset, InWindowResetIsObeyedUnderTheOlderProfile) {
  Exchange x{Profile::rfc793_1122};
  x.established();
  x.in(1101, 0, "RST");
  x.wait(2s);
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ConnectionRefused, ResetAnswersSynAtAClosedPort) {
  Exchange x;
  x.in(1000, 0, "SYN");
  x.out(0, 1001, "RST,ACK");
  EXPECT_TRUE(x.held("RFC9293-3.10.7.1-NO-ACK-CLOSED"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(OutOfOrderText, IsHeldOrNotAndBothAreConsistentAfterwards) {
  for (const std::uint32_t after_gap : {1003U, 1005U}) {
    Exchange x;
    x.established();
    x.in(1003, 5001, "ACK", "cd");
    x.out(5001, 1001, "ACK");
    x.in(1001, 5001, "ACK", "ab");
    x.out(5001, after_gap, "ACK");
    x.fence();
    EXPECT_EQ(x.judge().variable(Exchange::tuple(), "rcv.nxt"), after_gap);
    EXPECT_THAT(x.broken(), IsEmpty());
  }
}

}  // namespace
}  // namespace tcpjury::model
