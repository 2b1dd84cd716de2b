// Text that comes after RELEASE is lost, and a reset has to say so (SHLD-3).
#include "harness/model/release_layer.h"

#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

void text_after_release(Exchange& x) {
  x.established();
  x.call(UserCall::Kind::release);
  x.out(5001, 1001, "FIN,ACK");
  x.fence();
  x.in(1001, 5002, "ACK");
  x.fence();
  x.in(1001, 5002, "ACK,PSH", "late");
}

TEST(TextAfterRelease, IsAnsweredByAReset) {
  Exchange x;
  text_after_release(x);
  x.out(5002, 0, "RST");
  x.wait(10s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TextAfterRelease, MayBeAcknowledgedBeforeTheReset) {
  Exchange x;
  text_after_release(x);
  x.out(5002, 1005, "ACK");
  x.wait(100ms);
  x.out(5002, 0, "RST");
  x.wait(10s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TextAfterRelease, AcknowledgedForGoodIsAccused) {
  Exchange x;
  text_after_release(x);
  x.out(5002, 1005, "ACK");
  x.wait(10s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-3"));
}

TEST(TextAfterRelease, ThrownAwayInSilenceIsAccused) {
  Exchange x;
  text_after_release(x);
  x.wait(10s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-3"));
}

TEST(TextAfterRelease, IsNoMatterWhileTheUserStillReads) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.fence();
  x.in(1001, 5002, "ACK,PSH", "late");
  x.out(5002, 1005, "ACK");
  x.wait(10s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

}  // namespace
}  // namespace tcpjury::model
