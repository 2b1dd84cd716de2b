#include "harness/runner/host_observer.h"

#include <gmock/gmock.h>

#include <fmt/format.h>

#include "harness/base/random.h"

namespace tcpjury::runner {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// A case in which the host answered `count` connections with numbers that `step` apart.
engine::CaseResult case_with(std::size_t count, std::uint32_t step, ClockKind clock,
                             const std::string& life) {
  engine::CaseResult result;
  result.clock = clock;
  result.host.life = life;
  for (std::uint32_t i = 0; i < count; ++i)
    result.host.isns.push_back({i * 10ms, fmt::format("{} {}", life, i), 7 + i * step, 80, false});
  return result;
}

TEST(HostObserver, WithoutSamplesThereIsNoVerdict) {
  EXPECT_FALSE(observe_host({}));
  RunRecord record;
  record.results = {case_with(3, 1, ClockKind::virtual_time, "")};
  EXPECT_FALSE(observe_host(record));
}

TEST(HostObserver, PredictableNumbersFailTheHost) {
  RunRecord record;
  record.results = {case_with(24, 64'000, ClockKind::virtual_time, "")};
  const auto host = observe_host(record);
  ASSERT_TRUE(host);
  EXPECT_EQ(host->scenario, "run/host");
  EXPECT_EQ(host->verdict, engine::Verdict::fail);
  ASSERT_EQ(host->violations.size(), 1U);
  EXPECT_EQ(host->violations.front().what.requirement, "RFC9293-MUST-9");
  EXPECT_FALSE(host->violations.front().fingerprint.empty());
}

TEST(HostObserver, CasesOfOneWorkerAreOneLife) {
  RunRecord record;
  for (int i = 0; i < 24; ++i) {
    record.results.push_back(case_with(1, 0, ClockKind::real_time, "1"));
    record.results.back().host.isns.front().connection = fmt::format("c{}", i);
  }
  ASSERT_TRUE(observe_host(record));
  EXPECT_EQ(observe_host(record)->verdict, engine::Verdict::fail);
  for (int i = 0; i < 24; ++i)
    record.results[static_cast<std::size_t>(i)].host.life = std::to_string(i);  // and of many workers are not
  EXPECT_FALSE(observe_host(record)) << "the same kernel stands behind all workers: nothing was restarted";
}

TEST(HostObserver, InconsistentChoiceIsReported) {
  RunRecord record;
  record.results.resize(2);
  record.results[0].host.choices["RFC9293-3.10.7.4-SYN-INWND-ESTAB"]["keeps the connection"] = 1;
  record.results[1].host.choices["RFC9293-3.10.7.4-SYN-INWND-ESTAB"]["ends the connection"] = 1;
  const auto host = observe_host(record);
  ASSERT_TRUE(host);
  EXPECT_EQ(host->verdict, engine::Verdict::warn);
  record.strict_should = true;
  EXPECT_EQ(observe_host(record)->verdict, engine::Verdict::fail);
}

TEST(HostObserver, RowsThatNoCatalogueHasAreIgnored) {
  RunRecord record;
  record.results.resize(1);
  record.results[0].host.choices["MADE-UP"]["x"] = 1;
  EXPECT_FALSE(observe_host(record));
}

std::string merged(const std::vector<std::string>& values) {
  RunRecord record;
  for (const std::string& v : values) {
    record.results.emplace_back();
    record.results.back().features["f"] = v;
  }
  merge_features(record);
  return record.features["f"];
}

TEST(MergedFeatures, TellOneValueOnceNumbersAsARangeAndWordsInTheirOrder) {
  EXPECT_EQ(merged({"1.000 s", "1.000 s"}), "1.000 s");
  EXPECT_EQ(merged({"3.000 s", "1.000 s", "2.000 s"}), "min 1.000 s, median 2.000 s, max 3.000 s (3 values)");
  EXPECT_EQ(merged({"b", "a", "b"}), "b; a");
  EXPECT_EQ(merged({"1 s", "2 Hz"}), "1 s; 2 Hz");
}

}  // namespace
}  // namespace tcpjury::runner
