#include "reports/common/tally.h"

#include "harness/base/assert.h"

namespace tcpjury::reports {
namespace {

using Found = std::map<std::string, RequirementTally, std::less<>>;

void add_requirement(Found& found, const engine::RequirementResult& result, const std::string& id_of_case) {
  RequirementTally& entry = found[result.id];
  switch (result.verdict) {
    case engine::Verdict::pass:
    case engine::Verdict::xpass:
      ++entry.held;
      return;
    case engine::Verdict::warn:
    case engine::Verdict::fail:
    case engine::Verdict::xfail:
      ++entry.broken;
      entry.broken_in.push_back(id_of_case);
      return;
    case engine::Verdict::inconclusive:
    case engine::Verdict::not_applicable:
    case engine::Verdict::error:
      ++entry.undecided;
      return;
  }
  TCPJURY_UNREACHABLE();
}

LevelTally* level_of(Tally& tally, model::Level level) {
  switch (level) {
    case model::Level::must:
    case model::Level::must_not:
      return &tally.must;
    case model::Level::should:
    case model::Level::should_not:
    case model::Level::recommended:
      return &tally.should;
    case model::Level::may:
      return nullptr;
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace

Tally tally(const runner::RunRecord& record, const Context& context) {
  Tally out;
  Found found;
  for (const engine::CaseResult& result : record.results) {
    ++out.cases[static_cast<std::size_t>(result.verdict)];
    const std::string id = case_id(result);
    for (const engine::RequirementResult& r : result.requirements) add_requirement(found, r, id);
  }
  for (auto& [id, entry] : found) {
    entry.id = id;
    entry.known = context.requirement(id);
    if (entry.known != nullptr && entry.evaluated()) {
      if (LevelTally* level = level_of(out, entry.known->level); level != nullptr) {
        ++level->evaluated;
        if (entry.broken == 0) ++level->kept;
      }
    }
    out.requirements.push_back(std::move(entry));
  }
  return out;
}

}  // namespace tcpjury::reports
