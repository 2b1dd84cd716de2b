// A run from beginning to end: workers, deviations, store, screen, reports.
#pragma once

#include <optional>

#include "harness/cli/args.h"
#include "harness/cli/registry.h"
#include "harness/runner/deviations.h"
#include "harness/runner/plan.h"
#include "harness/runner/record.h"

namespace tcpjury::cli {

struct Execution {
  ChosenTarget target;
  ExecutionChoice how;
  OutputChoice output;
};

/// The record of the run, and the exit code when something other than the verdicts decides it.
struct Executed {
  runner::RunRecord record;
  std::optional<runner::Exit> instead = {};
};

/// Executes `plan`, shows it, stores it and delivers its reports.
[[nodiscard]] Executed execute(const runner::Plan& plan, const Execution& execution);

/// The target's deviations; diagnostics when the file is bad.
[[nodiscard]] std::vector<runner::Deviation> read_deviations(const ChosenTarget& target,
                                                             Diagnostics& diagnostics);

/// The exit code of the process.
[[nodiscard]] int exit_of(const Executed& executed);

}  // namespace tcpjury::cli
