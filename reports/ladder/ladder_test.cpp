#include "reports/ladder/ladder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/testing/golden.h"
#include "reports/testing/sample.h"

namespace tcpjury::reports {
namespace {

using engine::TranscriptEvent;
using testing::bad_reset_transcript;
using testing::expect_golden;
using testing::failing_case;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = TranscriptEvent::Kind;

engine::CaseResult with(engine::Transcript transcript, std::vector<engine::CaseViolation> violations = {}) {
  engine::CaseResult result;
  result.transcript = std::move(transcript);
  result.violations = std::move(violations);
  return result;
}

engine::CaseViolation broken(std::string requirement) {
  engine::CaseViolation v;
  v.what.requirement = std::move(requirement);
  return v;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

TranscriptEvent remark(Duration at, std::string conn, std::string text) {
  return {Kind::mark, clock_epoch + at, 1, std::move(conn), {}, std::move(text)};
}

TEST(Ladder, NumbersCountFromEachSidesSyn) {
  expect_golden(ladder(failing_case(), {.target = "lwip"}), "ladder/golden/relative.txt");
}

TEST(Ladder, AbsoluteNumbersAreThoseOfTheWire) {
  expect_golden(ladder(failing_case(), {.numbers = Numbers::absolute, .target = "lwip"}),
                "ladder/golden/absolute.txt");
}

TEST(Ladder, EmptyTranscriptHasNoPicture) { EXPECT_EQ(ladder(with({})), ""); }

TEST(Ladder, StateStandsBesideTheSegmentThatBroughtIt) {
  const auto lines = lines_of(ladder(with(bad_reset_transcript())));
  ASSERT_GT(lines.size(), 3U);
  EXPECT_THAT(lines[1], ::testing::EndsWith(" LISTEN"));
  EXPECT_THAT(lines[3], HasSubstr("<SEQ=0><ACK=1><CTL=SYN,ACK>"));
  EXPECT_THAT(lines[3], ::testing::EndsWith(" SYN-RECEIVED    (taken by step 3)"));
}

TEST(Ladder, StateThatATimerBroughtHasItsOwnLine) {
  engine::Transcript transcript = bad_reset_transcript();
  transcript.push_back({Kind::state, clock_epoch + std::chrono::seconds{60}, 4, "main", {}, "CLOSED"});
  const auto lines = lines_of(ladder(with(transcript), {.after = 10}));
  EXPECT_THAT(lines.back(), ::testing::StartsWith("   60.000"));
  EXPECT_THAT(lines.back(), ::testing::EndsWith(" CLOSED"));
}

TEST(Ladder, ViolationsAndRemarksAreMarked) {
  const std::string text = ladder(with({remark(Duration{}, "main", "RFC9293-MUST-2 (MUST): bad checksum"),
                                        remark(Duration{}, "main", "skipped: retransmission")},
                                       {broken("RFC9293-MUST-2")}));
  EXPECT_THAT(text, HasSubstr("  x RFC9293-MUST-2 (MUST): bad checksum\n"));
  EXPECT_THAT(text, HasSubstr("  * skipped: retransmission\n"));
}

TEST(Ladder, SegmentThatBrokeTheRuleIsMarked) {
  engine::CaseResult result = failing_case();
  EXPECT_THAT(ladder(result), HasSubstr("    4  x <-- <SEQ=2><ACK=1><CTL=RST,ACK>"));
  result.violations.front().step = 3;  // the same segment in another step is another one
  EXPECT_THAT(ladder(result), HasSubstr("    4    <-- <SEQ=2><ACK=1><CTL=RST,ACK>"));
}

TEST(Renumbered, GotAndWantCountAsTheLadderDoes) {
  const engine::CaseResult result = failing_case();
  const model::Violation v = renumbered(result.violations.front(), result.transcript);
  EXPECT_EQ(v.got, "<SEQ=2><ACK=1><CTL=RST,ACK>");
  EXPECT_THAT(v.want, ::testing::ElementsAre("<SEQ=2><CTL=RST>"));
}

TEST(Renumbered, SilenceTakesTheConnectionOfTheStimulus) {
  engine::CaseResult result = failing_case();
  result.violations.front().what.got = "nothing";
  const model::Violation v = renumbered(result.violations.front(), result.transcript);
  EXPECT_EQ(v.got, "nothing");
  EXPECT_THAT(v.want, ::testing::ElementsAre("<SEQ=2><CTL=RST>"));
}

TEST(Renumbered, NamesAndWordsStay) {
  engine::CaseResult result = failing_case();
  const std::vector<std::string> want{"<SEQ=K+1><ACK=>", "silence", "<SEQ=99999999999><CTL=RST>", "<SEQ=7"};
  result.violations.front().what.want = want;
  EXPECT_EQ(renumbered(result.violations.front(), result.transcript).want, want);
  EXPECT_EQ(renumbered(result.violations.front(), {}).got, "<SEQ=4000000002><ACK=1001><CTL=RST,ACK>");
}

TEST(Ladder, ConnectionsAreLabelledOnlyWhenThereAreSeveral) {
  EXPECT_THAT(ladder(with(bad_reset_transcript())), Not(HasSubstr("main")));
  engine::Transcript transcript = bad_reset_transcript();
  transcript.push_back(remark({}, "second", "another"));
  EXPECT_THAT(ladder(with(transcript)), HasSubstr("  main     --> <SEQ=0>"));
  EXPECT_THAT(ladder(with(transcript)), HasSubstr("  second * another"));
}

TEST(Ladder, LongTranscriptKeepsItsStartAndTheViolation) {
  engine::Transcript transcript;
  for (int i = 0; i < 100; ++i) transcript.push_back(remark({}, "", "remark " + std::to_string(i)));
  transcript[50].note = "RFC9293-MUST-2 at 50";
  const auto lines =
      lines_of(ladder(with(transcript, {broken("RFC9293-MUST-2")}), {.first = 2, .last = 5, .after = 1}));
  // heading, 0, 1, gap, 47 .. 51, gap
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_THAT(lines[2], HasSubstr("remark 1"));
  EXPECT_THAT(lines[3], HasSubstr("(45 lines left out)"));
  EXPECT_THAT(lines[4], HasSubstr("remark 47"));
  EXPECT_THAT(lines[7], HasSubstr("x RFC9293-MUST-2 at 50"));
  EXPECT_THAT(lines[8], HasSubstr("remark 51"));
  EXPECT_THAT(lines[9], HasSubstr("(48 lines left out)"));
}

TEST(Ladder, LongTranscriptWithoutViolationKeepsBothEnds) {
  engine::Transcript transcript;
  for (int i = 0; i < 9; ++i) transcript.push_back(remark({}, "", "remark " + std::to_string(i)));
  const auto lines = lines_of(ladder(with(transcript), {.first = 3, .last = 5}));
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_THAT(lines[4], HasSubstr("(1 line left out)"));
  EXPECT_THAT(lines[9], HasSubstr("remark 8"));
}

TEST(Ladder, OctetsThatAreNoDatagramAreDrawnToo) {
  engine::Transcript transcript{
      {Kind::received, clock_epoch, 1, "main", bytes_of("\x99\x1b[31m"), "odd \x1b"},
      {Kind::sent, clock_epoch, 1, "main", {}, ""}};
  const std::string text = ladder(with(transcript));
  EXPECT_THAT(text, HasSubstr("<-- "));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("(odd \\x1b)"));
}

}  // namespace
}  // namespace tcpjury::reports
