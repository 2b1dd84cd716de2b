// The outcome of one case, as reports, diff and exit codes read it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/base/time.h"
#include "harness/engine/transcript.h"
#include "harness/engine/verdict.h"
#include "harness/model/host_facts.h"
#include "harness/model/violation.h"

namespace tcpjury::engine {

/// One broken rule in a case: the model's violation, or a step's expectation that named a requirement.
struct CaseViolation {
  model::Violation what;
  std::uint32_t step = 0;        ///< the step that was being executed
  std::uint32_t line = 0;        ///< its line in the scenario file
  std::string fingerprint = {};  ///< hex; (requirement, state, event, differing fields), stable across seeds
  std::string deviation = {};    ///< id of the entry of deviations.toml that covers it; else empty
};

struct RequirementResult {
  std::string id;
  Verdict verdict = Verdict::inconclusive;  ///< pass, warn, fail or inconclusive (listed, not evaluated)
};

struct CaseResult {
  std::string scenario;
  std::string variant;
  std::string title = {};
  std::string file = {};
  Verdict verdict = Verdict::error;
  std::string reason = {};   ///< why it is not a pass, one sentence
  std::string missing = {};  ///< not-applicable: the missing capability
  std::vector<RequirementResult> requirements = {};
  std::vector<CaseViolation> violations = {};
  Duration duration{};  ///< on the clock of the target
  ClockKind clock = ClockKind::virtual_time;
  std::map<std::string, std::string> features = {};  ///< measured values of the target
  model::HostFacts host = {};                        ///< what is judged over the whole run
  Transcript transcript = {};
};

}  // namespace tcpjury::engine
