#include "harness/engine/outcome.h"

#include <gtest/gtest.h>

namespace tcpjury::engine {
namespace {

TEST(Outcome, VerdictOnlyGetsWorse) {
  Outcome outcome;
  EXPECT_EQ(outcome.verdict(), Verdict::pass);
  outcome.worsen(Verdict::warn, "a SHOULD");
  outcome.worsen(Verdict::pass, "better");
  EXPECT_EQ(outcome.verdict(), Verdict::warn);
  outcome.worsen(Verdict::inconclusive, "unclear");
  outcome.worsen(Verdict::fail, "a MUST");
  outcome.worsen(Verdict::error, "the worker died afterwards");
  EXPECT_EQ(outcome.verdict(), Verdict::fail);
  EXPECT_EQ(outcome.reason(), "a MUST");
}

TEST(Outcome, ShouldWarnsUnlessStrict) {
  EXPECT_EQ(verdict_of(model::Level::must_not, Strictness::normal), Verdict::fail);
  EXPECT_EQ(verdict_of(model::Level::should, Strictness::normal), Verdict::warn);
  EXPECT_EQ(verdict_of(model::Level::should_not, Strictness::should_fails), Verdict::fail);
  EXPECT_EQ(verdict_of(model::Level::may, Strictness::should_fails), Verdict::pass);
}

TEST(Outcome, ListedRequirementIsInconclusiveUntilEvaluated) {
  scenario::Variant variant;
  variant.requirements = {"RFC9293-MUST-2", "RFC9293-MUST-3"};
  Outcome outcome;
  outcome.held({"RFC9293-MUST-2"});
  const auto results = outcome.requirements(variant, nullptr, Strictness::normal);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].verdict, Verdict::pass);
  EXPECT_EQ(results[1].id, "RFC9293-MUST-3");
  EXPECT_EQ(results[1].verdict, Verdict::inconclusive);
}

TEST(Outcome, BrokenRequirementDoesNotPassThoughItHeldBefore) {
  Outcome outcome;
  outcome.held({"RFC9293-MUST-2"});
  CaseViolation violation;
  violation.what.requirement = "RFC9293-MUST-2";
  outcome.add(violation);
  const auto results = outcome.requirements({}, nullptr, Strictness::normal);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].verdict, Verdict::fail);
}

TEST(Fingerprint, DependsOnNamesAndNotOnNumbers) {
  model::Violation violation;
  violation.requirement = "RFC9293-MUST-2";
  violation.event = "EXPECT";
  const std::string first = fingerprint(violation, "ack,seq");
  EXPECT_EQ(first.size(), 16U);
  violation.got = "<SEQ=1>";
  violation.message = "something else";
  EXPECT_EQ(fingerprint(violation, "ack,seq"), first);
  EXPECT_NE(fingerprint(violation, "ack"), first);
  violation.state = model::State::listen;
  EXPECT_NE(fingerprint(violation, "ack,seq"), first);
}

}  // namespace
}  // namespace tcpjury::engine
