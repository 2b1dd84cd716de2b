#include "reports/common/context.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace tcpjury::reports {
namespace {

TEST(ReadSourceLine, CountsFromOne) {
  const std::string path = ::testing::TempDir() + "tcpjury_context_test.toml";
  std::ofstream{path} << "first\nsecond\n";
  EXPECT_EQ(read_source_line(path, 1), "first");
  EXPECT_EQ(read_source_line(path, 2), "second");
  EXPECT_EQ(read_source_line(path, 3), std::nullopt);
  EXPECT_EQ(read_source_line(path, 0), std::nullopt);
  EXPECT_EQ(read_source_line(path + ".not", 1), std::nullopt);
  std::remove(path.c_str());
}

TEST(CaseNames, FollowTheScenario) {
  engine::CaseResult result;
  result.scenario = "handshake/passive-open";
  result.variant = "family=v6";
  EXPECT_EQ(case_id(result), "handshake/passive-open[family=v6]");
  EXPECT_EQ(topic(result), "handshake");
  result.scenario = "alone";
  EXPECT_EQ(topic(result), "alone");
}

TEST(ReplayCommand, IsOneShellWordPerArgument) {
  engine::CaseResult result;
  result.scenario = "a/b";
  result.variant = "family=v4";
  runner::RunRecord record;
  record.target_name = "my stack; reboot";
  record.profile = "tc8";
  record.seed = 7;
  EXPECT_EQ(replay_command(record, result, {}),
            "tcpjury run 'a/b[family=v4]' --target 'my stack; reboot' --profile tc8 --seed 7");
  Context context;
  context.run = "out.json";
  EXPECT_EQ(replay_command(record, result, context), "tcpjury replay 'out.json:a/b[family=v4]'");
}

}  // namespace
}  // namespace tcpjury::reports
