// Gathers what coverage is computed from: stored runs, shipped scenarios, the kill matrix, exceptions.
#pragma once

#include <string>
#include <vector>

#include "harness/base/diagnostic.h"
#include "harness/base/result.h"
#include "harness/cli/coverage.h"

namespace tcpjury::cli {

/// `names` as for find_run(); `runs` gets how they are called. Fails for a run that does not exist; a mistake
/// in a shipped file is a diagnostic.
Result<CoverageSources> coverage_sources(const std::vector<std::string>& names,
                                         std::vector<std::string>& runs, Diagnostics& diagnostics);

/// The same with the latest run, or without any where none is stored. Mistakes in files are left to those who
/// check them.
[[nodiscard]] CoverageSources latest_sources(std::string& run);

}  // namespace tcpjury::cli
