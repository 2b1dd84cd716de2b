// The rule that is cited is the one about what went wrong, not about where it showed.
#include <gmock/gmock.h>

#include <functional>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

struct Cause {
  std::string name;
  std::function<void(Exchange&)> happens;
  std::string requirement;
};

void text_sent(Exchange& x) {
  x.established();
  x.call(UserCall::Kind::send, "text");
  x.out(5001, 1001, "ACK,PSH", "text");
  x.wait(1s);
}
void fin_sent(Exchange& x) {
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.fence();
}
void fin_wait_2(Exchange& x) {
  fin_sent(x);
  x.in(1001, 5002, "ACK");
  x.fence();
}
void time_wait(Exchange& x) {
  fin_wait_2(x);
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  x.fence();
}
void refused_close(Exchange& x) {
  UserCall c{};
  c.kind = UserCall::Kind::close;
  c.connection = Exchange::tuple();
  c.ok = false;
  x.judge().call(exactly(clock_epoch), c);
}

const std::vector<Cause>& causes() {
  static const std::vector<Cause> list{
      {"TextSentAgainIsAltered",
       [](Exchange& x) {
         text_sent(x);
         x.out(5001, 1001, "ACK,PSH", "next");
       },
       "RFC9293-3.10.8-RETRANSMISSION-ESTAB"},
      {"TextSentAgainIsShifted",
       [](Exchange& x) {
         text_sent(x);
         x.out(5002, 1001, "ACK,PSH", "text");
       },
       "RFC9293-3.10.8-RETRANSMISSION-ESTAB"},
      {"FinIsOneTooFar",
       [](Exchange& x) {
         x.established();
         x.call(UserCall::Kind::close);
         x.out(5002, 1001, "FIN,ACK");
       },
       "RFC9293-3.4-FIN-SEQ"},
      {"FinMovesWhenSentAgain",
       [](Exchange& x) {
         fin_sent(x);
         x.wait(1s);
         x.out(5002, 1001, "FIN,ACK");
       },
       "RFC9293-3.10.8-RETRANSMISSION-FINWAIT1"},
      {"SecondCloseSendsASecondFin",
       [](Exchange& x) {
         fin_wait_2(x);
         refused_close(x);
         x.out(5001, 1001, "FIN,ACK");
       },
       "RFC9293-3.10.4-CLOSE-FINWAIT2"},
      {"AbortKeepsTheConnection",
       [](Exchange& x) {
         x.established();
         x.call(UserCall::Kind::abort);
         x.out(5001, 1001, "RST,ACK");
         x.fence();
         x.in(1001, 5001, "ACK,PSH", "more");
         x.out(5001, 1005, "ACK");
       },
       "RFC9293-3.10.5-ABORT-ESTAB"},
      {"TimeWaitEndsWithAReset",
       [](Exchange& x) {
         time_wait(x);
         x.wait(120s);
         x.out(5002, 1002, "RST,ACK");
       },
       "RFC9293-3.10.8-TIME-WAIT-TIMEWAIT"},
      {"TimeWaitIsOverTooEarly",
       [](Exchange& x) {
         time_wait(x);
         x.wait(60s);
         x.in(1001, 5002, "FIN,ACK");
         x.out(5002, 0, "RST");
       },
       "RFC9293-MUST-13"},
      {"TimeWaitEndedByAnErrorIsOverTooEarly",
       [](Exchange& x) {
         time_wait(x);
         x.icmp(3, 3, 5001);
         x.wait(1s);
         x.in(1001, 5002, "FIN,ACK");
         x.out(5002, 0, "RST");
       },
       "RFC9293-MUST-13"},
      {"TimeWaitNeverEnds",
       [](Exchange& x) {
         time_wait(x);
         x.wait(200s);
         x.in(1001, 5002, "ACK");
         x.out(5002, 1002, "ACK");
       },
       "RFC9293-3.10.8-TIME-WAIT-TIMEWAIT"},
      {"UrgentSegmentWithoutTextResets",
       [](Exchange& x) {
         x.established();
         wire::TcpSegment s = Exchange::segment(1001, 5001, "ACK,URG");
         s.urgent = 10;
         x.in(s);
         x.out(5001, 1001, "RST,ACK");
       },
       "RFC9293-3.10.7.4-URG-ESTAB"},
      {"FinBeyondAGapIsNotKept",
       [](Exchange& x) {
         x.established();
         x.in(1011, 5001, "FIN,ACK");
         x.out(5001, 1001, "ACK");
         x.fence();
         x.in(1001, 5001, "ACK,PSH", "ten octets");
         x.out(5001, 1011, "ACK");
         x.wait(2s);
       },
       "RFC9293-SHLD-31"},
  };
  return list;
}

class CauseOf : public testing::TestWithParam<Cause> {};

TEST_P(CauseOf, IsWhatTheJudgeCites) {
  Exchange x;
  GetParam().happens(x);
  EXPECT_THAT(x.broken(), ElementsAre(GetParam().requirement));
}

