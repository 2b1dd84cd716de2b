#include "harness/cli/coverage.h"

#include <algorithm>
#include <set>

#include "harness/cli/kill_matrix.h"
#include "harness/model/implied.h"

namespace tcpjury::cli {
namespace {

using model::Level;
using model::Requirement;

std::string strength(Level level) {
  if (level == Level::must || level == Level::must_not) return "must";
  return level == Level::may ? "may" : "should";
}

std::string group_of(const Requirement& requirement, CoverageGroup by) {
  if (by == CoverageGroup::level) return strength(requirement.level);
  return by == CoverageGroup::rfc ? std::to_string(requirement.rfc) : std::string{requirement.area};
}

/// Faults by the requirements they prove, those included that a row stands for.
std::map<std::string, std::set<std::string>, std::less<>> faults_by_requirement(std::string_view matrix) {
  std::map<std::string, std::set<std::string>, std::less<>> proven;
  for (const auto& [id, faults] : read_matrix(matrix)) {
    proven[id].insert(faults.begin(), faults.end());
    const Requirement* known = model::find_requirement(id);
    if (known == nullptr) continue;
    for (const model::Requirement* implied : model::implied_by({.requirement = known}))
      proven[std::string{implied->id}].insert(faults.begin(), faults.end());
  }
  return proven;
}

}  // namespace

std::vector<RequirementStatus> requirement_statuses(const CoverageSources& sources) {
  std::map<std::string_view, RequirementStatus> by_id;
  for (const Requirement& one : model::requirement_catalogue()) by_id[one.id].what = &one;
  const auto with = [&](std::string_view id, const auto& change) {
    const auto found = by_id.find(id);
    if (found != by_id.end()) change(found->second);
  };
  for (const reports::Tally& run : sources.runs) {
    for (const reports::RequirementTally& one : run.requirements) {
      with(one.id, [&](RequirementStatus& status) {
        status.held += one.held;
        status.broken += one.broken;
        status.undecided += one.undecided;
      });
    }
  }
  std::map<std::string_view, std::set<std::string>> listed;
  for (const scenario::Variant& variant : sources.variants) {
    for (const std::string& id : variant.requirements) listed[id].insert(variant.scenario);
  }
  for (const auto& [id, scenarios] : listed)
    with(id, [&](RequirementStatus& status) { status.scenarios.assign(scenarios.begin(), scenarios.end()); });
  for (const auto& [id, faults] : faults_by_requirement(sources.kill_matrix))
    with(id, [&](RequirementStatus& status) { status.faults.assign(faults.begin(), faults.end()); });
  for (const auto& [id, reason] : sources.exceptions)
    with(id, [&](RequirementStatus& status) { status.exception = reason; });
  std::vector<RequirementStatus> statuses;
  for (auto& [id, status] : by_id) statuses.push_back(std::move(status));
  return statuses;
}

RequirementStatus requirement_status(const Requirement& requirement, const CoverageSources& sources) {
  auto statuses = requirement_statuses(sources);
  return *std::ranges::find(statuses, &requirement, &RequirementStatus::what);
}

double CoverageShare::percent() const {
  const std::size_t wanted = observable - excepted;
  return wanted == 0 ? 100.0 : 100.0 * static_cast<double>(evaluated) / static_cast<double>(wanted);
}

std::vector<std::pair<std::string, CoverageShare>> coverage_shares(
    const std::vector<RequirementStatus>& statuses, CoverageGroup by) {
  std::vector<std::pair<std::string, CoverageShare>> shares;
  if (by == CoverageGroup::level) shares = {{"must", {}}, {"should", {}}, {"may", {}}};
  for (const RequirementStatus& status : statuses) {
    if (!status.observable()) continue;
    const std::string group = group_of(*status.what, by);
    auto found = std::ranges::find(shares, group, &std::pair<std::string, CoverageShare>::first);
    if (found == shares.end()) found = shares.insert(shares.end(), {group, {}});
    CoverageShare& share = found->second;
    ++share.observable;
    if (status.evaluated()) ++share.evaluated;
    if (status.evaluated() && status.broken == 0) ++share.kept;
    if (!status.scenarios.empty()) ++share.listed;
    if (!status.faults.empty()) ++share.bites;
    if (status.excepted()) ++share.excepted;
  }
  if (by != CoverageGroup::level) std::ranges::sort(shares, {}, [](const auto& one) { return one.first; });
  return shares;
}

}  // namespace tcpjury::cli
