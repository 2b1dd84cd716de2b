// A transcript as people draw TCP: two lifelines, time running down, segments in the RFC's notation.
#pragma once

#include <cstddef>
#include <string>

#include "harness/engine/result.h"
#include "reports/ladder/segment_text.h"

namespace tcpjury::reports {

struct LadderOptions {
  Numbers numbers = Numbers::relative;
  std::string target = "target";  ///< heading of the right lifeline
  /// A longer transcript keeps its first lines, and its last ones up to `after` lines behind the violation.
  std::size_t first = 12;
  std::size_t last = 20;
  std::size_t after = 4;
};

/// Lines of time, step, [connection,] what happened, the states the target may be in afterwards as the model
/// believes, and a note. User calls and what the user was told stand in brackets. x marks the segment that
/// broke a rule and what was said about it, * another remark. Empty for an empty transcript. Safe on a
/// terminal whatever the target sent.
[[nodiscard]] std::string ladder(const engine::CaseResult& result, const LadderOptions& options = {});

}  // namespace tcpjury::reports
