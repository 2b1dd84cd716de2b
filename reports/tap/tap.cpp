#include "reports/tap/tap.h"

#include <fmt/format.h>

#include "harness/base/assert.h"
#include "reports/common/text.h"

namespace tcpjury::reports {
namespace {

using engine::CaseResult;
using engine::Verdict;

/// A number sign would begin a directive.
std::string description(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '#' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// A double-quoted YAML scalar: printable() already made it one line of valid UTF-8.
std::string yaml(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string why(const CaseResult& result) {
  return result.missing.empty() ? result.reason : "lacks " + result.missing;
}

std::string test_point(std::size_t number, const CaseResult& result) {
  const std::string name = fmt::format("{} - {}", number, description(case_id(result)));
  switch (result.verdict) {
    case Verdict::pass:
    case Verdict::warn:
      return fmt::format("ok {}\n", name);
    case Verdict::fail:
    case Verdict::xpass:
    case Verdict::error:
      return fmt::format("not ok {}\n", name);
    case Verdict::xfail:
      return fmt::format("not ok {} # TODO {}\n", name, description(why(result)));
    case Verdict::inconclusive:
      return fmt::format("ok {} # SKIP inconclusive: {}\n", name, description(why(result)));
    case Verdict::not_applicable:
      return fmt::format("ok {} # SKIP {}\n", name, description(why(result)));
  }
  TCPJURY_UNREACHABLE();
}

std::string diagnostics(const runner::RunRecord& record, const CaseResult& result, const Context& context) {
  if (result.verdict == Verdict::pass) return {};
  std::string out = fmt::format("  ---\n  verdict: {}\n", engine::to_string(result.verdict));
  if (!result.reason.empty()) out += fmt::format("  reason: {}\n", yaml(result.reason));
  if (!result.violations.empty()) out += "  violations:\n";
  for (const engine::CaseViolation& v : result.violations) {
    out += fmt::format("    - requirement: {}\n", yaml(v.what.requirement));
    out += fmt::format("      level: {}\n", model::to_string(v.what.level));
    out += fmt::format("      message: {}\n", yaml(v.what.message));
    out += fmt::format("      at: {}\n", yaml(fmt::format("{}:{}", result.file, v.line)));
    out += fmt::format("      got: {}\n", yaml(v.what.got));
    if (!v.what.want.empty()) out += "      want:\n";
    for (const std::string& want : v.what.want) out += fmt::format("        - {}\n", yaml(want));
  }
  out += fmt::format("  replay: {}\n", yaml(replay_command(record, result, context)));
  return out + "  ...\n";
}

}  // namespace

std::string tap_report(const runner::RunRecord& record, const Context& context) {
  std::string out = fmt::format("TAP version 14\n1..{}\n", record.results.size());
  out += fmt::format("# target {} {}, profile {}, seed {}\n", printable(record.target_name),
                     printable(record.target_version), printable(record.profile), record.seed);
  std::size_t number = 0;
  for (const CaseResult& result : record.results) {
    out += test_point(++number, result);
    out += diagnostics(record, result, context);
  }
  if (record.partial) out += "Bail out! the run was interrupted\n";
  return out;
}

}  // namespace tcpjury::reports
