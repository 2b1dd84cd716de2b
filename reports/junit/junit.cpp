#include "reports/junit/junit.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "harness/base/assert.h"
#include "reports/common/markup.h"
#include "reports/common/text.h"
#include "reports/ladder/ladder.h"

namespace tcpjury::reports {
namespace {

using engine::CaseResult;
using engine::Verdict;

enum class Outcome : std::uint8_t { passed, failure, error, skipped };

Outcome outcome_of(Verdict v) {
  switch (v) {
    case Verdict::pass:
    case Verdict::warn:
      return Outcome::passed;
    case Verdict::fail:
    case Verdict::xpass:
      return Outcome::failure;
    case Verdict::xfail:
    case Verdict::inconclusive:
    case Verdict::not_applicable:
      return Outcome::skipped;
    case Verdict::error:
      return Outcome::error;
  }
  TCPJURY_UNREACHABLE();
}

struct Suite {
  std::vector<const CaseResult*> cases = {};
  Duration time{};

  [[nodiscard]] std::size_t count(Outcome outcome) const {
    std::size_t n = 0;
    for (const CaseResult* c : cases) n += outcome_of(c->verdict) == outcome ? 1U : 0U;
    return n;
  }
  [[nodiscard]] Attributes counts() const {
    return {{"tests", std::to_string(cases.size())},
            {"failures", std::to_string(count(Outcome::failure))},
            {"errors", std::to_string(count(Outcome::error))},
            {"skipped", std::to_string(count(Outcome::skipped))},
            {"time", exact_seconds(time)}};
  }
  void add(const CaseResult& result) {
    cases.push_back(&result);
    time += result.duration;
  }
};

Attributes named(std::string_view name, const Attributes& rest) {
  Attributes all{{"name", std::string{name}}};
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

void write_property(Markup& xml, std::string_view name, std::string_view value) {
  xml.leaf("property", {{"name", std::string{name}}, {"value", std::string{value}}});
}

void write_properties(Markup& xml, const runner::RunRecord& record, const CaseResult& result,
                      const Context& context) {
  xml.open("properties");
  for (const engine::RequirementResult& r : result.requirements) {
    write_property(xml, "requirement", r.id);
    if (const model::Requirement* known = context.requirement(r.id); known != nullptr) {
      write_property(xml, "level", model::to_string(known->level));
    }
  }
  write_property(xml, "verdict", engine::to_string(result.verdict));
  write_property(xml, "seed", std::to_string(record.seed));
  write_property(xml, "replay", replay_command(record, result, context));
  xml.close();
}

/// The message a CI system shows in its list: the first broken rule, or the reason.
std::string headline(const CaseResult& result) {
  if (!result.violations.empty()) return result.violations.front().what.message;
  return result.reason.empty() ? std::string{engine::to_string(result.verdict)} : result.reason;
}

/// What the list is grouped by: the broken requirement.
std::string failure_type(const CaseResult& result) {
  if (result.verdict == Verdict::xpass) return "UnexpectedPass";
  return result.violations.empty() ? "Failure" : result.violations.front().what.requirement;
}

std::string details(const CaseResult& result) {
  std::string out = result.reason.empty() ? std::string{} : result.reason + "\n";
  for (const engine::CaseViolation& v : result.violations) {
    out += fmt::format("{} {}: {}\n  at {}:{}, step {}, state {}\n  got  {}\n",
                       model::to_string(v.what.level), v.what.requirement, v.what.message, result.file,
                       v.line, v.step, model::to_string(v.what.state), v.what.got);
    for (const std::string& want : v.what.want) out += fmt::format("  want {}\n", want);
    if (!v.what.known_practice.empty()) out += fmt::format("  known practice: {}\n", v.what.known_practice);
  }
  return out;
}

std::string skip_message(const CaseResult& result) {
  std::string out{engine::to_string(result.verdict)};
  if (!result.missing.empty()) out += ": lacks " + result.missing;
  if (!result.reason.empty()) out += ": " + result.reason;
  return out;
}

void write_outcome(Markup& xml, const CaseResult& result) {
  switch (outcome_of(result.verdict)) {
    case Outcome::passed:
      return;
    case Outcome::failure:
      return xml.text("failure", details(result),
                      {{"message", headline(result)}, {"type", failure_type(result)}});
    case Outcome::error:
      return xml.text("error", details(result), {{"message", headline(result)}, {"type", "Error"}});
    case Outcome::skipped:
      return xml.leaf("skipped", {{"message", skip_message(result)}});
  }
  TCPJURY_UNREACHABLE();
}

void write_case(Markup& xml, const runner::RunRecord& record, const CaseResult& result,
                const Context& context) {
  xml.open("testcase", {{"classname", result.scenario},
                        {"name", case_id(result)},
                        {"file", result.file},
                        {"time", exact_seconds(result.duration)}});
  write_properties(xml, record, result, context);
  write_outcome(xml, result);
  const std::string picture = ladder(result, {.target = record.target_name});
  if (!picture.empty()) xml.text("system-out", "\n" + picture);
  xml.close();
}

void write_run_properties(Markup& xml, const runner::RunRecord& record) {
  xml.open("properties");
  write_property(xml, "tool", "tcpjury " + record.tool_version);
  write_property(xml, "target", record.target_name + " " + record.target_version);
  write_property(xml, "profile", record.profile);
  write_property(xml, "seed", std::to_string(record.seed));
  if (record.partial) write_property(xml, "partial", "true");
  for (const auto& [name, value] : record.environment) write_property(xml, name, value);
  xml.close();
}

}  // namespace

std::string junit_report(const runner::RunRecord& record, const Context& context) {
  Suite all;
  std::map<std::string, Suite> suites;
  for (const CaseResult& result : record.results) {
    all.add(result);
    suites[topic(result)].add(result);
  }
  Markup xml;
  xml.open("testsuites", named("tcpjury", all.counts()));
  for (const auto& [name, suite] : suites) {
    xml.open("testsuite", named(name, suite.counts()));
    write_run_properties(xml, record);
    for (const CaseResult* result : suite.cases) write_case(xml, record, *result, context);
    xml.close();
  }
  xml.close();
  return xml.take();
}

}  // namespace tcpjury::reports
