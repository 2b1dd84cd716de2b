#include "harness/engine/outcome.h"

#include <fmt/format.h>

#include <array>

#include "harness/base/assert.h"
#include "harness/base/random.h"

namespace tcpjury::engine {
namespace {

int badness(Verdict v) {
  constexpr std::array order{Verdict::pass,         Verdict::xpass,          Verdict::warn,  Verdict::xfail,
                             Verdict::inconclusive, Verdict::not_applicable, Verdict::error, Verdict::fail};
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i] == v) return static_cast<int>(i);
  }
  TCPJURY_UNREACHABLE();
}

model::Level level_of(std::string_view requirement) {
  const model::Requirement* found = model::find_requirement(requirement);
  return found == nullptr ? model::Level::must : found->level;
}

}  // namespace

Verdict verdict_of(model::Level level, Strictness strictness) {
  switch (level) {
    case model::Level::must:
    case model::Level::must_not:
      return Verdict::fail;
    case model::Level::should:
    case model::Level::should_not:
    case model::Level::recommended:
      return strictness == Strictness::should_fails ? Verdict::fail : Verdict::warn;
    case model::Level::may:
      return Verdict::pass;
  }
  TCPJURY_UNREACHABLE();
}

std::string fingerprint(const model::Violation& violation, std::string_view fields) {
  const std::string text = fmt::format("{}|{}|{}|{}", violation.requirement,
                                       model::to_string(violation.state), violation.event, fields);
  return fmt::format("{:016x}", hash64(text));
}

void Outcome::worsen(Verdict verdict, std::string reason) {
  if (badness(verdict) <= badness(verdict_)) return;
  verdict_ = verdict;
  reason_ = std::move(reason);
}

void Outcome::held(const std::vector<std::string>& requirements) {
  for (const std::string& id : requirements) ++held_[id];
}

std::vector<RequirementResult> Outcome::requirements(const scenario::Variant& variant,
                                                     const model::Judge* judge, Strictness strictness) const {
  std::map<std::string, Verdict> results;
  for (const std::string& id : variant.requirements) results[id] = Verdict::inconclusive;
  for (const auto& [id, times] : held_) results[id] = Verdict::pass;
  if (judge != nullptr) {
    for (const auto& [id, evaluation] : judge->evaluations()) {
      if (evaluation.broken > 0) {
        results[id] = verdict_of(level_of(id), strictness);
      } else if (evaluation.held > 0) {
        results[id] = Verdict::pass;
      }
    }
  }
  for (const CaseViolation& broken : violations_) {
    results[broken.what.requirement] = verdict_of(broken.what.level, strictness);
  }
  std::vector<RequirementResult> list;
  for (const auto& [id, verdict] : results) list.push_back({id, verdict});
  return list;
}

}  // namespace tcpjury::engine
