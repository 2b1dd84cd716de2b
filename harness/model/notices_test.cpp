// What the target tells its user is held against what the judge knows of the connection.
#include "harness/model/notices.h"

#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// Text goes out and is repeated after one, two, four ... seconds, `times` times, with nothing in return.
void repeated(Exchange& x, int times) {
  x.established();
  x.call(UserCall::Kind::send, "text");
  x.out(5001, 1001, "ACK,PSH", "text");
  for (Duration wait = 1s; times-- > 0; wait = std::min<Duration>(2 * wait, 60s)) {
    x.wait(wait);
    x.out(5001, 1001, "ACK,PSH", "text");
  }
}

TEST(Notice, AResetThatWasAFinIsAccused) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "FIN,ACK");
  x.out(5001, 1002, "ACK");
  x.notice(UserNotice::Kind::reset);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-12"));
}

TEST(Notice, AResetThatCameMayBeTold) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "RST");
  x.notice(UserNotice::Kind::reset);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Notice, AnErrorAfterAFewRepetitionsGivesUpTooEarly) {
  Exchange x;
  repeated(x, 4);  // 15 s
  x.wait(5s);
  x.notice(UserNotice::Kind::error);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-11"));
}

TEST(Notice, AnErrorWhenR2IsReachedIsTheEnd) {
  Exchange x;
  repeated(x, 7);  // 123 s
  x.wait(10s);
  x.notice(UserNotice::Kind::error);
  x.wait(1s);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
}

TEST(Notice, WhatIsSentAfterGivingUpIsAccused) {
  Exchange x;
  repeated(x, 7);
  x.wait(10s);
  x.notice(UserNotice::Kind::error);
  x.wait(50s);
  x.out(5001, 1001, "ACK,PSH", "text");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.8.3-R2-EXCEEDED-ESTAB"));
}

TEST(Notice, OnARealClockAnErrorSaysNothingAboutTime) {
  Exchange x{Profile::rfc9293, ClockKind::real_time};
  repeated(x, 4);
  x.notice(UserNotice::Kind::error);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Notice, AnErrorBecauseOfASoftIcmpErrorIsAccusedOfThat) {
  Exchange x;
  repeated(x, 1);
  x.icmp(3, 0, 5001);  // net unreachable
  x.notice(UserNotice::Kind::error);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.9.2.2-ICMP-SOFT-ESTAB"));
}

TEST(Notice, AnErrorBecauseOfAHardIcmpErrorIsPermitted) {
  Exchange x;
  repeated(x, 1);
  x.icmp(3, 3, 5001);  // port unreachable
  x.notice(UserNotice::Kind::error);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Notice, AnErrorWithNothingOutstandingIsNotJudged) {
  Exchange x;
  x.established();
  x.wait(10s);
  x.notice(UserNotice::Kind::error);
  EXPECT_THAT(x.broken(), IsEmpty());
}

}  // namespace
}  // namespace tcpjury::model
