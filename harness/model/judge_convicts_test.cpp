// Each row is one mistake of a stack; the judge must cite the rule it breaks, and nothing else.
#include <gmock/gmock.h>

#include <functional>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

struct Mistake {
  std::string name;
  std::function<void(Exchange&)> happens;
  std::string requirement;
  State state;
};

void fin_wait_1(Exchange& x) {
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.fence();
}
void fin_wait_2(Exchange& x) {
  fin_wait_1(x);
  x.in(1001, 5002, "ACK");
  x.fence();
}
void time_wait(Exchange& x) {
  fin_wait_2(x);
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  x.fence();
}
void close_wait(Exchange& x) {
  x.established();
  x.in(1001, 5001, "FIN,ACK");
  x.out(5001, 1002, "ACK");
  x.fence();
}

const std::vector<Mistake>& mistakes() {
  static const std::vector<Mistake> list{
      {"SynAckAcknowledgesJ",
       [](Exchange& x) {
         x.listen();
         x.in(1000, 0, "SYN");
         x.out(5000, 1000, "SYN,ACK");
       },
       "RFC9293-3.10.7.2-SYN-LISTEN", State::listen},
      {"SynGetsNoAnswer",
       [](Exchange& x) {
         x.listen();
         x.in(1000, 0, "SYN");
         x.wait(2s);
       },
       "RFC9293-3.10.7.2-SYN-LISTEN", State::listen},
      {"ClosedPortIsSilent",
       [](Exchange& x) {
         x.in(1000, 0, "SYN");
         x.wait(2s);
       },
       "RFC9293-3.10.7.1-NO-ACK-CLOSED", State::closed},
      {"ResetOfClosedPortHasWrongNumbers",
       [](Exchange& x) {
         x.in(1000, 0, "SYN");
         x.out(0, 1000, "RST,ACK");
       },
       "RFC9293-3.10.7.1-NO-ACK-CLOSED", State::closed},
      {"OpenSendsNothing",
       [](Exchange& x) {
         x.open();
         x.wait(2s);
       },
       "RFC9293-3.10.1-OPEN-ACTIVE-CLOSED", State::closed},
      {"SynIsNeverRepeated",
       [](Exchange& x) {
         x.open();
         x.out(5000, 0, "SYN");
         x.wait(20s);
       },
       "RFC9293-3.10.8-RETRANSMISSION-SYNSENT", State::syn_sent},
      {"AckOfSynAckAcknowledgesK",
       [](Exchange& x) {
         x.open();
         x.out(5000, 0, "SYN");
         x.in(1000, 5001, "SYN,ACK");
         x.out(5001, 1000, "ACK");
       },
       "RFC9293-3.10.7.3-SYN-ACK-SYNSENT", State::syn_sent},
      {"BadAckInSynReceivedIsTaken",
       [](Exchange& x) {
         x.listen();
         x.in(1000, 0, "SYN");
         x.out(5000, 1001, "SYN,ACK");
         x.fence();
         x.in(1001, 5002, "ACK");
         x.wait(2s);
       },
       "RFC9293-3.10.7.4-ACK-BAD-SYNRCVD-P", State::syn_received},
      {"WrongAckInSynSentIsTaken",
       [](Exchange& x) {
         x.open();
         x.out(5000, 0, "SYN");
         x.in(1000, 5002, "SYN,ACK");
         x.out(5001, 1001, "ACK");
       },
       "RFC9293-3.10.7.3-ACK-BAD-SYNSENT", State::syn_sent},
      {"TextIsNotAcknowledged",
       [](Exchange& x) {
         x.established();
         x.in(1001, 5001, "ACK,PSH", "hello");
         x.wait(2s);
       },
       "RFC9293-3.10.7.4-DATA-INORDER-ESTAB", State::established},
      {"TextIsAcknowledgedButNotCounted",
       [](Exchange& x) {
         x.established();
         x.in(1001, 5001, "ACK,PSH", "hello");
         x.out(5001, 1001, "ACK");
       },
       "RFC9293-3.10.7.4-DATA-INORDER-ESTAB", State::established},
      {"FinIsNeverAnswered",
       [](Exchange& x) {
         x.established();
         x.in(1001, 5001, "FIN,ACK");
         x.wait(2s);
       },
       "RFC9293-3.10.7.4-FIN-INORDER-ESTAB", State::established},
      {"FinIsAnsweredWithoutCountingIt",
       [](Exchange& x) {
         x.established();
         x.in(1001, 5001, "FIN,ACK");
         x.out(5001, 1001, "ACK");
       },
       "RFC9293-3.10.7.4-FIN-INORDER-ESTAB", State::established},
      {"FinFollowsFinUnasked",
       [](Exchange& x) {
         close_wait(x);
         x.out(5001, 1002, "FIN,ACK");
       },
       "RFC9293-3.6-NOAUTOFIN", State::close_wait},
      {"CloseSendsNoFin",
       [](Exchange& x) {
         x.established();
         x.call(UserCall::Kind::close);
         x.wait(2s);
       },
       "RFC9293-3.10.4-CLOSE-ESTAB", State::established},
      {"FinIsNotRepeated",
       [](Exchange& x) {
         fin_wait_1(x);
         x.wait(20s);
       },
       "RFC9293-3.10.8-RETRANSMISSION-FINWAIT1", State::fin_wait_1},
      {"TimeWaitIsSkipped",
       [](Exchange& x) {
         time_wait(x);
         x.in(1001, 5002, "FIN,ACK");
         x.out(5002, 0, "RST");
       },
       "RFC9293-MUST-13", State::time_wait},
      {"TimeWaitNeverEnds",
       [](Exchange& x) {
         time_wait(x);
         x.wait(200s);
         x.in(1001, 5002, "FIN,ACK");
         x.out(5002, 1002, "ACK");
       },
       "RFC9293-3.10.8-TIME-WAIT-TIMEWAIT", State::time_wait},
      {"RetransmittedFinInTimeWaitIsIgnored",
       [](Exchange& x) {
         time_wait(x);
         x.in(1001, 5002, "FIN,ACK");
         x.wait(2s);
       },
       "RFC9293-3.10.7.4-FIN-RETX-TIMEWAIT", State::time_wait},
      {"ResetIsIgnored",
       [](Exchange& x) {
         x.established();
         x.in(1001, 0, "RST");
         x.fence();
         x.in(1001, 5001, "ACK,PSH", "x");
         x.out(5001, 1002, "ACK");
       },
       "RFC9293-3.10.7.4-RST-EXACT-ESTAB", State::established},
      {"ResetOutsideTheWindowIsObeyed",
       [](Exchange& x) {
         x.established();
         x.in(1001U + (1U << 30U), 0, "RST");
         x.fence();
         x.in(1001, 5001, "ACK,PSH", "x");
         x.out(5001, 0, "RST");
       },
       "RFC9293-3.10.7.4-RST-OUT-ESTAB", State::established},
      {"ResetIsAnsweredByReset",
       [](Exchange& x) {
         x.in(1000, 0, "RST");
         x.out(0, 1000, "RST,ACK");
       },
       "RFC9293-3.10.7.1-RST-CLOSED", State::closed},
      {"OldSegmentGetsNoAck",
       [](Exchange& x) {
         x.established();
         x.in(1000, 5001, "ACK");
         x.wait(2s);
       },
       "RFC9293-3.10.7.4-SEQ-OLD-ESTAB", State::established},
      {"PureAckIsAnswered",
       [](Exchange& x) {
         x.established();
         x.in(1001, 5001, "ACK");
         x.out(5001, 1001, "ACK");
       },
       "RFC9293-3.10.7.4-ACK-DUP-ESTAB", State::established},
      {"SynInEstablishedIsIgnored",
       [](Exchange& x) {
         x.established();
         x.in(1000U + (1U << 30U), 0, "SYN");
         x.wait(2s);
       },
       "RFC9293-3.10.7.4-SYN-OUT-ESTAB", State::established},
      {"HalfClosedEndpointDoesNotReceive",
       [](Exchange& x) {
         fin_wait_2(x);
         x.in(1001, 5002, "ACK,PSH", "more");
         x.wait(2s);
       },
       "RFC9293-3.10.7.4-DATA-INORDER-FINWAIT2", State::fin_wait_2},
      {"AbortSendsNothing",
       [](Exchange& x) {
         x.established();
         x.call(UserCall::Kind::abort);
         x.wait(2s);
       },
       "RFC9293-3.10.5-ABORT-ESTAB", State::established},
      {"TextDiffersFromWhatTheUserSent",
       [](Exchange& x) {
         x.established();
         x.call(UserCall::Kind::send, "right");
         x.out(5001, 1001, "ACK,PSH", "wrong");
       },
       "RFC9293-3.10.2-SEND-ESTAB", State::established},
      {"TextNobodySent",
       [](Exchange& x) {
         x.established();
         x.out(5001, 1001, "ACK,PSH", "boo");
       },
       "RFC9293-3.10.2-SEND-ESTAB", State::established},
      {"UserGetsOctetsThatWereNeverSent",
       [](Exchange& x) {
         x.established();
         x.in(1001, 5001, "ACK,PSH", "hello");
         x.out(5001, 1006, "ACK");
         x.call(UserCall::Kind::receive, "jello");
       },
       "RFC9293-3.10.3-RECEIVE-ESTAB", State::established},
  };
  return list;
}

