#include "harness/runner/deviations.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <regex>

#include "harness/runner/filter.h"

namespace tcpjury::runner {
namespace {

using engine::CaseResult;
using engine::CaseViolation;
using engine::Verdict;

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// The parts of a dotted number; a part without digits ends it.
std::vector<std::uint64_t> version_parts(std::string_view text) {
  std::vector<std::uint64_t> parts;
  while (!text.empty()) {
    std::uint64_t part = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
    if (error != std::errc{}) break;
    parts.push_back(part);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty() || text.front() != '.') break;
    text.remove_prefix(1);
  }
  while (!parts.empty() && parts.back() == 0) parts.pop_back();  // 2.1 and 2.1.0 are the same
  return parts;
}

bool satisfies(const std::vector<std::uint64_t>& version, std::string_view comparison) {
  const std::size_t digits = comparison.find_first_of("0123456789");
  const std::string_view op = without_blanks(comparison.substr(0, digits));
  const auto bound = version_parts(digits == std::string_view::npos ? "" : comparison.substr(digits));
  if (op == "<") return version < bound;
  if (op == "<=") return version <= bound;
  if (op == ">") return version > bound;
  if (op == ">=") return version >= bound;
  return version == bound;
}

bool found_in(const std::string& pattern, const std::string& text) {
  if (pattern.size() > 2 && pattern.front() == '/' && pattern.back() == '/') {
    return std::regex_search(text, std::regex{pattern.substr(1, pattern.size() - 2)});
  }
  return text.find(pattern) != std::string::npos;
}

bool of_scenario(const Deviation& entry, const CaseResult& result) {
  if (entry.scenario.empty()) return true;
  return glob_match(entry.scenario, result.scenario) ||
         glob_match(entry.scenario, result.scenario + "[" + result.variant + "]");
}

bool covers(const Deviation& entry, const CaseViolation& violation) {
  return entry.requirement == violation.what.requirement &&
         glob_match(entry.state, model::to_string(violation.what.state)) &&
         glob_match(entry.event, violation.what.event) &&
         (found_in(entry.pattern, violation.what.got) || found_in(entry.pattern, violation.what.message));
}

bool evaluated(const CaseResult& result, std::string_view requirement) {
  return std::ranges::any_of(result.requirements, [&](const engine::RequirementResult& one) {
    return one.id == requirement && one.verdict != Verdict::inconclusive;
  });
}

}  // namespace

bool version_in_range(std::string_view version, std::string_view range) {
  const auto parts = version_parts(version);
  while (!without_blanks(range).empty()) {
    const std::size_t comma = std::min(range.find(','), range.size());
    if (!satisfies(parts, without_blanks(range.substr(0, comma)))) return false;
    range.remove_prefix(std::min(comma + 1, range.size()));
  }
  return true;
}

DeviationFilter::DeviationFilter(std::vector<Deviation> entries, const std::string& version,
                                 bool strict_should)
    : strict_should_{strict_should} {
  for (Deviation& entry : entries) {
    const bool in_range = version_in_range(version, entry.versions);
    entries_.push_back({std::move(entry), in_range});
  }
}

/// The verdict by what no entry covers; xfail when nothing is left.
Verdict DeviationFilter::without_known(const CaseResult& result) const {
  bool left = false;
  for (const CaseViolation& violation : result.violations) {
    if (!violation.deviation.empty()) continue;
    const model::Level level = violation.what.level;
    if (strict_should_ || level == model::Level::must || level == model::Level::must_not)
      return result.verdict;
    left = true;
  }
  return left ? Verdict::warn : Verdict::xfail;
}

void DeviationFilter::apply(CaseResult& result) {
  for (Entry& entry : entries_) {
    if (!entry.in_range || !of_scenario(entry.what, result)) continue;
    entry.exercised = entry.exercised || evaluated(result, entry.what.requirement) ||
                      (!entry.what.scenario.empty() && result.verdict != Verdict::not_applicable);
    for (CaseViolation& violation : result.violations) {
      if (!violation.deviation.empty() || !covers(entry.what, violation)) continue;
      violation.deviation = entry.what.id;
      entry.matched = true;
    }
  }
  if (result.verdict == Verdict::fail || result.verdict == Verdict::warn) {
    if (!result.violations.empty()) result.verdict = without_known(result);
    return;
  }
  if (result.verdict != Verdict::pass) return;
  for (const Entry& entry : entries_) {
    if (!entry.in_range || !entry.what.always || !of_scenario(entry.what, result)) continue;
    result.verdict = Verdict::xpass;
    result.reason = fmt::format("passed although the deviation '{}' says it never does", entry.what.id);
  }
}

std::vector<std::string> DeviationFilter::remarks() const {
  std::vector<std::string> remarks;
  for (const Entry& entry : entries_) {
    if (!entry.in_range || entry.matched || !entry.exercised) continue;
    remarks.push_back(
        fmt::format("the deviation '{}' ({} in {}) was not seen; if it is mended, remove its entry",
                    entry.what.id, entry.what.requirement, entry.what.state));
  }
  return remarks;
}

}  // namespace tcpjury::runner
