// Judges what only shows across the cases of a run: initial sequence numbers, and choices a stack has to make
// consistently. Also merges what the cases measured into a fingerprint of the stack.
#pragma once

#include <optional>

#include "harness/engine/result.h"
#include "harness/runner/record.h"

namespace tcpjury::runner {

/// The id of the pseudo-case that carries the verdict on the host.
inline constexpr std::string_view host_scenario = "run/host";

/// The verdict over all results of `record`; nothing where no rule had enough samples. A case on a
/// virtual clock is a life of the host of its own; on a real clock it is all cases of one worker.
[[nodiscard]] std::optional<engine::CaseResult> observe_host(const RunRecord& record);

/// Fills `record.features` from the results: one value where all agree; of numbers with the same unit the
/// least, the median and the greatest; else all values in the order they came.
void merge_features(RunRecord& record);

}  // namespace tcpjury::runner
