// The failure block: what a person needs in ten seconds, from the rule down to the next command.
#include <fmt/format.h>

#include "harness/base/assert.h"
#include "reports/common/text.h"
#include "reports/console/comparison.h"
#include "reports/console/console.h"
#include "reports/console/words.h"
#include "reports/ladder/ladder.h"

namespace tcpjury::reports {
namespace {

constexpr std::size_t violations_max = 3;  // one cause seldom breaks more rules than this
constexpr std::size_t source_width_max = 110;

bool needs_block(engine::Verdict v) {
  switch (v) {
    case engine::Verdict::warn:
    case engine::Verdict::fail:
    case engine::Verdict::xpass:
    case engine::Verdict::error:
      return true;
    case engine::Verdict::pass:
    case engine::Verdict::xfail:
    case engine::Verdict::inconclusive:
    case engine::Verdict::not_applicable:
      return false;
  }
  TCPJURY_UNREACHABLE();
}

/// "RFC9293-MUST-2 (MUST, RFC 9293 section 3.1): the rule in one sentence".
std::string rule(const engine::CaseViolation& v, const Context& context, Colour colour) {
  const std::string id = bold(printable(v.what.requirement), colour);
  const model::Requirement* known = context.requirement(v.what.requirement);
  if (known == nullptr) return fmt::format("  {} ({})\n", id, model::to_string(v.what.level));
  return fmt::format("  {} ({}, RFC {} section {})\n", id, model::to_string(v.what.level), known->rfc,
                     known->section) +
         paragraph(known->summary, "    ");
}

/// "scenarios/x.toml:19: step 3" and the line itself.
std::string place(const engine::CaseResult& result, const engine::CaseViolation& v, const Context& context) {
  const std::string file = result.file.empty() ? result.scenario : result.file;
  std::string out = "  " + printable(file);
  if (v.line != 0) out += fmt::format(":{}", v.line);
  if (v.step != 0) out += fmt::format(": step {}", v.step);
  out += "\n";
  if (!context.source_line || v.line == 0) return out;
  const auto source = context.source_line(result.file, v.line);
  if (source) out += fmt::format("  {:>5} | {}\n", v.line, clip(printable(*source), source_width_max));
  return out;
}

std::string violation_block(const engine::CaseResult& result, const engine::CaseViolation& v,
                            const Context& context, Colour colour) {
  std::string out = "\n" + rule(v, context, colour);
  out += fmt::format("  in {}{}{}:\n", model::to_string(v.what.state), v.what.event.empty() ? "" : ", event ",
                     printable(v.what.event));
  out += paragraph(v.what.message, "    ");
  out += place(result, v, context);
  out += "\n";
  for (const std::string& line : got_and_want(renumbered(v, result.transcript))) out += "    " + line + "\n";
  if (!v.what.known_practice.empty())
    out += "\n" + paragraph("known practice: " + v.what.known_practice, "  ");
  return out;
}

std::string next_commands(const runner::RunRecord& record, const engine::CaseResult& result,
                          const Context& context) {
  std::string out = fmt::format("\n  replay    {}\n", printable(replay_command(record, result, context)));
  if (const auto found = context.artifacts.find(case_id(result)); found != context.artifacts.end()) {
    for (const std::string& path : found->second) out += fmt::format("  artifact  {}\n", printable(path));
  }
  if (!result.violations.empty()) {
    const std::string& id = result.violations.front().what.requirement;
    out += fmt::format("  learn     tcpjury explain {}\n", printable(shell_word(id)));
  }
  return out;
}

}  // namespace

std::string failure_block(const runner::RunRecord& record, const engine::CaseResult& result,
                          const Context& context, const ConsoleOptions& options) {
  if (!needs_block(result.verdict)) return {};
  std::string out;
  if (!result.title.empty()) out += "\n" + paragraph(result.title, "  ");
  std::size_t shown = 0;
  for (const engine::CaseViolation& v : result.violations) {
    if (shown++ == violations_max) break;
    out += violation_block(result, v, context, options.colour);
  }
  if (result.violations.size() > violations_max) {
    out += fmt::format("\n  and {} more broken rules; the JSON report lists all\n",
                       result.violations.size() - violations_max);
  }
  if (!result.reason.empty() && result.violations.empty()) out += "\n" + paragraph(result.reason, "  ");
  const std::string picture = ladder(result, {.target = record.target_name});
  if (!picture.empty()) out += "\n" + picture;
  return out + next_commands(record, result, context) + "\n";
}

}  // namespace tcpjury::reports
