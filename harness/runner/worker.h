// A worker process from the inside: brings one target up and runs the cases it is told to.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/runner/target_spec.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::runner {

/// The cases of a scenario file.
using CaseLoader = std::function<Result<std::vector<scenario::Variant>>(const std::string& file)>;

/// Serves the runner at the descriptors a worker is born with until the runner hangs up. Returns the exit
/// code of the process. A runner that dies takes its workers with it.
int worker_main(const TargetOpener& open, const CaseLoader& load);

}  // namespace tcpjury::runner
