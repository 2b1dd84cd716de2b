#include "harness/cli/kill_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpjury::cli {
namespace {

using engine::CaseResult;
using engine::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

CaseResult convicted(const std::string& scenario, const std::vector<std::string>& ids) {
  CaseResult result{.scenario = scenario, .variant = "family=v4", .verdict = Verdict::fail};
  for (const std::string& id : ids) result.violations.emplace_back().what.requirement = id;
  return result;
}

FaultTally tally_of(const std::vector<CaseResult>& results) {
  FaultTally tally{
      "fault", {"RFC9293-3.10.7.4-FIN-INORDER-ESTAB", "RFC9293-MUST-3"}, {{"RFC9293-MUST-13", "because"}}};
  for (const CaseResult& result : results) tally.add(result);
  return tally;
}

TEST(KillMatrix, TheRowOfTheSameEventInAnotherStateIsTheSameAccusation) {
  EXPECT_TRUE(convicts_of("RFC9293-MUST-13", "RFC9293-MUST-13"));
  EXPECT_TRUE(convicts_of("RFC9293-3.10.7.4-FIN-INORDER-FINWAIT2", "RFC9293-3.10.7.4-FIN-INORDER-ESTAB"));
  EXPECT_TRUE(convicts_of("RFC9293-3.10.7.4-ACK-BAD-SYNRCVD-P", "RFC9293-3.10.7.4-ACK-BAD-SYNRCVD-A"));
  EXPECT_FALSE(convicts_of("RFC9293-3.10.7.4-FIN-RETX-ESTAB", "RFC9293-3.10.7.4-FIN-INORDER-ESTAB"));
  EXPECT_FALSE(convicts_of("RFC9293-MUST-13", "RFC9293-MUST-1"));
}

TEST(KillMatrix, ARowConvictsOfTheNumberedRequirementItStandsFor) {
  EXPECT_TRUE(convicts_of("RFC9293-3.1-BAD-CHECKSUM-ESTAB", "RFC9293-MUST-3"));
  EXPECT_FALSE(convicts_of("RFC9293-MUST-3", "RFC9293-3.1-BAD-CHECKSUM-ESTAB"));
}

TEST(KillMatrix, AccusationsAreMeantExplainedOrUnrelated) {
  const auto verdict = tally_of({convicted("a", {"RFC9293-MUST-13", "RFC9293-MUST-3"}),
                                 convicted("b", {"RFC9293-MUST-8", "RFC9293-MUST-3"}),
                                 convicted("a", {"RFC9293-MUST-3", "RFC9293-MUST-3"})})
                           .verdict();
  EXPECT_TRUE(verdict.killed());
  EXPECT_FALSE(verdict.fair());
  EXPECT_EQ(verdict.cases, 3U);
  EXPECT_THAT(verdict.caught, ElementsAre(Conviction{"RFC9293-MUST-3", 3, {"a", "b"}, ""}));
  EXPECT_THAT(verdict.explained, ElementsAre(Conviction{"RFC9293-MUST-13", 1, {"a"}, "because"}));
  EXPECT_THAT(verdict.unrelated, ElementsAre(Conviction{"RFC9293-MUST-8", 1, {"b"}, ""}));
}

TEST(KillMatrix, WhatFollowsTheMeantAccusationIsItsConsequence) {
  const auto after = tally_of({convicted("a", {"RFC9293-MUST-3", "RFC9293-MUST-8"})}).verdict();
  EXPECT_TRUE(after.fair());
  const auto before = tally_of({convicted("a", {"RFC9293-MUST-8", "RFC9293-MUST-3"})}).verdict();
  EXPECT_TRUE(before.killed());
  EXPECT_FALSE(before.fair());
}

TEST(KillMatrix, AReasonMayCoverAFamilyOfRequirements) {
  FaultTally tally{"fault", {"RFC9293-MUST-13"}, {{"RFC9293-3.10.7.4-*", "because"}}};
  tally.add(convicted("a", {"RFC9293-3.10.7.4-SEQ-OLD-ESTAB"}));
  tally.add(convicted("a", {"RFC9293-3.10.7.2-SYN-LISTEN"}));
  EXPECT_EQ(tally.verdict().explained.size(), 1U);
  EXPECT_EQ(tally.verdict().unrelated.size(), 1U);
}

TEST(KillMatrix, RelatedIsWhatSharesATopicOrASection) {
  // Both are of section 3.10.7.4 of RFC 9293.
  EXPECT_TRUE(are_related("RFC9293-3.10.7.4-SEQ-OLD-ESTAB", "RFC9293-3.10.7.4-FIN-INORDER-ESTAB"));
  EXPECT_TRUE(are_related("RFC9293-MUST-2", "RFC9293-MUST-3"));
  EXPECT_FALSE(are_related("RFC9293-MUST-13", "RFC9293-MUST-3"));
  EXPECT_FALSE(are_related("RFC9293-MUST-13", "no such id"));
}

TEST(KillMatrix, AnAcquittalKillsNobodyAndAnErrorIsTrouble) {
  EXPECT_FALSE(tally_of({{.scenario = "a", .variant = "", .verdict = Verdict::pass}}).verdict().killed());
  const auto verdict =
      tally_of({{.scenario = "a", .variant = "", .verdict = Verdict::fail, .reason = "it floods the link"}})
          .verdict();
  EXPECT_FALSE(verdict.killed());
  EXPECT_THAT(verdict.trouble, ElementsAre(HasSubstr("it floods the link")));
}

TEST(KillMatrix, WhatIsWrittenCanBeReadBack) {
  FaultVerdict one{.fault = "one"};
  one.caught = {{"RFC9293-MUST-3", 7, {"a", "b", "c", "d", "e"}, ""}, {"RFC9293-MUST-8", 1, {"f"}, ""}};
  one.explained = {{"RFC9293-MUST-13", 1, {"a"}, "because"}};
  FaultVerdict two{.fault = "two"};
  two.caught = {{"RFC9293-MUST-3", 1, {"a"}, ""}};
  const std::string text = matrix_text({one, two, FaultVerdict{.fault = "three"}});
  EXPECT_THAT(text, HasSubstr("2 of 3 faults are convicted, of 2 requirements"));
  EXPECT_THAT(text, HasSubstr("| one | RFC9293-MUST-3 | 7 | a, b, c, d and 1 more |"));
  EXPECT_THAT(text, HasSubstr("| one | RFC9293-MUST-13 | because |"));
  EXPECT_THAT(read_matrix(text), ElementsAre(Pair("RFC9293-MUST-3", ElementsAre("one", "two")),
                                             Pair("RFC9293-MUST-8", ElementsAre("one"))));
  EXPECT_TRUE(read_matrix("# something else\n| a | b | c | d |\n").empty());
}

}  // namespace
}  // namespace tcpjury::cli
