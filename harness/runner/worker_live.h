// The worker of a live target: as many cases at once as the runner hands out.
#pragma once

#include "harness/runner/target_spec.h"
#include "harness/runner/worker_cases.h"
#include "harness/runner/worker_channel.h"

namespace tcpjury::runner {

/// Serves until the runner hangs up or the link is gone; returns the exit code of the process.
int serve_live(WorkerChannel& channel, const Hello& hello, LiveTarget& target, WorkerCases& cases);

}  // namespace tcpjury::runner
