// One function a command; each returns the exit code of the process.
#pragma once

#include "harness/cli/args.h"

namespace tcpjury::cli {

int run_command(const RunArgs& args);
int list_command(const ListArgs& args);
int check_command(const CheckArgs& args);
int explain_command(const ExplainArgs& args);
int coverage_command(const CoverageArgs& args);
int doctor_command(const DoctorArgs& args);
int replay_command(const ReplayArgs& args);
int report_command(const ReportArgs& args);
int diff_command(const DiffArgs& args);
int schema_command();
int selftest_command(const SelftestArgs& args);
int completion_command(const CompletionArgs& args);
/// Hidden: what a worker process executes.
int worker_command();

}  // namespace tcpjury::cli
