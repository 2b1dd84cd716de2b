#include "reports/tap/tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/testing/golden.h"
#include "reports/testing/sample.h"

namespace tcpjury::reports {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

/// Lines that a TAP consumer takes for test points: those without indentation.
std::size_t test_points(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t start = 0; start < text.size(); start = text.find('\n', start) + 1) {
    const std::string_view line = std::string_view{text}.substr(start);
    if (line.rfind("ok ", 0) == 0 || line.rfind("not ok ", 0) == 0) ++count;
  }
  return count;
}

TEST(Tap, IsPinned) {
  testing::expect_golden(tap_report(testing::sample_run(), testing::sample_context()),
                         "tap/golden/sample.tap");
}

TEST(Tap, VerdictsBecomeDirectives) {
  const std::string text = tap_report(testing::sample_run(), {});
  EXPECT_THAT(text, HasSubstr("\nok 1 - handshake/passive-open[family=v4]\n"));
  EXPECT_THAT(text, HasSubstr("\nok 2 - window/silly"));
  EXPECT_THAT(text, HasSubstr("\nnot ok 3 - handshake/rcv-ack-syn-received-bad-ack[family=v4]\n"));
  EXPECT_THAT(text, HasSubstr("\nnot ok 4 - handshake/rcv-ack-syn-received-bad-ack[family=v6] # TODO "));
  EXPECT_THAT(text, HasSubstr("\nnot ok 5 - timers/keepalive[family=v4]\n"));
  EXPECT_THAT(text, HasSubstr("\nok 6 - reset/blind[family=v4] # SKIP inconclusive: "));
  EXPECT_THAT(text, HasSubstr("\nok 7 - user/status[family=v4] # SKIP lacks status\n"));
  EXPECT_THAT(text, HasSubstr("\nnot ok 8 - close/crash[family=v4]\n"));
}

TEST(Tap, HostileTextsCannotForgeTestPoints) {
  const std::string text = tap_report(testing::hostile_run(), testing::sample_context());
  EXPECT_EQ(test_points(text), 8U);
  EXPECT_THAT(text, ::testing::Not(HasSubstr("\nBail out!")));
  EXPECT_THAT(text, HasSubstr("\\# TODO"));
}

TEST(Tap, InterruptedRunBailsOut) {
  runner::RunRecord record = testing::sample_run();
  record.partial = true;
  EXPECT_THAT(tap_report(record, {}), EndsWith("\nBail out! the run was interrupted\n"));
}

}  // namespace
}  // namespace tcpjury::reports
