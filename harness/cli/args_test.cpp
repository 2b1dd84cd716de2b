#include "harness/cli/args.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>

namespace tcpjury::cli {
namespace {

using Words = std::vector<std::string>;

template <class T>
T parsed(const Words& words) {
  const auto result = parse_arguments(words);
  const auto* command = std::get_if<Command>(&result);
  if (command == nullptr) {
    ADD_FAILURE() << std::get<Spoken>(result).text;
    return {};
  }
  if (const auto* args = std::get_if<T>(command)) return *args;
  ADD_FAILURE() << "another command";
  return {};
}

Spoken spoken(const Words& words) {
  const auto result = parse_arguments(words);
  if (const auto* text = std::get_if<Spoken>(&result)) return *text;
  ADD_FAILURE() << "taken for a command";
  return {};
}

TEST(Args, RunHasTheDocumentedDefaults) {
  const auto run = parsed<RunArgs>({"run"});
  EXPECT_EQ(run.target.name, "lwip");
  EXPECT_TRUE(run.cases.names.empty());
  EXPECT_EQ(run.execution.profile, model::Profile::rfc9293);
  EXPECT_FALSE(run.execution.seed.has_value());
  EXPECT_FALSE(run.execution.workers.has_value());
  EXPECT_EQ(run.execution.repeat, 1U);
  EXPECT_FALSE(run.execution.strict_should);
  EXPECT_EQ(run.execution.hang_cpu, std::chrono::seconds{10});
  EXPECT_FALSE(run.cases.family.has_value());
  EXPECT_TRUE(run.output.store);
}

TEST(Args, RunTakesEveryFlagOfTheContract) {
  const auto run = parsed<RunArgs>(
      {"run",   "handshake",  "--target", "linux",     "x.toml",       "--profile", "tc8",       "--plan",
       "smoke", "--family",   "v6",       "--filter",  "tag(a)",       "--tier",    "fast,rare", "-j",
       "4",     "--sessions", "9",        "--seed",    "0x5eed",       "--repeat",  "3",         "--shard",
       "2/5",   "--strict",   "should",   "--report",  "json=a.json",  "--report",  "junit=-",   "--hang-cpu",
       "0.5",   "--link",     "raw",      "--setting", "deterministic"});
  EXPECT_EQ(run.cases.names, (Words{"handshake", "x.toml"}));
  EXPECT_EQ(run.target.name, "linux");
  EXPECT_EQ(run.target.link, "raw");
  EXPECT_EQ(run.target.setting, "deterministic");
  EXPECT_EQ(run.execution.profile, model::Profile::tc8);
  EXPECT_EQ(run.cases.plan, "smoke");
  EXPECT_EQ(run.cases.family, wire::Family::v6);
  EXPECT_EQ(run.cases.filter, "tag(a)");
  EXPECT_EQ(run.cases.tiers, (std::set{scenario::Tier::fast, scenario::Tier::rare}));
  EXPECT_EQ(run.execution.workers, 4U);
  EXPECT_EQ(run.execution.sessions, 9U);
  EXPECT_EQ(run.execution.seed, 0x5eedU);
  EXPECT_EQ(run.execution.repeat, 3U);
  EXPECT_EQ(run.cases.shard, (runner::Shard{2, 5}));
  EXPECT_TRUE(run.execution.strict_should);
  EXPECT_EQ(run.execution.hang_cpu, std::chrono::milliseconds{500});
  ASSERT_EQ(run.output.reports.size(), 2U);
  EXPECT_EQ(run.output.reports[0].path, "a.json");
  EXPECT_EQ(run.output.reports[1].kind, reports::Kind::junit);
}

TEST(Args, SettingsAndFaultsBelongToTheTarget) {
  const auto run = parsed<RunArgs>({"run", "--target", "reference", "--setting", "a=1", "--setting", "b=x=y",
                                    "--fault", "one,two@LISTEN", "--fault", "three"});
  EXPECT_EQ(run.target.settings, (std::map<std::string, std::string>{{"a", "1"}, {"b", "x=y"}}));
  EXPECT_EQ(run.target.setting, "");
  EXPECT_EQ(run.target.faults, (Words{"one", "two@LISTEN", "three"}));
  const auto replay = parsed<ReplayArgs>({"replay", "latest:a/b", "--fault", "one"});
  EXPECT_EQ(replay.target.name, "");
  EXPECT_EQ(replay.target.faults, Words{"one"});
}

TEST(Args, OtherCommandsAreRead) {
  EXPECT_EQ(parsed<ListArgs>({"list", "requirements", "--format", "json"}).what,
            ListArgs::What::requirements);
  EXPECT_EQ(parsed<CheckArgs>({"check", "a", "b"}).paths, (Words{"a", "b"}));
  EXPECT_EQ(parsed<ExplainArgs>({"explain", "exit", "4"}).words, (Words{"exit", "4"}));
  EXPECT_EQ(parsed<CoverageArgs>({"coverage", "--fail-under", "must=90"}).fail_under.at(0).second, 90.0);
  EXPECT_EQ(parsed<DoctorArgs>({"doctor", "--target", "linux"}).target, "linux");
  EXPECT_EQ(parsed<ReplayArgs>({"replay", "latest:a/b"}).what, "latest:a/b");
  EXPECT_EQ(parsed<ReportArgs>({"report", "latest", "--report", "tap=x"}).output.reports.size(), 1U);
  EXPECT_EQ(parsed<DiffArgs>({"diff", "a", "b"}).after, "b");
  EXPECT_EQ(parsed<CompletionArgs>({"completion", "bash"}).shell, "bash");
  (void)parsed<SchemaArgs>({"schema"});
  (void)parsed<SelftestArgs>({"selftest"});
  (void)parsed<WorkerArgs>({"worker"});
}

struct Wrong {
  Words words;
  std::string_view message;
  std::string_view hint;
};

TEST(Args, EveryUsageErrorIsTwoAndSuggestsAWayOut) {
  const Wrong rows[] = {
      {{"runn"}, "unknown command 'runn'", "did you mean 'run'?"},
      {{"lists", "scenarios"}, "unknown command 'lists'", "did you mean 'list'?"},
      {{"--verison"}, "unknown flag '--verison'", "did you mean '--version'?"},
      {{"run", "--taget", "lwip"}, "unknown flag '--taget'", "did you mean '--target'?"},
      {{"run", "--taget=lwip"}, "unknown flag '--taget'", "did you mean '--target'?"},
      {{"run", "--family", "v5"}, "'v5' is no value of --family", "did you mean 'v4'?"},
      {{"run", "--tier", "fast,slwo"}, "'slwo' is no value of --tier", "choose one of"},
      {{"run", "--profile", "rfc9923"}, "'rfc9923' is no value of --profile", "did you mean 'rfc9293'?"},
      {{"run", "--shard", "6/5"}, "'6/5' is not a shard", "--shard 2/5"},
      {{"run", "--seed", "x"}, "'x' is no value of --seed", "decimal or with 0x"},
      {{"run", "--seed", "99999999999999999999"}, "is no value of --seed", "decimal"},
      {{"run", "-j", "0"}, "--jobs must be 1 to 1024", ""},
      {{"run", "-j", "many"}, "'many' is no value of --jobs", "number"},
      {{"run", "--repeat", "0"}, "--repeat must be at least 1", ""},
      {{"run", "--repeat", "x"}, "--repeat", ""},
      {{"run", "--strict", "must"}, "'must' is no value of --strict", "should"},
      {{"run", "--report", "jsn=a"}, "jsn", "json"},
      {{"run", "--report", "json"}, "json", ""},
      {{"run", "--hang-cpu", "0"}, "--hang-cpu", "seconds"},
      {{"run", "--link", "tap"}, "'tap' is no value of --link", ""},
      {{"run", "--setting", "asis"}, "'asis' is no value of --setting", "as-is"},
      {{"run", "--setting", "a=1", "--setting", "a=2"}, "--setting a is given twice", ""},
      {{"run", "--color", "red"}, "'red' is no value of --color", ""},
      {{"run", "--target"}, "--target", ""},
      {{"list"}, "what", ""},
      {{"list", "scenario"}, "'scenario' is no value of list", "did you mean 'scenarios'?"},
      {{"list", "scenarios", "--format", "xml"}, "'xml' is no value of --format", "choose one of"},
      {{"check", "--frmat", "json"}, "unknown flag '--frmat'", "did you mean '--format'?"},
      {{"explain"}, "words", ""},
      {{"explain", "--all"}, "unknown flag '--all'", ""},
      {{"coverage", "--fail-under", "must"}, "'must' is no value of --fail-under", "must=90"},
      {{"coverage", "--fail-under", "must=101"}, "'must=101' is no value of --fail-under", "must=90"},
      {{"coverage", "--fail-under", "most=90"}, "'most' is no value of --fail-under", "did you mean 'must'?"},
      {{"coverage", "--by", "topic"}, "'topic' is no value of --by", "choose one of"},
      {{"doctor", "linux"}, "'linux' is one argument too many", ""},
      {{"replay"}, "what", ""},
      {{"report"}, "run", ""},
      {{"diff", "a"}, "after", ""},
      {{"schema", "x"}, "'x' is one argument too many", ""},
      {{"selftest", "--random", "9", "--avoid", "syn,ack"}, "'ack' is no value of --avoid", "choose one of"},
      {{"selftest", "--random", "9", "--matrix", "x.md"}, "--matrix does not go with --random", ""},
      {{"selftest", "--fast"}, "unknown flag '--fast'", ""},
      {{"completion", "fsh"}, "'fsh' is no value of completion", "bash"},
      {{"completion"}, "shell", ""},
  };
  for (const Wrong& row : rows) {
    const Spoken text = spoken(row.words);
    EXPECT_EQ(text.exit, 2) << testing::PrintToString(row.words);
    EXPECT_NE(text.text.find(row.message), std::string::npos) << text.text;
    EXPECT_NE(text.text.find(row.hint), std::string::npos) << text.text;
    EXPECT_NE(text.text.find("--help"), std::string::npos) << text.text;
  }
}

TEST(Args, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(spoken({"--version"}).exit, 0);
  EXPECT_EQ(spoken({"--version"}).text.substr(0, 8), "tcpjury ");
  EXPECT_EQ(spoken({"--help"}).exit, 0);
  for (const CommandFlags& command : command_flags()) {
    const Spoken help = spoken({command.command, "--help"});
    EXPECT_EQ(help.exit, 0) << command.command;
    for (const std::string& flag : command.flags) EXPECT_NE(help.text.find(flag), std::string::npos) << flag;
  }
}

TEST(Args, WithoutACommandTheHelpIsShown) {
  EXPECT_EQ(spoken({}).exit, 2);
  EXPECT_NE(spoken({}).text.find("run"), std::string::npos);
}

TEST(Args, TheWorkerIsHidden) {
  EXPECT_EQ(spoken({"--help"}).text.find("worker"), std::string::npos);
  EXPECT_TRUE(std::ranges::none_of(command_flags(), [](const auto& one) { return one.command == "worker"; }));
}

class Environment : public testing::Test {
 protected:
  void set(const char* name, const char* value) {
    ::setenv(name, value, 1);
    names_.push_back(name);
  }
  void TearDown() override {
    for (const char* name : names_) ::unsetenv(name);
  }