class Conviction : public testing::TestWithParam<Mistake> {};

TEST_P(Conviction, CitesTheBrokenRuleAndNothingElse) {
  Exchange x;
  GetParam().happens(x);
  EXPECT_THAT(x.broken(), testing::ElementsAre(GetParam().requirement));
  ASSERT_FALSE(x.judge().violations().empty());
  EXPECT_EQ(to_string(x.judge().violations().front().state), to_string(GetParam().state));
}

INSTANTIATE_TEST_SUITE_P(Mistakes, Conviction, testing::ValuesIn(mistakes()),
                         [](const auto& mistake) { return mistake.param.name; });

TEST(Checksum, AWrongOneIsAccusedWhateverElseTheSegmentSays) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  wire::TcpSegment s = Exchange::segment(5000, 1001, "SYN,ACK");
  s.checksum = 0x1234;
  x.out(s);
  EXPECT_THAT(x.broken(), testing::ElementsAre("RFC9293-MUST-2"));
}

TEST(Checksum, ASegmentWithAWrongOneMustNotCount) {
  Exchange x;
  x.established();
  wire::TcpSegment s = Exchange::segment(1001, 5001, "ACK,PSH", "hello");
  s.checksum = 0x1234;
  x.in(s);
  x.out(5001, 1006, "ACK");
  EXPECT_THAT(x.broken(), testing::ElementsAre("RFC9293-3.1-BAD-CHECKSUM-ESTAB"));
}

TEST(Backoff, ATimerThatIsNotDoubledIsAccused) {
  Exchange x;
  x.open();
  x.out(5000, 0, "SYN");
  x.wait(3s);
  x.out(5000, 0, "SYN");
  x.wait(3s);
  x.out(5000, 0, "SYN");
  EXPECT_THAT(x.broken(), testing::ElementsAre("RFC6298-5.5-1"));
}

TEST(AfterAViolation, TheConnectionIsNotJudgedAnyFurther) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1000, "SYN,ACK");
  EXPECT_TRUE(x.states().empty());
  x.in(1001, 5001, "ACK");
  x.out(7, 8, "URG");
  x.wait(100s);
  EXPECT_EQ(x.broken().size(), 1U);
}

}  // namespace
}  // namespace tcpjury::model
