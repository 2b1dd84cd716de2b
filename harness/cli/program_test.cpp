// The program as users run it: exit codes, output, and the same again from the store.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "reports/json/json.h"

namespace tcpjury::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

struct Ran {
  int exit = -1;
  std::string out;
  std::string err;
};

std::string read(const fs::path& file) {
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class Program : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "tcpjury-cli-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    ::setenv("XDG_STATE_HOME", (folder_ / "state").c_str(), 1);
    ::unsetenv("TCPJURY_SCENARIOS");
    ::unsetenv("TCPJURY_PLUGINS");
  }
  void TearDown() override { fs::remove_all(folder_); }

  Ran run(std::vector<std::string> words) const {
    words.insert(words.begin(), TCPJURY_PROGRAM);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const fs::path out = folder_ / "out";
    const fs::path err = folder_ / "err";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, TCPJURY_PROGRAM, &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return {};
    int status = 0;
    ::waitpid(pid, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(out), read(err)};
  }

  fs::path write(const std::string& name, std::string_view text) const {
    const fs::path file = folder_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream{file} << text;
    return file;
  }

  fs::path folder_;
};

bool is_built(const std::string& target) {
  return fs::exists(fs::path{TCPJURY_PROGRAM}.parent_path() / "../targets" /
                    ("tcpjury_target_" + target + ".so"));
}

constexpr std::string_view good_scenario = R"(
id = "mine"
title = "A SYN is answered"
requirements = ["RFC9293-3.10.7.2-SYN-LISTEN"]
tags = ["own"]
[[step]]
call = { listen = {} }
[[step]]
send = { ctl = "SYN", seq = "J" }
[[step]]
expect = { ctl = "SYN,ACK", ack = "J+1" }
)";

/// What lwIP answers to a SYN is never a bare reset here: the step names a requirement, so this fails.
constexpr std::string_view failing_scenario = R"(
id = "wrong"
title = "A wrong expectation"
[[step]]
call = { listen = {} }
[[step]]
send = { ctl = "SYN", seq = "J" }
[[step]]
expect = { ctl = "RST" }
requirement = "RFC9293-3.10.7.2-SYN-LISTEN"
)";