INSTANTIATE_TEST_SUITE_P(Causes, CauseOf, testing::ValuesIn(causes()),
                         [](const auto& cause) { return cause.param.name; });

TEST(FinBeyondAGap, ThatCountsWithTheTextBeforeItIsKept) {
  Exchange x;
  x.established();
  x.in(1011, 5001, "FIN,ACK");
  x.out(5001, 1001, "ACK");
  x.fence();
  x.in(1001, 5001, "ACK,PSH", "ten octets");
  x.out(5001, 1012, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-SHLD-31"));
}

TEST(TextOfASyn, ThatIsSentAgainWasNotBeyondAGap) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN", "ten octets");
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.in(1001, 5001, "ACK");
  x.wait(2s);
  x.in(1001, 5001, "ACK,PSH", "ten");
  x.out(5001, 1004, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), testing::Not(testing::Contains("RFC9293-SHLD-31")));
}

TEST(ASecondClose, ThatIsRefusedInSilenceIsAsPrescribed) {
  Exchange x;
  fin_wait_2(x);
  refused_close(x);
  x.wait(1s);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-3.10.4-CLOSE-FINWAIT2"));
}

TEST(ARetransmission, MayBeSentBeforeTheTextOfTheSegmentThatCausedItIsTaken) {
  Exchange x;
  text_sent(x);
  x.in(1001, 5001, "ACK,PSH", "hello");
  x.out(5001, 1001, "ACK,PSH", "text");
  x.out(5005, 1006, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ARetransmission, ThatComesLaterAcknowledgesWhatWasTaken) {
  Exchange x;
  text_sent(x);
  x.in(1001, 5001, "ACK,PSH", "hello");
  x.wait(200ms);
  x.out(5001, 1001, "ACK,PSH", "text");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.4-DATA-INORDER-ESTAB"));
}

/// The handshake where both ends offer SACK, and a segment of text.
void text_sent_with_sack(Exchange& x) {
  x.listen();
  wire::TcpSegment syn = Exchange::segment(1000, 0, "SYN");
  syn.options = wire::encode_options({.mss = 1460, .sack_permitted = true});
  x.in(syn);
  wire::TcpSegment answer = Exchange::segment(5000, 1001, "SYN,ACK");
  answer.options = syn.options;
  x.out(answer);
  x.fence();
  x.in(1001, 5001, "ACK");
  x.fence();
  x.call(UserCall::Kind::send, "text");
  x.out(5001, 1001, "ACK,PSH", "text");
}

TEST(ALoneSegment, MayBeATailLossProbeWhereSackIsInUse) {
  Exchange x;
  text_sent_with_sack(x);
  x.wait(400ms);
  x.out(5001, 1001, "ACK,PSH", "text");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ALoneSegment, ThatIsSentAgainEarlyWithoutSackTellsOfAShortTimer) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::send, "text");
  x.out(5001, 1001, "ACK,PSH", "text");
  x.wait(400ms);
  x.out(5001, 1001, "ACK,PSH", "text");
  EXPECT_THAT(x.broken(), ElementsAre("RFC6298-2.4-1"));
}

TEST(AUserTimeout, MayEndAConnectionBeforeItsFirstRepetition) {
  Exchange x;
  x.established();
  x.set(UserOption::user_timeout, 500ms);
  x.call(UserCall::Kind::send, "text");
  x.out(5001, 1001, "ACK,PSH", "text");
  x.wait(600ms);
  x.notice(UserNotice::Kind::error);
  x.in(1001, 5001, "ACK");
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.broken(), IsEmpty());
}

/// A SYN to another host than the one that listens.
wire::Decoded to_another_host() {
  wire::TcpSegment s = Exchange::segment(1000, 0, "SYN");
  s.source = Exchange::tuple().tester.port;
  s.destination = Exchange::tuple().target.port;
  wire::Ipv4Header ip{};
  ip.source = Exchange::tuple().tester.address;
  ip.destination = wire::IpAddress::v4(203, 0, 113, 77);
  return wire::decode(wire::encode({ip, s, {}}));
}

TEST(ASegmentForAnotherHost, MeetsSilence) {
  Exchange x;
  x.listen();
  x.judge().stimulus(exactly(clock_epoch), to_another_host());
  x.wait(2s);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC1122-3.2.1.3-1"));
}

TEST(ASegmentForAnotherHost, ThatIsAnsweredIsAccused) {
  Exchange x;
  x.listen();
  x.judge().stimulus(exactly(clock_epoch), to_another_host());
  x.out(5000, 1001, "SYN,ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC1122-3.2.1.3-1"));
}

TEST(AnAcknowledgmentThatFillsAGap, IsNotLateWhereNothingBeyondItWasKept) {
  Exchange x;
  x.established();
  x.in(1011, 5001, "ACK,PSH", "beyond");
  x.out(5001, 1001, "ACK");
  x.fence();
  x.in(1001, 5001, "ACK,PSH", "ten octets");
  x.wait(200ms);
  x.out(5001, 1011, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-31"));
}

}  // namespace
}  // namespace tcpjury::model
