// Counting a run: cases by verdict, requirements by what became of them.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "harness/engine/verdict.h"
#include "harness/model/requirement.h"
#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports {

/// The verdicts in the order of the contract's summary.
inline constexpr std::array<engine::Verdict, engine::verdict_count> verdicts{
    engine::Verdict::pass,           engine::Verdict::warn,  engine::Verdict::fail,
    engine::Verdict::xfail,          engine::Verdict::xpass, engine::Verdict::inconclusive,
    engine::Verdict::not_applicable, engine::Verdict::error};

/// What all cases together say about one requirement.
struct RequirementTally {
  std::string id;
  const model::Requirement* known = nullptr;  ///< its entry in the catalogue
  std::size_t held = 0;                       ///< cases that evaluated it and found it kept
  std::size_t broken = 0;                     ///< cases that found it broken
  std::size_t undecided = 0;                  ///< cases that list it but could not evaluate it
  std::vector<std::string> broken_in = {};    ///< their ids

  [[nodiscard]] bool evaluated() const { return held + broken > 0; }
};

/// Requirements of one strength that were evaluated at least once, and how many of them were never broken.
struct LevelTally {
  std::size_t kept = 0;
  std::size_t evaluated = 0;
};

struct Tally {
  std::array<std::size_t, engine::verdict_count> cases = {};  ///< by the verdict's number
  std::vector<RequirementTally> requirements = {};            ///< sorted by id
  LevelTally must = {};                                       ///< MUST and MUST NOT
  LevelTally should = {};                                     ///< SHOULD, SHOULD NOT and RECOMMENDED

  [[nodiscard]] std::size_t of(engine::Verdict v) const { return cases[static_cast<std::size_t>(v)]; }
};

/// Without a catalogue in `context` the levels stay at zero.
[[nodiscard]] Tally tally(const runner::RunRecord& record, const Context& context);

}  // namespace tcpjury::reports
