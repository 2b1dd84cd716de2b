#include "reports/markdown/markdown.h"

#include <fmt/format.h>

#include "reports/common/tally.h"
#include "reports/common/text.h"

namespace tcpjury::reports {
namespace {

using engine::Verdict;

constexpr std::size_t cases_listed_max = 5;  // in one cell of the table
constexpr std::size_t reasons_listed_max = 200;

/// Every character that Markdown or HTML could take for markup, as itself.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (std::string_view{"\\`*_[]|#~!"}.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string head(const runner::RunRecord& record, const Tally& counts, const Context& context) {
  std::string out = fmt::format("# {} {}\n\n", plain(record.target_name), plain(record.target_version));
  out += fmt::format("tcpjury {}, profile {}, seed {}, {} cases in {} s.\n", plain(record.tool_version),
                     plain(record.profile), record.seed, record.results.size(), seconds(record.wall));
  if (record.partial) out += "\n**Interrupted: some selected cases did not run.**\n";
  out += "\n| verdict | cases |\n|---|--:|\n";
  for (const Verdict v : verdicts) out += fmt::format("| {} | {} |\n", engine::to_string(v), counts.of(v));
  if (context.find_requirement) {
    out += fmt::format("\nMUST: {} of {} evaluated requirements kept. SHOULD: {} of {}.\n", counts.must.kept,
                       counts.must.evaluated, counts.should.kept, counts.should.evaluated);
  }
  return out;
}

std::string broken_rules(const runner::RunRecord& record) {
  std::string out;
  for (const engine::CaseResult& result : record.results) {
    for (const engine::CaseViolation& v : result.violations) {
      out += fmt::format("- **{}** {} {} in {}: {}", engine::to_string(result.verdict),
                         model::to_string(v.what.level), plain(v.what.requirement), plain(case_id(result)),
                         plain(v.what.message));
      if (!v.deviation.empty()) out += fmt::format(" (known deviation {})", plain(v.deviation));
      out += "\n";
    }
  }
  return out.empty() ? out : "\n## Broken rules\n\n" + out;
}

std::string open_cases(const runner::RunRecord& record) {
  std::string out;
  std::size_t listed = 0;
  for (const engine::CaseResult& result : record.results) {
    const bool open = result.verdict == Verdict::inconclusive || result.verdict == Verdict::error;
    if (!open || listed++ >= reasons_listed_max) continue;
    out += fmt::format("- {} {}: {}\n", engine::to_string(result.verdict), plain(case_id(result)),
                       plain(result.reason));
  }
  if (listed > reasons_listed_max) out += fmt::format("- and {} more\n", listed - reasons_listed_max);
  return out.empty() ? out : "\n## Not decided\n\n" + out;
}

std::string_view standing(const RequirementTally& r) {
  if (r.broken > 0) return "broken";
  return r.held > 0 ? "kept" : "not evaluated";
}

std::string requirement_row(const RequirementTally& r) {
  std::string where;
  for (std::size_t i = 0; i < r.broken_in.size() && i < cases_listed_max; ++i) {
    where += (i == 0 ? "" : ", ") + plain(r.broken_in[i]);
  }
  if (r.broken_in.size() > cases_listed_max) {
    where += fmt::format(" and {} more", r.broken_in.size() - cases_listed_max);
  }
  const std::string_view level = r.known == nullptr ? "" : model::to_string(r.known->level);
  const std::string_view rule = r.known == nullptr ? "" : r.known->summary;
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", plain(r.id), level, plain(rule), standing(r),
                     r.held, r.broken, where);
}

}  // namespace

std::string markdown_report(const runner::RunRecord& record, const Context& context) {
  const Tally counts = tally(record, context);
  std::string out = head(record, counts, context) + broken_rules(record) + open_cases(record);
  if (!counts.requirements.empty()) {
    out +=
        "\n## Requirements\n\n| requirement | level | rule | standing | kept in | broken in | cases |\n"
        "|---|---|---|---|--:|--:|---|\n";
  }
  for (const RequirementTally& r : counts.requirements) out += requirement_row(r);
  return out;
}

}  // namespace tcpjury::reports
