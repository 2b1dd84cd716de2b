// Targets that misbehave in one way each, and the cases that make them do it. For the tests of the pool.
#pragma once

#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/runner/target_spec.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::runner::testing {

/// What stands for a scenario file: six cases, whose SYN carries the window 1 to 6.
[[nodiscard]] Result<std::vector<scenario::Variant>> hostile_cases(const std::string& file);

/// The SYN with this window makes the target do what its kind says.
inline constexpr unsigned trap_window = 3;

/// Kinds: "mute" (no trap), "segv", "abort", "exit", "loop", "sleep", "garbage" (on the runner's socket),
/// "noise" (writes to stderr, then dies), "internal" (dies like an assertion of tcpjury), "scribble" (over
/// the black box, then dies), "no-reset", "refuse", "refuse-environment", "segv-at-start".
tl::expected<OpenedTarget, OpenFailure> open_hostile(const TargetSpec& spec);

}  // namespace tcpjury::runner::testing
