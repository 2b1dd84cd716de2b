#include "harness/engine/virtual_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/test_case_test.h"

namespace tcpjury::engine {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(VirtualDriver, TargetThatBreaksDownFailsWithoutARequirement) {
  FakeTarget target;
  target.fails_on_packet = true;
  const CaseResult result = run(target, established(""));
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, HasSubstr("it crashed"));
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(VirtualDriver, TargetThatCannotBeResetIsAnError) {
  FakeTarget target;
  target.fails_on_reset = true;
  EXPECT_EQ(run(target, established("")).verdict, Verdict::error);
}

TEST(VirtualDriver, TwoHoursTakeNoTime) {
  FakeTarget target;
  const CaseResult result = run(target, "[[step]]\nwait = \"2h\"");
  EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_EQ(result.duration, 2h);
}

TEST(VirtualDriver, LimitsEndACase) {
  FakeTarget target;
  const scenario::Variant waits = load("[[step]]\nwait = \"2h\"");
  const CaseResult late = run_virtual(waits, config_for(target), target, {.time = 1h});
  EXPECT_EQ(late.verdict, Verdict::error);
  EXPECT_THAT(late.reason, HasSubstr("1 hours"));
  const CaseResult busy = run_virtual(waits, config_for(target), target, {.rounds = 0});
  EXPECT_EQ(busy.verdict, Verdict::error);
}

}  // namespace
}  // namespace tcpjury::engine
