#include "harness/runner/deviations.h"

#include <gtest/gtest.h>

namespace tcpjury::runner {
namespace {

using engine::Verdict;

constexpr std::string_view good = R"(
[[deviation]]
id = "no-challenge"
requirement = "RFC9293-MUST-1"
state = "FIN-WAIT-*"
event = "RST-IN-WINDOW"
pattern = "nothing"
versions = ">=2.1, <2.2"
reason = "why"
source = "where"
)";

Deviation entry() {
  return {.id = "d",
          .requirement = "RFC9293-MUST-1",
          .state = "ESTABLISHED",
          .event = "RST-IN-WINDOW",
          .pattern = "nothing",
          .reason = "r",
          .source = "s"};
}

engine::CaseResult failed(std::string event, std::string got) {
  engine::CaseResult result;
  result.scenario = "reset/in-window";
  result.variant = "family=v4";
  result.verdict = Verdict::fail;
  result.requirements = {{"RFC9293-MUST-1", Verdict::fail}};
  engine::CaseViolation violation;
  violation.what.requirement = "RFC9293-MUST-1";
  violation.what.state = model::State::established;
  violation.what.event = std::move(event);
  violation.what.got = std::move(got);
  violation.what.message = "the answer is missing";
  result.violations = {violation};
  return result;
}

TEST(DeviationsFile, ReadsItsEntries) {
  Diagnostics diagnostics;
  const auto entries = parse_deviations(good, "d.toml", diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << to_string(diagnostics.front());
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].id, "no-challenge");
  EXPECT_EQ(entries[0].state, "FIN-WAIT-*");
  EXPECT_EQ(entries[0].versions, ">=2.1, <2.2");
  EXPECT_FALSE(entries[0].always);
}

TEST(DeviationsFile, AnEmptyFileHasNoEntries) {
  Diagnostics diagnostics;
  EXPECT_TRUE(parse_deviations("# none\n", "d.toml", diagnostics).empty());
  EXPECT_TRUE(diagnostics.empty());
}

TEST(DeviationsFile, ComplaintsHaveACodeAndALine) {
  struct Row {
    std::string text;
    std::string code;
    std::uint32_t line;
  };
  const std::string body = std::string{good};
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = body;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const Row rows[] = {
      {"x = 1\n", "D001", 1},
      {"deviation = 1\n", "D001", 1},
      {replaced("event =", "evnt ="), "D002", 6},
      {replaced("pattern = \"nothing\"\n", ""), "D003", 2},
      {replaced("\"why\"", "7"), "D004", 9},
      {replaced("\"why\"", "\"\""), "D004", 9},
      {body + body, "D005", 12},
      {replaced("FIN-WAIT-*\"\nevent = \"RST-IN-WINDOW", "*\"\nevent = \"*"), "D006", 2},
      {body + "always = true\n", "D007", 2},
      {replaced("\"nothing\"", "\"/(/\""), "D008", 2},
  };
  for (const Row& row : rows) {
    Diagnostics diagnostics;
    EXPECT_TRUE(parse_deviations(row.text, "d.toml", diagnostics).empty()) << row.code;
    ASSERT_FALSE(diagnostics.empty()) << row.code;
    EXPECT_EQ(diagnostics.front().code, row.code);
    EXPECT_EQ(diagnostics.front().where.line, row.line) << row.code;
    EXPECT_EQ(diagnostics.front().where.file, "d.toml");
  }
}

