#include "reports/json/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/testing/golden.h"
#include "reports/testing/sample.h"

namespace tcpjury::reports {
namespace {

using nlohmann::json;
using testing::expect_golden;
using ::testing::HasSubstr;
using testing::hostile_run;
using testing::sample_context;
using testing::sample_run;

TEST(JsonReport, IsPinned) {
  expect_golden(json_report(sample_run(), sample_context()), "json/golden/sample.json");
}

TEST(JsonReport, CarriesTheMembersOfTheContract) {
  const json run = json::parse(json_report(sample_run(), sample_context()));
  EXPECT_EQ(run["schema"], "tcpjury.run/1");
  EXPECT_EQ(run["tool"]["version"], "0.1.0");
  EXPECT_EQ(run["target"]["name"], "lwip");
  EXPECT_EQ(run["seed"], 24301);
  EXPECT_EQ(run["partial"], false);
  const json& failed = run["results"][2];
  EXPECT_EQ(failed["scenario"], "handshake/rcv-ack-syn-received-bad-ack");
  EXPECT_EQ(failed["verdict"], "fail");
  EXPECT_EQ(failed["expected"], "pass");
  EXPECT_EQ(failed["clock"], "virtual");
  EXPECT_EQ(failed["duration_s"], 0.312);
  EXPECT_EQ(failed["violations"][0]["level"], "MUST");
  EXPECT_EQ(failed["violations"][0]["state"], "SYN-RECEIVED");
  EXPECT_EQ(failed["violations"][0]["want"], json::array({"<SEQ=4000000002><CTL=RST>"}));
  EXPECT_EQ(failed["artifacts"], json::array({"runs/01j9x/bad-ack.pcapng"}));
  EXPECT_EQ(failed["replay"], "tcpjury replay '01j9x:handshake/rcv-ack-syn-received-bad-ack[family=v4]'");
  EXPECT_EQ(run["results"][3]["expected"], "fail");
  EXPECT_EQ(run["results"][3]["deviation"], "rst-with-ack");
  EXPECT_EQ(run["results"][5]["clock"], "real");
  EXPECT_EQ(run["results"][6]["missing"], "status");
}

TEST(JsonReport, SummaryCountsEveryVerdict) {
  const json run = json::parse(json_report(sample_run(), {}));
  for (const char* verdict :
       {"pass", "warn", "fail", "xfail", "xpass", "inconclusive", "not-applicable", "error"}) {
    EXPECT_EQ(run["summary"][verdict], 1) << verdict;
  }
}

TEST(JsonReport, HostileTextsStayValidJson) {
  const json run = json::parse(json_report(hostile_run(), sample_context()));
  EXPECT_EQ(run["results"].size(), 8U);
  EXPECT_THAT(run["results"][2]["title"].get<std::string>(), HasSubstr("stray \ufffd\ufffd octets"));
}

TEST(JsonReport, RunWithoutAStoreStillSaysHowToRunTheCaseAgain) {
  const json run = json::parse(json_report(sample_run(), {}));
  EXPECT_EQ(run["results"][0]["replay"],
            "tcpjury run 'handshake/passive-open[family=v4]' --target lwip --profile rfc9293 --seed 24301");
}

/// Everything a report can show, as text: two records are the same when their reports are.
std::string all_of(const runner::RunRecord& record) { return json_report(record, {}); }

TEST(ReadRun, GivesBackWhatWasWritten) {
  const runner::RunRecord written = sample_run();
  const auto read = read_run(json_report(written, sample_context()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(all_of(*read), all_of(written));
  EXPECT_EQ(read->target_version, "2.1.3");
  EXPECT_EQ(read->wall, std::chrono::milliseconds{41'200});
  EXPECT_EQ(read->results[2].violations[0].what, written.results[2].violations[0].what);
  EXPECT_EQ(read->results[2].transcript[2].octets, written.results[2].transcript[2].octets);
  EXPECT_EQ(read->results[2].transcript[3].at, clock_epoch + std::chrono::milliseconds{201});
  EXPECT_EQ(read->results[5].clock, ClockKind::real_time);
}

TEST(ReadRun, KeepsEveryNanosecondAndTheWholeSeed) {
  runner::RunRecord written;
  written.seed = 0xffff'ffff'ffff'ffff;
  written.wall = Duration{7'200'000'000'001};
  const auto read = read_run(json_report(written, {}));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->seed, 0xffff'ffff'ffff'ffffU);
  EXPECT_EQ(read->wall.count(), 7'200'000'000'001);
}

TEST(ReadRun, ReadsHostileTextsOnceTheyAreValid) {
  const auto read = read_run(json_report(hostile_run(), {}));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(all_of(*read), all_of(hostile_run()));
}

TEST(ReadRun, IgnoresUnknownMembers) {
  const auto read = read_run(R"({"schema":"tcpjury.run/1","future":[{}],"results":[
      {"scenario":"a/b","variant":"family=v4","verdict":"pass","mood":"good"}]})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->results.at(0).scenario, "a/b");
}

struct Broken {
  std::string text;
  std::string message;
};
class ReadBrokenRun : public ::testing::TestWithParam<Broken> {};

TEST_P(ReadBrokenRun, NamesThePlace) {
  const auto read = read_run(GetParam().text);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr(GetParam().message));
  EXPECT_FALSE(read.error().hint.empty());
}

std::string run_with(const std::string& results) {
  return R"({"schema":"tcpjury.run/1","results":)" + results + "}";
}
std::string case_with(const std::string& members) {
  return run_with(R"([{"scenario":"a/b","variant":"v","verdict":"fail",)" + members + "}]");
}

INSTANTIATE_TEST_SUITE_P(
    All, ReadBrokenRun,
    ::testing::Values(
        Broken{"", "line 1, column 1"}, Broken{"{\n\"schema\" 1}", "line 2, column 10"},
        Broken{"\xff\xfe", "line 1"}, Broken{std::string(100'000, '['), "is no JSON"},
        Broken{"[]", "the document must be an object"}, Broken{"{}", "the document lacks the member schema"},
        Broken{R"({"schema":"tcpjury.run/2","results":[]})", "schema must be \"tcpjury.run/1\""},
        Broken{R"({"schema":"tcpjury.run/1"})", "the document lacks the member results"},
        Broken{R"({"schema":"tcpjury.run/1","results":[],"seed":-1})", "seed must be a whole number"},
        Broken{R"({"schema":"tcpjury.run/1","results":[],"wall_s":1e300})",
               "wall_s must be a number of seconds"},
        Broken{R"({"schema":"tcpjury.run/1","results":[],"wall_s":1e999})", "out of range"},
        Broken{R"({"schema":"tcpjury.run/1","results":[],"target":3})", "target must be an object"},
        Broken{R"({"schema":"tcpjury.run/1","results":[],"features":{"mss":1}})",
               "features.mss must be a text"},
        Broken{run_with("{}"), "results must be an array"},
        Broken{run_with("[1]"), "results[0] must be an object"},
        Broken{run_with(R"([{"scenario":"a/b","variant":"v"}])"), "results[0] lacks the member verdict"},
        Broken{run_with(R"([{"scenario":"a/b","variant":"v","verdict":"good"}])"),
               "results[0].verdict has the unknown value \"good\""},
        Broken{case_with(R"("violations":[{"level":"must"}])"),
               "results[0].violations[0].level has the unknown"},
        Broken{case_with(R"("violations":[{"step":4294967296}])"), "results[0].violations[0].step must be"},
        Broken{case_with(R"("violations":[{"state":"DEAD"}])"),
               "results[0].violations[0].state has the unknown"},
        Broken{case_with(R"("transcript":[{"octets":"4g"}])"), "transcript[0].octets must hold hexadecimal"},
        Broken{case_with(R"("transcript":[{"octets":"450"}])"), "transcript[0].octets must have two"},
        Broken{case_with(R"("duration_s":"1")"), "results[0].duration_s must be a number"}));

TEST(ReadRun, EveryCutOfARealRecordIsAnErrorAndNothingWorse) {
  runner::RunRecord small = sample_run();
  small.results.resize(3);
  const std::string text = json_report(small, {});
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    EXPECT_FALSE(read_run(std::string_view{text}.substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace tcpjury::reports
