#include "harness/cli/commands.h"
#include "harness/cli/library.h"
#include "harness/cli/registry.h"
#include "harness/runner/worker.h"

namespace tcpjury::cli {

int worker_command() { return runner::worker_main(open_target, load_case_file); }

}  // namespace tcpjury::cli
