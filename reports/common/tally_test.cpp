#include "reports/common/tally.h"

#include <gtest/gtest.h>

#include <array>

namespace tcpjury::reports {
namespace {

using engine::Verdict;

engine::CaseResult a_case(Verdict verdict, std::vector<engine::RequirementResult> requirements) {
  engine::CaseResult result;
  result.verdict = verdict;
  result.requirements = std::move(requirements);
  return result;
}

constexpr model::Requirement requirement(std::string_view id, model::Level level) {
  model::Requirement r{};
  r.id = id;
  r.level = level;
  return r;
}

Context with_levels() {
  static constexpr std::array catalogue{
      requirement("M1", model::Level::must), requirement("M2", model::Level::must_not),
      requirement("S1", model::Level::recommended), requirement("Y1", model::Level::may)};
  Context context;
  context.find_requirement = [](std::string_view id) -> const model::Requirement* {
    for (const model::Requirement& r : catalogue) {
      if (r.id == id) return &r;
    }
    return nullptr;
  };
  return context;
}

TEST(Tally, CountsCasesByVerdict) {
  runner::RunRecord record;
  record.results = {a_case(Verdict::pass, {}), a_case(Verdict::pass, {}), a_case(Verdict::error, {})};
  const Tally counts = tally(record, {});
  EXPECT_EQ(counts.of(Verdict::pass), 2U);
  EXPECT_EQ(counts.of(Verdict::error), 1U);
  EXPECT_EQ(counts.of(Verdict::fail), 0U);
}

TEST(Tally, OneBrokenCaseBreaksTheRequirement) {
  runner::RunRecord record;
  record.results = {a_case(Verdict::pass, {{"M1", Verdict::pass}, {"M2", Verdict::pass}}),
                    a_case(Verdict::fail, {{"M1", Verdict::fail}})};
  const Tally counts = tally(record, with_levels());
  EXPECT_EQ(counts.must.evaluated, 2U);
  EXPECT_EQ(counts.must.kept, 1U);
  ASSERT_EQ(counts.requirements.size(), 2U);
  EXPECT_EQ(counts.requirements[0].held, 1U);
  EXPECT_EQ(counts.requirements[0].broken, 1U);
}

TEST(Tally, ListedIsNotEvaluated) {
  runner::RunRecord record;
  record.results = {a_case(Verdict::pass, {{"M1", Verdict::inconclusive}, {"S1", Verdict::warn}})};
  const Tally counts = tally(record, with_levels());
  EXPECT_EQ(counts.must.evaluated, 0U);
  EXPECT_EQ(counts.should.evaluated, 1U);
  EXPECT_EQ(counts.should.kept, 0U);
  EXPECT_FALSE(counts.requirements[0].evaluated());
}

TEST(Tally, MayAndUnknownIdsHaveNoLevel) {
  runner::RunRecord record;
  record.results = {a_case(Verdict::pass, {{"Y1", Verdict::pass}, {"unknown", Verdict::pass}})};
  const Tally counts = tally(record, with_levels());
  EXPECT_EQ(counts.must.evaluated + counts.should.evaluated, 0U);
  EXPECT_EQ(counts.requirements.size(), 2U);
}

}  // namespace
}  // namespace tcpjury::reports
