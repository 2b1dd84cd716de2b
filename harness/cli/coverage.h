// How much of the catalogue is judged, listed by scenarios, and shown to bite.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/exceptions.h"
#include "harness/model/requirement.h"
#include "harness/scenario/scenario.h"
#include "reports/common/tally.h"

namespace tcpjury::cli {

/// What is known of one requirement.
struct RequirementStatus {
  const model::Requirement* what = nullptr;
  std::size_t held = 0;  ///< cases of the runs that evaluated it and found it kept
  std::size_t broken = 0;
  std::size_t undecided = 0;                ///< cases that list it but could not evaluate it
  std::vector<std::string> scenarios = {};  ///< that list it, each once, sorted
  std::vector<std::string> faults = {};     ///< that are convicted of it, by the kill matrix
  std::string exception = {};               ///< why nobody evaluates it; empty: no exception
  [[nodiscard]] bool evaluated() const { return held + broken > 0; }
  /// What comes over the wire shows it, if need be together with what the user asks and hears.
  [[nodiscard]] bool observable() const {
    return what->observable == model::Observable::wire || what->observable == model::Observable::wire_and_app;
  }
  /// An exception that is not needed any more is none.
  [[nodiscard]] bool excepted() const { return !exception.empty() && !evaluated(); }
};

struct CoverageSources {
  std::vector<reports::Tally> runs = {};
  std::vector<scenario::Variant> variants = {};
  std::string kill_matrix = {};  ///< matrix_text(); may be empty
  Exceptions exceptions = {};
};
/// Every requirement of the catalogue, in its order.
[[nodiscard]] std::vector<RequirementStatus> requirement_statuses(const CoverageSources& sources);
/// Of one requirement.
[[nodiscard]] RequirementStatus requirement_status(const model::Requirement& requirement,
                                                   const CoverageSources& sources);

enum class CoverageGroup : std::uint8_t { level, rfc, area };
/// Requirements that a tester can see, counted.
struct CoverageShare {
  std::size_t observable = 0;
  std::size_t evaluated = 0;
  std::size_t kept = 0;      ///< evaluated and never broken
  std::size_t listed = 0;    ///< by a scenario
  std::size_t bites = 0;     ///< a fault is convicted of it
  std::size_t excepted = 0;  ///< not evaluated, with a reason
  /// Evaluated of those without an exception; 100 where nothing is left.
  [[nodiscard]] double percent() const;
};
/// By the name of the group: "must", "should" and "may" (all three, in this order), the numbers of RFCs, or
/// areas.
[[nodiscard]] std::vector<std::pair<std::string, CoverageShare>> coverage_shares(
    const std::vector<RequirementStatus>& statuses, CoverageGroup by);

}  // namespace tcpjury::cli
