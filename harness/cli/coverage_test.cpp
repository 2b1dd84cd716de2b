#include "harness/cli/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/cli/citations.h"
#include "harness/cli/kill_matrix.h"

namespace tcpjury::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

reports::Tally tally_of(const std::string& id, std::size_t held, std::size_t broken) {
  reports::Tally tally;
  tally.requirements.push_back({.id = id, .held = held, .broken = broken});
  return tally;
}

scenario::Variant listing(const std::string& scenario, std::vector<std::string> ids) {
  scenario::Variant variant;
  variant.scenario = scenario;
  variant.requirements = std::move(ids);
  return variant;
}

RequirementStatus status_of(std::string_view id, const CoverageSources& sources) {
  return requirement_status(*model::find_requirement(id), sources);
}

TEST(Coverage, CountsAllRunsTogether) {
  const CoverageSources sources{.runs = {tally_of("RFC9293-MUST-3", 2, 0), tally_of("RFC9293-MUST-3", 1, 4)}};
  const auto status = status_of("RFC9293-MUST-3", sources);
  EXPECT_EQ(status.held, 3U);
  EXPECT_EQ(status.broken, 4U);
  EXPECT_TRUE(status.evaluated());
  EXPECT_FALSE(status_of("RFC9293-MUST-2", sources).evaluated());
}

TEST(Coverage, NamesEachScenarioOnce) {
  const CoverageSources sources{.variants = {listing("b", {"RFC9293-MUST-3"}),
                                             listing("a", {"RFC9293-MUST-3"}),
                                             listing("b", {"RFC9293-MUST-3"})}};
  EXPECT_THAT(status_of("RFC9293-MUST-3", sources).scenarios, ElementsAre("a", "b"));
}

TEST(Coverage, ARowThatAFaultIsConvictedOfProvesWhatItStandsFor) {
  FaultVerdict fault{.fault = "bad"};
  fault.caught = {{"RFC9293-3.1-BAD-CHECKSUM-ESTAB", 1, {"a"}, ""}};
  const CoverageSources sources{.kill_matrix = matrix_text({fault})};
  EXPECT_THAT(status_of("RFC9293-3.1-BAD-CHECKSUM-ESTAB", sources).faults, ElementsAre("bad"));
  EXPECT_THAT(status_of("RFC9293-MUST-3", sources).faults, ElementsAre("bad"));
  EXPECT_THAT(status_of("RFC9293-MUST-2", sources).faults, IsEmpty());
}

TEST(Coverage, AnExceptionCountsOnlyWhileNobodyEvaluates) {
  const Exceptions exceptions{{"RFC9293-MUST-3", "why"}};
  EXPECT_TRUE(status_of("RFC9293-MUST-3", {.exceptions = exceptions}).excepted());
  EXPECT_FALSE(
      status_of("RFC9293-MUST-3", {.runs = {tally_of("RFC9293-MUST-3", 1, 0)}, .exceptions = exceptions})
          .excepted());
}

TEST(Coverage, SharesAreOfWhatATesterCanSeeWithoutExceptions) {
  const auto shares = [](const CoverageSources& sources) {
    return coverage_shares(requirement_statuses(sources), CoverageGroup::level);
  };
  const auto nothing = shares({});
  ASSERT_EQ(nothing.size(), 3U);
  EXPECT_EQ(nothing[0].first, "must");
  EXPECT_EQ(nothing[0].second.evaluated, 0U);
  EXPECT_EQ(nothing[0].second.percent(), 0.0);
  const auto some =
      shares({.runs = {tally_of("RFC9293-MUST-3", 1, 0)}, .exceptions = {{"RFC9293-MUST-2", "why"}}});
  EXPECT_EQ(some[0].second.evaluated, 1U);
  EXPECT_EQ(some[0].second.kept, 1U);
  EXPECT_EQ(some[0].second.excepted, 1U);
  EXPECT_EQ(some[0].second.observable, nothing[0].second.observable);
  EXPECT_EQ((CoverageShare{.observable = 4, .evaluated = 1, .excepted = 2}).percent(), 50.0);
  EXPECT_EQ((CoverageShare{.observable = 2, .excepted = 2}).percent(), 100.0);
}

TEST(Coverage, GroupsAreRfcsAndAreas) {
  const auto statuses = requirement_statuses({});
  const auto names = [&](CoverageGroup by) {
    std::vector<std::string> all;
    for (const auto& [name, share] : coverage_shares(statuses, by)) all.push_back(name);
    return all;
  };
  EXPECT_THAT(names(CoverageGroup::rfc), Contains("9293"));
  EXPECT_THAT(names(CoverageGroup::area), Contains("time-wait"));
  EXPECT_TRUE(std::ranges::is_sorted(names(CoverageGroup::area)));
}

TEST(Citations, LeadFromAnIdToTheModel) {
  EXPECT_THAT(cited_at("RFC9293-MUST-63"), Contains(HasSubstr("harness/model/judge.cpp:")));
  EXPECT_THAT(cited_at("RFC9293-3.10.7.4-SYN-INWND-CLOSING"),
              Contains(HasSubstr("harness/model/arrives_reset_syn.cpp:")));
  EXPECT_THAT(cited_at("RFC9293-NOWHERE"), IsEmpty());
}

}  // namespace
}  // namespace tcpjury::cli
