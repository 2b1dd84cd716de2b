#include "harness/cli/kill_matrix.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "harness/model/implied.h"
#include "harness/runner/filter.h"

namespace tcpjury::cli {
namespace {

using engine::Verdict;

/// The ends of ids of event processing; the longer ones first, where one ends in another.
constexpr std::array<std::string_view, 14> state_suffixes{
    "-CLOSED",   "-LISTEN",   "-SYNSENT", "-SYNRCVD-P", "-SYNRCVD-A", "-SYNRCVD", "-ESTAB",
    "-FINWAIT1", "-FINWAIT2", "-FINWAIT", "-CLOSEWAIT", "-CLOSING",   "-LASTACK", "-TIMEWAIT"};

/// "3.10.7.4" of "3.10.7.4 step 4".
std::string_view section_of(const model::Requirement& requirement) {
  return requirement.section.substr(0, requirement.section.find(' '));
}

/// More scenarios than these are counted, not named.
constexpr std::size_t scenarios_named = 4;

Conviction conviction_of(const std::string& requirement,
                         const std::map<std::string, std::size_t>& scenarios) {
  Conviction conviction{.requirement = requirement};
  for (const auto& [scenario, cases] : scenarios) {
    conviction.cases += cases;
    conviction.scenarios.push_back(scenario);
  }
  return conviction;
}

std::string named(const std::vector<std::string>& scenarios) {
  const std::size_t count = std::min(scenarios.size(), scenarios_named);
  const std::vector<std::string> first{scenarios.begin(),
                                       scenarios.begin() + static_cast<std::ptrdiff_t>(count)};
  std::string text = fmt::format("{}", fmt::join(first, ", "));
  if (count < scenarios.size()) text += fmt::format(" and {} more", scenarios.size() - count);
  return text;
}

/// The cells of a row of a Markdown table without their blanks; empty for any other line.
std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  if (!line.starts_with("| ")) return cells;
  line.remove_prefix(1);
  while (!line.empty()) {
    const std::size_t bar = std::min(line.find('|'), line.size());
    std::string_view cell = line.substr(0, bar);
    while (cell.starts_with(' ')) cell.remove_prefix(1);
    while (cell.ends_with(' ')) cell.remove_suffix(1);
    if (bar < line.size()) cells.push_back(cell);
    line.remove_prefix(std::min(bar + 1, line.size()));
  }
  return cells;
}

constexpr std::array<std::string_view, 4> columns{"fault", "requirement", "cases", "scenarios"};

}  // namespace

std::string_view without_state(std::string_view id) {
  for (const std::string_view suffix : state_suffixes) {
    if (id.ends_with(suffix)) return id.substr(0, id.size() - suffix.size());
  }
  return id;
}

bool convicts_of(std::string_view reported, std::string_view named_id) {
  if (without_state(reported) == without_state(named_id)) return true;
  const model::Requirement* known = model::find_requirement(reported);
  if (known == nullptr) return false;
  const auto implied = model::implied_by({.requirement = known});
  return std::ranges::find(implied, named_id, &model::Requirement::id) != implied.end();
}

bool are_related(std::string_view reported, std::string_view named_id) {
  const model::Requirement* one = model::find_requirement(reported);
  const model::Requirement* other = model::find_requirement(named_id);
  if (one == nullptr || other == nullptr) return false;
  const bool same_section = one->rfc == other->rfc && section_of(*one) == section_of(*other);
  return same_section || one->area == other->area;
}

FaultTally::FaultTally(std::string fault, std::vector<std::string> named_ids,
                       std::map<std::string, std::string> reasons)
    : named_{std::move(named_ids)}, reasons_{std::move(reasons)}, verdict_{.fault = std::move(fault)} {}

bool FaultTally::is_meant(std::string_view id) const {
  return std::ranges::any_of(named_, [&](const std::string& one) { return convicts_of(id, one); });
}

void FaultTally::add(const engine::CaseResult& result) {
  ++verdict_.cases;
  std::set<std::string> broken;
  bool convicted = false;
  for (const engine::CaseViolation& violation : result.violations) {
    const std::string& id = violation.what.requirement;
    const bool meant = is_meant(id);
    // What comes after what the fault is made for is its consequence.
    if (!meant && convicted) continue;
    convicted = convicted || meant;
    broken.insert(id);
  }
  for (const std::string& id : broken) ++broken_[id][result.scenario];
  const bool unjudged =
      result.verdict == Verdict::error || (result.verdict == Verdict::fail && result.violations.empty());
  if (unjudged)
    verdict_.trouble.push_back(fmt::format("{}[{}]: {}", result.scenario, result.variant, result.reason));
}

FaultVerdict FaultTally::verdict() const {
  FaultVerdict verdict = verdict_;
  for (const auto& [id, scenarios] : broken_) {
    Conviction conviction = conviction_of(id, scenarios);
    const auto reason =
        std::ranges::find_if(reasons_, [&](const auto& one) { return runner::glob_match(one.first, id); });
    const bool related =
        std::ranges::any_of(named_, [&](const std::string& one) { return are_related(id, one); });
    if (is_meant(id)) {
      verdict.caught.push_back(std::move(conviction));
    } else if (related) {
      verdict.related.push_back(std::move(conviction));
    } else if (reason == reasons_.end()) {
      verdict.unrelated.push_back(std::move(conviction));
    } else {
      conviction.reason = reason->second;
      verdict.explained.push_back(std::move(conviction));
    }
  }
  return verdict;
}

std::string matrix_text(const std::vector<FaultVerdict>& faults) {
  std::string rows;
  std::string reasons;
  std::set<std::string> requirements;
  std::size_t killed = 0;
  for (const FaultVerdict& fault : faults) {
    if (fault.killed()) ++killed;
    if (!fault.killed()) rows += fmt::format("| {} | not convicted | 0 | |\n", fault.fault);
    for (const Conviction& one : fault.caught) {
      requirements.insert(one.requirement);
      rows += fmt::format("| {} | {} | {} | {} |\n", fault.fault, one.requirement, one.cases,
                          named(one.scenarios));
    }
    for (const Conviction& one : fault.explained)
      reasons += fmt::format("| {} | {} | {} |\n", fault.fault, one.requirement, one.reason);
  }
  std::string text = fmt::format(
      "# Kill matrix\n\n"
      "Every fault of the reference stack, what it is convicted of, and the scenarios that do it. Written "
      "by\n"
      "`tcpjury selftest --matrix reports/docs/kill-matrix.md`; not edited by hand.\n\n"
      "{} of {} faults are convicted, of {} requirements.\n\n| {} |\n|---|---|---|---|\n{}",
      killed, faults.size(), requirements.size(), fmt::join(columns, " | "), rows);
  if (reasons.empty()) return text;
  return text +
         "\n## Convicted of more than they are made for\n\n| fault | requirement | why |\n|---|---|---|\n" +
         reasons;
}

std::map<std::string, std::vector<std::string>, std::less<>> read_matrix(std::string_view text) {
  std::map<std::string, std::vector<std::string>, std::less<>> faults;
  bool inside = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto cells = cells_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (std::ranges::equal(cells, columns)) {
      inside = true;
    } else if (inside && cells.size() == columns.size() && cells[1] != "not convicted") {
      faults[std::string{cells[1]}].emplace_back(cells[0]);
    }
  }
  return faults;
}

}  // namespace tcpjury::cli
