#include "reports/console/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/common/text.h"
#include "reports/console/comparison.h"
#include "reports/testing/golden.h"
#include "reports/testing/sample.h"

namespace tcpjury::reports {
namespace {

using ::testing::ElementsAre;
using testing::expect_golden;
using ::testing::HasSubstr;
using testing::hostile_run;
using ::testing::Not;
using testing::sample_context;
using testing::sample_run;

/// True when everything but line feeds and colour could be typed on a line.
bool safe_on_a_terminal(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (printable(line) != line) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

TEST(Console, WholeReportIsPinned) {
  expect_golden(console_report(sample_run(), sample_context(), {}), "console/golden/sample.txt");
}

TEST(Console, ColouredReportIsPinned) {
  const ConsoleOptions options{.colour = Colour::on, .lines = StatusLines::not_passed};
  expect_golden(console_report(sample_run(), sample_context(), options), "console/golden/coloured.txt");
}

TEST(Console, ReportWithoutCatalogueAndStoredRunIsPinned) {
  expect_golden(console_report(sample_run(), {}, {.lines = StatusLines::none}), "console/golden/bare.txt");
}

TEST(Console, StatusLineHasFixedColumns) {
  engine::CaseResult result;
  result.scenario = "handshake/passive-open";
  result.variant = "family=v4";
  result.verdict = engine::Verdict::pass;
  result.duration = std::chrono::milliseconds{5};
  EXPECT_EQ(status_line(result, {12, 100}, "lwip", {}),
            "PASS   [  0.005s] ( 12/100) handshake/passive-open  v4  lwip\n");
  result.verdict = engine::Verdict::inconclusive;
  result.variant = "family=v6,state=FIN-WAIT-1";
  result.duration = std::chrono::seconds{7200};
  EXPECT_EQ(status_line(result, {100, 100}, "lwip", {}),
            "INCONC [ 7200.0s] (100/100) handshake/passive-open  v6,state=FIN-WAIT-1  lwip\n");
}

TEST(Console, ColourOnlyRepeatsWhatAWordSays) {
  std::string coloured = console_report(sample_run(), sample_context(), {.colour = Colour::on});
  std::string without;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') {
      i = coloured.find('m', i);
    } else {
      without += coloured[i];
    }
  }
  EXPECT_EQ(without, console_report(sample_run(), sample_context(), {}));
}

TEST(Console, TargetCannotTakeOverTheTerminal) {
  const std::string text = console_report(hostile_run(), sample_context(), {});
  EXPECT_TRUE(safe_on_a_terminal(text));
  EXPECT_THAT(text, Not(HasSubstr("\nok 2 - forged")));
  EXPECT_LT(text.size(), 100'000U) << "a long reason must not flood the terminal";
}

TEST(Console, InterruptedRunSaysSo) {
  runner::RunRecord record = sample_run();
  record.partial = true;
  EXPECT_THAT(summary(record, {}, {}), HasSubstr("interrupted: some selected cases did not run\n"));
}

TEST(Console, EmptyRunHasASummary) {
  EXPECT_EQ(console_report({}, {}, {}),
            "0 run: 0 pass, 0 warn, 0 fail, 0 xfail, 0 xpass, 0 inconclusive, 0 not-applicable, 0 error"
            " | seed 0 | 0.000 s\n");
}

TEST(Console, PassedCasesHaveNoBlock) {
  const runner::RunRecord record = sample_run();
  EXPECT_EQ(failure_block(record, record.results[0], {}, {}), "");
}

model::Violation violation(std::string got, std::vector<std::string> want) {
  model::Violation v;
  v.got = std::move(got);
  v.want = std::move(want);
  return v;
}

TEST(Comparison, SegmentsBecomeATableOfFields) {
  EXPECT_THAT(got_and_want(violation("<SEQ=302><ACK=101><CTL=RST,ACK>", {"<SEQ=302><CTL=RST>"})),
              ElementsAre("     got      want",              //
                          "SEQ  302      302",               //
                          "ACK  101      -     <- differs",  //
                          "CTL  RST,ACK  RST   <- differs"));
}

TEST(Comparison, ValueThatOneAlternativePermitsDoesNotDiffer) {
  EXPECT_THAT(got_and_want(violation("<SEQ=5><CTL=ACK>", {"<SEQ=4><CTL=ACK>", "<SEQ=5><CTL=RST>"})),
              ElementsAre("     got  want  or",  //
                          "SEQ  5    4     5",   //
                          "CTL  ACK  ACK   RST"));
}

TEST(Comparison, SilenceAndProseStandBelowEachOther) {
  EXPECT_THAT(got_and_want(violation("nothing", {"<SEQ=1><CTL=RST>", "silence for 1 s"})),
              ElementsAre("got   nothing", "want  <SEQ=1><CTL=RST>", "or    silence for 1 s"));
}

TEST(Comparison, BrokenNotationIsShownAsItCame) {
  EXPECT_THAT(got_and_want(violation("<SEQ=1", {"<=>"})), ElementsAre("got   <SEQ=1", "want  <=>"));
}

}  // namespace
}  // namespace tcpjury::reports
