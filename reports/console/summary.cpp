// The end of a run on the console: what was expected to fail, what stayed open, and the counts.
#include <fmt/format.h>

#include <map>
#include <set>

#include "reports/common/tally.h"
#include "reports/common/text.h"
#include "reports/console/console.h"
#include "reports/console/words.h"

namespace tcpjury::reports {
namespace {

using engine::Verdict;

constexpr std::size_t reason_max = 200;
constexpr std::size_t examples_max = 2;
constexpr std::size_t listed_max = 50;  // cases of one reason group; JSON has them all

std::string reason_of(const engine::CaseResult& result) {
  if (!result.missing.empty()) return "the target lacks " + result.missing;
  return result.reason.empty() ? "no reason was recorded" : result.reason;
}

/// Cases of one verdict, each reason once with the cases below it: fifty cases often share one cause.
std::string list_of(const runner::RunRecord& record, Verdict verdict, std::string_view heading,
                    Colour colour) {
  std::map<std::string, std::vector<const engine::CaseResult*>> by_reason;
  for (const engine::CaseResult& result : record.results) {
    if (result.verdict == verdict) by_reason[reason_of(result)].push_back(&result);
  }
  if (by_reason.empty()) return {};
  std::string out = fmt::format("{}\n", bold(heading, colour));
  for (const auto& [reason, cases] : by_reason) {
    out += fmt::format("  {}\n", clip(printable(reason), reason_max));
    for (std::size_t i = 0; i < cases.size() && i < listed_max; ++i) {
      out += fmt::format("    {}\n", printable(case_id(*cases[i])));
    }
    if (cases.size() > listed_max) out += fmt::format("    and {} more\n", cases.size() - listed_max);
  }
  return out + "\n";
}

/// What failed as expected: each known deviation once, with why the stack does it and where it showed.
std::string known_deviations(const runner::RunRecord& record, Colour colour) {
  struct Shown {
    std::string requirement;
    std::set<std::string> cases;
  };
  std::map<std::string, Shown> shown;
  for (const engine::CaseResult& result : record.results) {
    for (const engine::CaseViolation& v : result.violations) {
      if (v.deviation.empty()) continue;
      Shown& one = shown[v.deviation];
      one.requirement = v.what.requirement;
      one.cases.insert(case_id(result));
    }
  }
  if (shown.empty()) return {};
  std::string out = fmt::format("{}\n", bold("known deviations that showed", colour));
  for (const auto& [id, one] : shown) {
    out += fmt::format("  {}: {}, {} case{}\n", printable(id), printable(one.requirement), one.cases.size(),
                       one.cases.size() == 1 ? "" : "s");
    if (const auto reason = record.deviations.find(id); reason != record.deviations.end()) {
      out += paragraph(printable(reason->second), "    ");
    }
    std::size_t named = 0;
    for (const std::string& name : one.cases) {
      if (++named > examples_max) break;
      out += fmt::format("    {} {}\n", named == 1 ? "for example" : "           ", printable(name));
    }
  }
  return out + "\n";
}

/// Needs no list: how many, by what is missing.
std::string not_applicable(const runner::RunRecord& record, Colour colour) {
  std::map<std::string, std::size_t> by_reason;
  for (const engine::CaseResult& result : record.results) {
    if (result.verdict == Verdict::not_applicable) ++by_reason[reason_of(result)];
  }
  if (by_reason.empty()) return {};
  std::string out = fmt::format("{}\n", bold("not applicable", colour));
  for (const auto& [reason, count] : by_reason) {
    out += fmt::format("  {:>5}  {}\n", count, clip(printable(reason), reason_max));
  }
  return out + "\n";
}

std::string remarks(const runner::RunRecord& record, Colour colour) {
  std::string out;
  if (record.partial) out += "interrupted: some selected cases did not run\n";
  if (!record.remarks.empty()) out += fmt::format("{}\n", bold("remarks", colour));
  for (const std::string& remark : record.remarks) out += fmt::format("  {}\n", printable(remark));
  return out.empty() ? out : out + "\n";
}

std::string verdict_counts(const Tally& counts, Colour colour) {
  std::string out;
  for (const Verdict v : verdicts) {
    const std::string part = fmt::format("{} {}", counts.of(v), engine::to_string(v));
    if (!out.empty()) out += ", ";
    out += counts.of(v) == 0 ? part : coloured(part, v, colour);
  }
  return out;
}

}  // namespace

std::string summary(const runner::RunRecord& record, const Context& context, const ConsoleOptions& options) {
  const Tally counts = tally(record, context);
  std::string out;
  out += known_deviations(record, options.colour);
  out += list_of(record, Verdict::inconclusive, "inconclusive", options.colour);
  out += not_applicable(record, options.colour);
  out += remarks(record, options.colour);
  out += fmt::format("{} run: {}", record.results.size(), verdict_counts(counts, options.colour));
  if (context.find_requirement) {
    out += fmt::format(" | MUST {}/{} SHOULD {}/{} kept of evaluated", counts.must.kept,
                       counts.must.evaluated, counts.should.kept, counts.should.evaluated);
  }
  out += fmt::format(" | seed {}", record.seed);
  if (!context.run.empty()) out += fmt::format(" | run {}", printable(context.run));
  return out + fmt::format(" | {} s\n", seconds(record.wall));
}

}  // namespace tcpjury::reports
