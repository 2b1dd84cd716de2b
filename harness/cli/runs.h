// Runs that are over: from the store, or from a JSON report of this or another machine.
#pragma once

#include <string>

#include "harness/base/result.h"
#include "harness/runner/record.h"

namespace tcpjury::cli {

struct PastRun {
  std::string name;  ///< its id in the store, or the file
  runner::RunRecord record;
};
/// `name` is a JSON report when a file is called so, else "latest", an id, or the beginning of one.
Result<PastRun> find_run(const std::string& name);

}  // namespace tcpjury::cli
