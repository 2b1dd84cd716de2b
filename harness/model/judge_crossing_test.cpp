// On a real clock the target may send something just before it looks at what has already been sent to it.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

wire::TcpSegment syn_again() {
  auto s = Exchange::segment(5000, 0, "SYN");
  s.options = wire::encode_options({.mss = 1460});
  return s;
}
wire::TcpSegment syn_ack_again() {
  auto s = Exchange::segment(5000, 1001, "SYN,ACK");
  s.options = wire::encode_options({.mss = 1460});
  return s;
}

TEST(CrossingOnARealClock, ASynIsRepeatedJustBeforeItsAnswerComes) {
  Exchange x{Profile::rfc9293, ClockKind::real_time};
  x.open();
  x.out(5000, 0, "SYN");
  x.in(1000, 5001, "SYN,ACK");
  EXPECT_EQ(x.out_crossing(syn_again()), EmissionClass::retransmission);
  x.out(5001, 1001, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_THAT(x.states(), ElementsAre("ESTABLISHED"));
}

TEST(CrossingOnARealClock, ASynRepeatedAfterItsAnswerIsConvicted) {
  Exchange x{Profile::rfc9293, ClockKind::real_time};
  x.open();
  x.out(5000, 0, "SYN");
  x.in(1000, 5001, "SYN,ACK");
  x.out(5000, 0, "SYN");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.3-SYN-ACK-SYNSENT"));
}

TEST(CrossingOnARealClock, TheAnswerIsStillOwedAfterACrossing) {
  Exchange x{Profile::rfc9293, ClockKind::real_time};
  x.open();
  x.out(5000, 0, "SYN");
  x.in(1000, 5001, "SYN,ACK");
  x.out_crossing(syn_again());
  x.wait(std::chrono::seconds{30});
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.3-SYN-ACK-SYNSENT"));
}

TEST(CrossingOnARealClock, ASynAckIsRepeatedJustBeforeTheHandshakeEnds) {
  Exchange x{Profile::rfc9293, ClockKind::real_time};
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.in(1001, 5001, "ACK");
  EXPECT_EQ(x.out_crossing(syn_ack_again()), EmissionClass::retransmission);
  x.in(1001, 5001, "ACK", "abcd");
  x.out(5001, 1005, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(CrossingOnARealClock, TextIsRepeatedJustBeforeAResetComes) {
  Exchange x{Profile::rfc9293, ClockKind::real_time};
  x.established();
  x.call(UserCall::Kind::send, "abcd");
  x.out(5001, 1001, "ACK,PSH", "abcd");
  x.in(1001, 5005, "RST,ACK");
  EXPECT_EQ(x.out_crossing(Exchange::segment(5001, 1001, "ACK,PSH", "abcd")), EmissionClass::retransmission);
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
}

}  // namespace
}  // namespace tcpjury::model