TEST_F(Program, UsageErrorsAreTwo) {
  EXPECT_EQ(run({}).exit, 2);
  EXPECT_EQ(run({"runn"}).exit, 2);
  const Ran unknown = run({"run", "--target", "lwipp"});
  EXPECT_EQ(unknown.exit, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'lwip'?"));
  EXPECT_EQ(run({"run", "--target", "/does/not/exist.so"}).exit, 2);
  EXPECT_EQ(run({"report", "latest"}).exit, 2);
  EXPECT_EQ(run({"coverage"}).exit, 2);
  EXPECT_EQ(run({"replay", "latest:x"}).exit, 2);
  EXPECT_EQ(run({"diff", "a", "b"}).exit, 2);
}

TEST_F(Program, VersionIsOneLine) {
  const Ran version = run({"--version"});
  EXPECT_EQ(version.exit, 0);
  EXPECT_EQ(version.out, "tcpjury " TCPJURY_VERSION "\n");
}

TEST_F(Program, ExplainKnowsEveryKindOfWord) {
  struct Row {
    std::vector<std::string> words;
    std::string text;
  };
  const Row rows[] = {
      {{"RFC9293-MUST-2"}, "RFC 9293 section"},
      {{"inconclusive"}, "Could not be decided"},
      {{"fin_wait_1"}, "state FIN-WAIT-1"},
      {{"exit", "4"}, "No case is selected"},
      {{"exit"}, "  130  Interrupted"},
      {{"S001"}, "S001"},
      {{"d003"}, "never matches on a requirement alone"},
      {{"r004"}, "does not exist"},
      {{"TARGET-CRASH"}, "ended its process"},
      {{"step.expect"}, "expect"},
      {{"filter"}, "state(X)"},
  };
  for (const Row& row : rows) {
    std::vector<std::string> words{"explain"};
    words.insert(words.end(), row.words.begin(), row.words.end());
    const Ran ran = run(words);
    EXPECT_EQ(ran.exit, 0) << row.words[0] << ": " << ran.err;
    EXPECT_THAT(ran.out, HasSubstr(row.text));
  }
  const Ran unknown = run({"explain", "RFC9293-MUST-2x"});
  EXPECT_EQ(unknown.exit, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean"));
}

TEST_F(Program, ListsAreGolden) {
  EXPECT_EQ(run({"list", "plans"}).out,
            "NAME     FILTER      DESCRIPTION\n"
            "smoke    tag(smoke)  a first look: the fast cases tagged smoke\n"
            "certify              everything a report about conformance needs: fast and slow cases\n"
            "nightly              all there is, rare cases included\n");
  EXPECT_EQ(run({"list", "profiles", "--format", "plain"}).out, "rfc9293\nrfc793-1122\ntc8\n");
  EXPECT_EQ(run({"list", "targets", "--format", "plain"}).out, "lwip\nreference\nlinux\n");
  EXPECT_EQ(run({"list", "runs", "--format", "json"}).out, "[]\n");
}

TEST_F(Program, ListsOfScenariosTakeTheSelectionOfRun) {
  const fs::path file = write("mine.toml", good_scenario);
  EXPECT_EQ(run({"list", "scenarios", file.string(), "--family", "v4", "--format", "plain"}).out,
            "mine[family=v4]\n");
  EXPECT_EQ(run({"list", "scenarios", file.string(), "--filter", "family(v6)", "--format", "plain"}).out,
            "mine[family=v6]\n");
  EXPECT_THAT(run({"list", "scenarios", file.string(), "--format", "json"}).out,
              HasSubstr(R"("requirements":"RFC9293-3.10.7.2-SYN-LISTEN")"));
  EXPECT_EQ(run({"list", "scenarios", file.string(), "--filter", "tag("}).exit, 2);
}

TEST_F(Program, EveryShippedScenarioIsWellFormed) {
  const Ran ran = run({"check"});
  EXPECT_EQ(ran.exit, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("no mistakes"));
}

TEST_F(Program, AFileWithMistakesIsThreeAndRunsNothing) {
  const fs::path file = write("bad.toml", "id = \"bad\"\ntitle = 7\n[[stp]]\n");
  const Ran checked = run({"check", file.string()});
  EXPECT_EQ(checked.exit, 3);
  EXPECT_THAT(checked.out, HasSubstr(file.string() + ":2:"));
  EXPECT_THAT(run({"check", file.string(), "--format", "json"}).out, HasSubstr(R"("code":"S0)"));
  if (!is_built("lwip")) GTEST_SKIP() << "the target lwip is not built";
  EXPECT_EQ(run({"run", file.string()}).exit, 3);
  EXPECT_FALSE(fs::exists(folder_ / "state"));
}

TEST_F(Program, NothingSelectedIsFour) {
  if (!is_built("lwip")) GTEST_SKIP() << "the target lwip is not built";
  const Ran ran = run({"run", "--filter", "tag(nobody-has-this)"});
  EXPECT_EQ(ran.exit, 4) << ran.err;
  EXPECT_EQ(run({"run", "--filter", "tag(nobody-has-this)", "--no-tests", "pass"}).exit, 0);
  const Ran misspelt = run({"run", "handshake/passive-opn"});
  EXPECT_EQ(misspelt.exit, 4);
  EXPECT_THAT(misspelt.err, HasSubstr("handshake/passive-open'?"));
}

TEST_F(Program, APassIsZeroAndIsStored) {
  if (!is_built("lwip")) GTEST_SKIP() << "the target lwip is not built";
  const fs::path file = write("mine.toml", good_scenario);
  const fs::path json = folder_ / "run.json";
  const Ran ran = run({"run", file.string(), "--seed", "7", "--report", "json=" + json.string()});
  EXPECT_EQ(ran.exit, 0) << ran.out << ran.err;
  const auto record = reports::read_run(read(json));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->seed, 7U);
  EXPECT_EQ(record->target_name, "lwip");
  ASSERT_EQ(record->results.size(), 2U);
  EXPECT_EQ(record->results[0].variant, "family=v4");
  EXPECT_EQ(record->results[1].variant, "family=v6");

  EXPECT_THAT(run({"list", "runs"}).out, HasSubstr("0x7"));
  const fs::path junit = folder_ / "again.xml";
  EXPECT_EQ(run({"report", "latest", "--report", "junit=" + junit.string()}).exit, 0);
  EXPECT_THAT(read(junit), HasSubstr("<testsuite"));
  EXPECT_EQ(run({"coverage"}).exit, 0);
  EXPECT_EQ(run({"coverage", "--fail-under", "must=100"}).exit, 6);
  EXPECT_THAT(run({"coverage", "--format", "json"}).out, HasSubstr("RFC9293-3.10.7.2-SYN-LISTEN"));
}

TEST_F(Program, AFailIsOneAndReplays) {
  if (!is_built("lwip")) GTEST_SKIP() << "the target lwip is not built";
  const fs::path file = write("wrong.toml", failing_scenario);
  const fs::path before = folder_ / "before.json";
  const Ran ran =
      run({"run", file.string(), "--family", "v4", "--seed", "9", "--report", "json=" + before.string()});
  EXPECT_EQ(ran.exit, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("FAIL"));
  const Ran again = run({"replay", "latest:wrong[family=v4]"});
  EXPECT_EQ(again.exit, 1) << again.out << again.err;
  EXPECT_THAT(again.err, HasSubstr("the same violation came again"));

  write("wrong.toml", std::string{good_scenario}.replace(7, 4, "wrong"));
  const Ran mended = run({"run", file.string(), "--family", "v4", "--seed", "9"});
  EXPECT_EQ(mended.exit, 0) << mended.out << mended.err;
  EXPECT_EQ(run({"diff", before.string(), "latest"}).exit, 0);
  const Ran worse = run({"diff", "latest", before.string()});
  EXPECT_EQ(worse.exit, 6);
  EXPECT_THAT(worse.out, HasSubstr("1 for the worse"));
}

TEST_F(Program, AKnownDeviationIsExpected) {
  if (!is_built("lwip")) GTEST_SKIP() << "the target lwip is not built";
  const fs::path file = write("wrong.toml", failing_scenario);
  const fs::path plain = folder_ / "plain.json";
  ASSERT_EQ(run({"run", file.string(), "--family", "v4", "--report", "json=" + plain.string()}).exit, 1);
  const auto record = reports::read_run(read(plain));
  ASSERT_TRUE(record);
  const auto& violation = record->results.at(0).violations.at(0).what;
  const std::string entry = "[[deviation]]\nid = \"d\"\nrequirement = \"" + violation.requirement +
                            "\"\nstate = \"" + std::string{model::to_string(violation.state)} +
                            "\"\nevent = \"" + violation.event +
                            "\"\npattern = \"SYN,ACK\"\nreason = \"r\"\nsource = \"s\"\n";
  const fs::path deviations = write("deviations.toml", entry);
  const Ran expected = run({"run", file.string(), "--family", "v4", "--deviations", deviations.string()});
  EXPECT_EQ(expected.exit, 0) << expected.out << expected.err;
  write("deviations.toml", "[[deviation]]\nid = 7\n");
  EXPECT_EQ(run({"run", file.string(), "--deviations", deviations.string()}).exit, 3);
}

TEST_F(Program, TheSameSeedGivesTheSameReport) {
  if (!is_built("lwip")) GTEST_SKIP() << "the target lwip is not built";
  const fs::path file = write("mine.toml", good_scenario);
  std::string first;
  for (const char* workers : {"1", "3"}) {
    const fs::path tap = folder_ / "run.tap";
    ASSERT_EQ(run({"run", file.string(), "--seed", "5", "-j", workers, "--repeat", "8", "--report",
                   "tap=" + tap.string()})
                  .exit,
              0);
    if (first.empty()) first = read(tap);
    EXPECT_EQ(read(tap), first);
  }
}

TEST_F(Program, AReportOnStandardOutputStandsThereAlone) {
  if (!is_built("lwip")) GTEST_SKIP() << "the target lwip is not built";
  const fs::path file = write("mine.toml", good_scenario);
  const Ran ran = run({"run", file.string(), "--report", "json=-"});
  EXPECT_TRUE(reports::read_run(ran.out)) << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("pass"));
}

TEST_F(Program, APluginThatIsNoneIsEleven) {
  const fs::path file = write("mine.toml", good_scenario);
  const fs::path plugin = write("libno.so", "not an object");
  const Ran ran = run({"run", file.string(), "--target", plugin.string()});
  EXPECT_EQ(ran.exit, 11) << ran.err;
}

TEST_F(Program, ADescriptionMustNameAPlugin) {
  const fs::path description = write("mystack.toml", "name = \"x\"\n");
  const Ran ran = run({"run", "--target", description.string()});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_THAT(ran.err, HasSubstr("plugin = "));
}

TEST_F(Program, TheSelftestConvictsAndAcquits) {
  const Ran ran = run({"selftest"});
  EXPECT_EQ(ran.exit, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("ok    an honest stack passes"));
  EXPECT_THAT(ran.out, HasSubstr("ok    a mute stack is convicted"));
  EXPECT_THAT(ran.out, HasSubstr("ok    a lying stack is convicted"));
}

TEST_F(Program, ARandomSelftestCountsAndIsTheSameAgain) {
  if (!is_built("lwip")) GTEST_SKIP() << "the target lwip is not built";
  const std::vector<std::string> words{"selftest", "--random", "300", "--target", "lwip", "--seed", "7"};
  const Ran ran = run(words);
  EXPECT_THAT(ran.out, HasSubstr(" events in "));
  EXPECT_THAT(ran.out, HasSubstr(", 0 not the same"));
  EXPECT_EQ(run(words).out, ran.out);
  EXPECT_EQ(run({"selftest", "--random", "10", "--target", "linux"}).exit, 2);
}

TEST_F(Program, RandomExchangesAccuseNobodyWhoDoesWhatTheRfcSays) {
  if (!is_built("reference")) GTEST_SKIP() << "the target reference is not built";
  const std::vector<std::string> words{"selftest",  "--random", "20000", "--target",
                                       "reference", "--seed",   "1000"};
  const Ran ran = run(words);
  EXPECT_EQ(ran.exit, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("accused       0 sessions"));
  EXPECT_EQ(run(words).out, ran.out);  // the same seed, the same transcript
}

TEST_F(Program, FaultsAreListedExplainedAndGoWithTheReferenceAlone) {
  EXPECT_THAT(run({"list", "faults"}).out, HasSubstr("syn-ignored"));
  EXPECT_THAT(run({"list", "faults", "--format", "json"}).out,
              HasSubstr(R"("name":"syn-ignored","requirements":")"));
  const Ran page = run({"explain", "syn-ignored"});
  EXPECT_EQ(page.exit, 0);
  EXPECT_THAT(page.out, HasSubstr("RFC9293-3.10.7.2-SYN-LISTEN (MUST)"));

  const Ran other = run({"run", "--target", "linux", "--fault", "syn-ignored"});
  EXPECT_EQ(other.exit, 2);
  EXPECT_THAT(other.err, HasSubstr("--target reference"));
  if (!is_built("reference")) GTEST_SKIP() << "the target reference is not built";
  const Ran unknown = run({"run", "--target", "reference", "--fault", "syn-ignred"});
  EXPECT_EQ(unknown.exit, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'syn-ignored'?"));
  const Ran state = run({"run", "--target", "reference", "--fault", "syn-ignored@LISTN"});
  EXPECT_EQ(state.exit, 2);
  EXPECT_THAT(state.err, HasSubstr("did you mean 'LISTEN'?"));
}

TEST_F(Program, AFaultIsConvictedRecordedAndReplayed) {
  if (!is_built("reference")) GTEST_SKIP() << "the target reference is not built";
  const fs::path file = write("mine.toml", good_scenario);
  EXPECT_EQ(run({"run", file.string(), "--target", "reference"}).exit, 0);
  const fs::path json = folder_ / "run.json";
  const Ran ran = run({"run", file.string(), "--target", "reference", "--fault", "syn-ignored@LISTEN",
                       "--family", "v4", "--report", "json=" + json.string()});
  EXPECT_EQ(ran.exit, 1) << ran.out << ran.err;
  const auto record = reports::read_run(read(json));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->environment.at("target.setting.fault"), "syn-ignored@LISTEN");
  EXPECT_EQ(run({"replay", "latest:mine"}).exit, 1);
  EXPECT_EQ(run({"replay", "latest:mine", "--target", "reference"}).exit, 0);
}

TEST_F(Program, APluginRefusesASettingItDoesNotKnow) {
  if (!is_built("lwip")) GTEST_SKIP() << "the target lwip is not built";
  const fs::path file = write("mine.toml", good_scenario);
  const Ran ran = run({"run", file.string(), "--setting", "colour=red"});
  EXPECT_EQ(ran.exit, 11) << ran.err;
  EXPECT_EQ(run({"run", "--target", "linux", "--setting", "colour=red"}).exit, 2);
}

TEST_F(Program, TheDoctorSaysWhatWorks) {
  const Ran ran = run({"doctor", "--format", "json"});
  EXPECT_EQ(ran.exit, 0);
  EXPECT_THAT(ran.out, HasSubstr("\"network namespace\""));
}

TEST_F(Program, TheCompletionIsAScriptThatBashReads) {
  const Ran ran = run({"completion", "bash"});
  EXPECT_EQ(ran.exit, 0);
  const fs::path file = write("completion.bash", ran.out);
  EXPECT_EQ(std::system(("bash -n " + file.string()).c_str()), 0);
  EXPECT_THAT(ran.out, HasSubstr("--target"));
}

TEST_F(Program, TheSchemaIsTheCommittedOne) {
  EXPECT_EQ(run({"schema"}).out,
            read(fs::path{TCPJURY_SOURCE_DIR} / "scenarios/schema/scenario.schema.json"));
}

}  // namespace
}  // namespace tcpjury::cli