TEST(Versions, AreComparedPartByPart) {
  struct Row {
    std::string_view version;
    std::string_view range;
    bool in;
  };
  const Row rows[] = {
      {"2.1.3", "", true},
      {"2.1.3", ">=2.1", true},
      {"2.1.3", ">=2.1, <2.2", true},
      {"2.2.0", ">=2.1,<2.2", false},
      {"2.10", ">2.9", true},
      {"2.1", "=2.1.0", true},
      {"2.1.0", "2.1", true},
      {"6.1.0-18-amd64", "<=6.1", true},
      {"5.9", ">=5.10", false},
      {"", ">=1", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(version_in_range(row.version, row.range), row.in) << row.version << " in " << row.range;
  }
}

TEST(Deviations, AFailThatIsCoveredIsExpected) {
  DeviationFilter filter{{entry()}, "2.1"};
  auto result = failed("RST-IN-WINDOW", "nothing");
  filter.apply(result);
  EXPECT_EQ(result.verdict, Verdict::xfail);
  EXPECT_EQ(result.violations[0].deviation, "d");
  EXPECT_TRUE(filter.remarks().empty());
}

TEST(Deviations, NothingMatchesOnTheRequirementAlone) {
  struct Row {
    const char* what;
    engine::CaseResult result;
  };
  auto other_state = failed("RST-IN-WINDOW", "nothing");
  other_state.violations[0].what.state = model::State::listen;
  auto other_requirement = failed("RST-IN-WINDOW", "nothing");
  other_requirement.violations[0].what.requirement = "RFC9293-MUST-10";
  const Row rows[] = {
      {"event", failed("SYN-IN-WINDOW", "nothing")},
      {"got", failed("RST-IN-WINDOW", "<CTL=RST>")},
      {"state", other_state},
      {"requirement", other_requirement},
  };
  for (Row row : rows) {
    DeviationFilter filter{{entry()}, "2.1"};
    filter.apply(row.result);
    EXPECT_EQ(row.result.verdict, Verdict::fail) << row.what;
    EXPECT_TRUE(row.result.violations[0].deviation.empty()) << row.what;
  }
}

TEST(Deviations, OneUncoveredViolationKeepsItAFail) {
  DeviationFilter filter{{entry()}, ""};
  auto result = failed("RST-IN-WINDOW", "nothing");
  result.violations.push_back(failed("SYN", "nothing").violations[0]);
  filter.apply(result);
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.violations[0].deviation, "d");
}

TEST(Deviations, ThePatternMayBeInTheMessageAndMayBeARegularExpression) {
  for (const char* pattern : {"answer is", "/answer .* missing$/", "/^noth/"}) {
    Deviation one = entry();
    one.pattern = pattern;
    DeviationFilter filter{{one}, ""};
    auto result = failed("RST-IN-WINDOW", "nothing");
    filter.apply(result);
    EXPECT_EQ(result.verdict, Verdict::xfail) << pattern;
  }
}

TEST(Deviations, VersionAndScenarioLimitAnEntry) {
  Deviation old = entry();
  old.versions = "<2";
  Deviation elsewhere = entry();
  elsewhere.scenario = "handshake/*";
  for (const Deviation& one : {old, elsewhere}) {
    DeviationFilter filter{{one}, "2.1"};
    auto result = failed("RST-IN-WINDOW", "nothing");
    filter.apply(result);
    EXPECT_EQ(result.verdict, Verdict::fail);
    EXPECT_TRUE(filter.remarks().empty());
  }
}

TEST(Deviations, APassThatNeverHappensIsASurprise) {
  Deviation one = entry();
  one.scenario = "reset/*";
  one.always = true;
  DeviationFilter filter{{one}, ""};
  auto result = failed("x", "x");
  result.violations.clear();
  result.verdict = Verdict::pass;
  filter.apply(result);
  EXPECT_EQ(result.verdict, Verdict::xpass);
  EXPECT_NE(result.reason.find("'d'"), std::string::npos);
}

TEST(Deviations, AnEntryThatWasTriedInVainIsRemarked) {
  DeviationFilter filter{{entry()}, ""};
  EXPECT_TRUE(filter.remarks().empty()) << "nothing has been evaluated yet";
  auto result = failed("x", "x");
  result.violations.clear();
  result.verdict = Verdict::pass;
  result.requirements = {{"RFC9293-MUST-1", Verdict::pass}};
  filter.apply(result);
  EXPECT_EQ(result.verdict, Verdict::pass);
  ASSERT_EQ(filter.remarks().size(), 1U);
  EXPECT_NE(filter.remarks()[0].find("'d'"), std::string::npos);
}

}  // namespace
}  // namespace tcpjury::runner
