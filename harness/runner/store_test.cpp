#include "harness/runner/store.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace tcpjury::runner {
namespace {

namespace fs = std::filesystem;

class Store : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "tcpjury-store-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  static engine::CaseResult result(std::string scenario) {
    engine::CaseResult r;
    r.scenario = std::move(scenario);
    r.verdict = engine::Verdict::pass;
    return r;
  }
  fs::path folder_;
};

RunRecord head() {
  RunRecord record;
  record.target_name = "lwip";
  record.seed = 7;
  return record;
}

TEST_F(Store, ResultsComeBackInTheOrderOfThePlan) {
  auto writer = RunWriter::create(folder_, head()).value();
  writer.add(1, result("b/b"));
  writer.add(0, result("a/a"));
  RunRecord final_head = head();
  final_head.target_version = "2.1.3";
  ASSERT_TRUE(writer.finish(final_head));
  const auto loaded = load_run(folder_, writer.id()).value();
  EXPECT_FALSE(loaded.partial);
  EXPECT_EQ(loaded.target_version, "2.1.3");
  ASSERT_EQ(loaded.results.size(), 2U);
  EXPECT_EQ(loaded.results[0].scenario, "a/a");
  EXPECT_EQ(loaded.results[1].scenario, "b/b");
}

TEST_F(Store, ARunThatWasKilledIsPartialButNotLost) {
  std::string id;
  {
    auto writer = RunWriter::create(folder_, head()).value();
    id = writer.id();
    writer.add(0, result("a/a"));
  }
  std::ofstream{folder_ / id / "run.jsonl", std::ios::app} << R"({"type":"finished","job":1,"resu)";
  const auto loaded = load_run(folder_, id).value();
  EXPECT_TRUE(loaded.partial);
  ASSERT_EQ(loaded.results.size(), 1U);
}

TEST_F(Store, RunsAreFoundByNameBeginningAndAsTheLatest) {
  EXPECT_FALSE(resolve_run(folder_, "latest"));
  for (const char* id : {"20260101-000000-000-1", "20260102-000000-000-1"}) {
    fs::create_directories(folder_ / id);
    std::ofstream{folder_ / id / "run.jsonl"} << "\n";
  }
  fs::create_directories(folder_ / "2-something-else");
  EXPECT_EQ(resolve_run(folder_, "latest").value(), "20260102-000000-000-1");
  EXPECT_EQ(resolve_run(folder_, "20260101").value(), "20260101-000000-000-1");
  EXPECT_FALSE(resolve_run(folder_, "2026"));
  EXPECT_FALSE(resolve_run(folder_, "1999"));
  EXPECT_FALSE(resolve_run(folder_, ""));
  EXPECT_FALSE(load_run(folder_, "20260101-000000-000-1")) << "a file without a head is no run";
}

TEST_F(Store, OldRunsArePrunedAndNothingElse) {
  for (int i = 0; i < 120; ++i) {
    const fs::path run = folder_ / ("20200101-000000-" + std::to_string(100 + i) + "-1");
    fs::create_directories(run);
    std::ofstream{run / "run.jsonl"} << "\n";
  }
  fs::create_directories(folder_ / "keep-me");
  const auto writer = RunWriter::create(folder_, head()).value();
  const auto runs = stored_runs(folder_);
  EXPECT_EQ(runs.size(), stored_runs_max);
  EXPECT_EQ(runs.front(), writer.id());
  EXPECT_TRUE(fs::exists(folder_ / "keep-me"));
}

TEST_F(Store, OldRunsMakeRoomWhenTheyAreLarge) {
  for (const char* id : {"20200101-000000-000-1", "20200102-000000-000-1", "20200103-000000-000-1"}) {
    fs::create_directories(folder_ / id);
    std::ofstream{folder_ / id / "run.jsonl"} << "\n";
    fs::resize_file(folder_ / id / "run.jsonl", stored_octets_max / 2);  // a hole: takes no room here
  }
  const auto writer = RunWriter::create(folder_, head()).value();
  EXPECT_EQ(stored_runs(folder_), (std::vector<std::string>{writer.id(), "20200103-000000-000-1"}));
}

}  // namespace
}  // namespace tcpjury::runner
