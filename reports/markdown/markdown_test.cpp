#include "reports/markdown/markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/testing/golden.h"
#include "reports/testing/sample.h"

namespace tcpjury::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Markdown, IsPinned) {
  testing::expect_golden(markdown_report(testing::sample_run(), testing::sample_context()),
                         "markdown/golden/sample.md");
}

TEST(Markdown, RequirementThatOneCaseBrokeIsNotKept) {
  const std::string text = markdown_report(testing::sample_run(), testing::sample_context());
  EXPECT_THAT(
      text,
      HasSubstr("| RFC9293-MUST-2 | MUST | The sender must generate the checksum. | kept | 3 | 0 |  |"));
  EXPECT_THAT(text, HasSubstr("MUST: 1 of 2 evaluated requirements kept. SHOULD: 0 of 1."));
}

TEST(Markdown, UnevaluatedRequirementIsSaidToBeSo) {
  runner::RunRecord record;
  record.results.resize(1);
  record.results[0].requirements = {{"RFC9293-MUST-2", engine::Verdict::inconclusive}};
  EXPECT_THAT(markdown_report(record, {}), HasSubstr("| RFC9293-MUST-2 |  |  | not evaluated | 0 | 0 |  |"));
}

TEST(Markdown, HostileTextsAreNoMarkup) {
  const std::string text = markdown_report(testing::hostile_run(), testing::sample_context());
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
  EXPECT_THAT(text, Not(HasSubstr("|pipes|")));
  EXPECT_THAT(text, HasSubstr("\\|pipes\\|"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace tcpjury::reports