 private:
  std::vector<const char*> names_;
};

TEST_F(Environment, FlagsHaveTwins) {
  set("TCPJURY_TARGET", "linux");
  set("TCPJURY_HANG_CPU", "3");
  set("TCPJURY_JOBS", "2");
  set("TCPJURY_REPORT", "json=x.json");
  set("TCPJURY_QUIET", "true");
  const auto run = parsed<RunArgs>({"run"});
  EXPECT_EQ(run.target.name, "linux");
  EXPECT_EQ(run.execution.hang_cpu, std::chrono::seconds{3});
  EXPECT_EQ(run.execution.workers, 2U);
  ASSERT_EQ(run.output.reports.size(), 1U);
  EXPECT_TRUE(run.output.quiet);
}

TEST_F(Environment, FaultsHaveATwin) {
  set("TCPJURY_FAULT", "one,two@LISTEN");
  EXPECT_EQ(parsed<RunArgs>({"run"}).target.faults, (Words{"one", "two@LISTEN"}));
}

TEST_F(Environment, AFlagWinsOverItsTwin) {
  set("TCPJURY_TARGET", "linux");
  set("TCPJURY_SETTING", "as-is");
  const auto run = parsed<RunArgs>({"run", "--target", "lwip", "--setting", "deterministic"});
  EXPECT_EQ(run.target.name, "lwip");
  EXPECT_EQ(run.target.setting, "deterministic");
}

TEST_F(Environment, AWrongTwinIsAUsageError) {
  set("TCPJURY_FAMILY", "v5");
  EXPECT_EQ(spoken({"run"}).exit, 2);
}

}  // namespace
}  // namespace tcpjury::cli
