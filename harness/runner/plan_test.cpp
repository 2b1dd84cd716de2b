#include "harness/runner/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tcpjury::runner {
namespace {

scenario::Variant variant(std::string scenario, wire::Family family = wire::Family::v4,
                          scenario::Tier tier = scenario::Tier::fast) {
  scenario::Variant v;
  v.scenario = std::move(scenario);
  v.variant = family == wire::Family::v4 ? "family=v4" : "family=v6";
  v.family = family;
  v.tier = tier;
  return v;
}

std::vector<scenario::Variant> many(int count) {
  std::vector<scenario::Variant> variants;
  for (int i = 0; i < count; ++i) variants.push_back(variant("topic/case-" + std::to_string(i)));
  return variants;
}

std::vector<std::string> ids(const Plan& plan) {
  std::vector<std::string> out;
  for (const PlannedCase& c : plan.cases) out.push_back(plan.variant_of(c).id());
  return out;
}

TEST(Shard, ReadsIndexAndCount) {
  EXPECT_EQ(parse_shard("2/5").value(), (Shard{2, 5}));
  for (const char* bad : {"", "2", "/", "0/5", "6/5", "2/", "/5", "a/b", "1/0", "-1/5", "1/99999", "1/2/3"}) {
    EXPECT_FALSE(parse_shard(bad)) << bad;
  }
}

TEST(Shard, EveryCaseIsInExactlyOnePart) {
  for (const scenario::Variant& v : many(300)) {
    int parts = 0;
    for (std::uint32_t i = 1; i <= 7; ++i) parts += in_shard({i, 7}, v.id()) ? 1 : 0;
    EXPECT_EQ(parts, 1) << v.id();
  }
}

TEST(Shard, PartsAreOfSimilarSize) {
  int sizes[4] = {};
  for (const scenario::Variant& v : many(400)) {
    for (std::uint32_t i = 0; i < 4; ++i) sizes[i] += in_shard({i + 1, 4}, v.id()) ? 1 : 0;
  }
  for (const int size : sizes) EXPECT_GT(size, 60);
}

TEST(Shard, ACaseStaysWhereItIsWhenOthersAreAdded) {
  const Selection half{.shard = {1, 2}};
  const auto few = ids(make_plan(many(50), half, 1));
  const auto more = ids(make_plan(many(100), half, 1));
  ASSERT_LT(few.size(), more.size());
  EXPECT_TRUE(std::equal(few.begin(), few.end(), more.begin()));
}

TEST(Plan, SeedsDoNotDependOnWhatElseIsSelected) {
  const Plan all = make_plan(many(20), {}, 42);
  const Plan one = make_plan(many(20), {.filter = Filter::parse("*case-7[*").value()}, 42);
  ASSERT_EQ(one.cases.size(), 1U);
  EXPECT_EQ(one.cases[0].seed, all.cases[7].seed);
}

TEST(Plan, SeedsDifferByRunCaseAndRepetition) {
  EXPECT_NE(case_seed(1, "a", 0), case_seed(2, "a", 0));
  EXPECT_NE(case_seed(1, "a", 0), case_seed(1, "b", 0));
  EXPECT_NE(case_seed(1, "a", 0), case_seed(1, "a", 1));
  EXPECT_EQ(case_seed(1, "a", 1), case_seed(1, "a", 1));
}

TEST(Plan, RepetitionsAreRounds) {
  const Plan plan = make_plan(many(2), {.repeat = 2}, 1);
  EXPECT_EQ(ids(plan), (std::vector<std::string>{"topic/case-0[family=v4]", "topic/case-1[family=v4]",
                                                 "topic/case-0[family=v4]", "topic/case-1[family=v4]"}));
  EXPECT_EQ(plan.variants.size(), 2U);
  EXPECT_EQ(plan.cases[3].repetition, 1U);
}

TEST(Plan, FamilyAndTierNarrowTheSelection) {
  const std::vector<scenario::Variant> variants{
      variant("a/x", wire::Family::v4, scenario::Tier::fast),
      variant("a/x", wire::Family::v6, scenario::Tier::slow),
      variant("a/y", wire::Family::v6, scenario::Tier::rare),
  };
  EXPECT_EQ(make_plan(variants, {.family = wire::Family::v6}, 1).cases.size(), 2U);
  EXPECT_EQ(make_plan(variants, {.tiers = {scenario::Tier::fast, scenario::Tier::rare}}, 1).cases.size(), 2U);
  EXPECT_EQ(
      make_plan(variants, {.family = wire::Family::v4, .tiers = {scenario::Tier::slow}}, 1).cases.size(), 0U);
}

TEST(Plan, ANameMeansACaseAScenarioOrAFolder) {
  const scenario::Variant v = variant("handshake/passive-open");
  for (const char* name : {"handshake", "handshake/", "handshake/passive-open",
                           "handshake/passive-open[family=v4]", "hand*", "*open", "*[family=v4]"}) {
    EXPECT_TRUE(names_case(name, v)) << name;
  }
  for (const char* name :
       {"hand", "passive-open", "handshake/passive", "handshake/passive-open[family=v6]", ""}) {
    EXPECT_FALSE(names_case(name, v)) << name;
  }
}

}  // namespace
}  // namespace tcpjury::runner
