// The program: arguments in, one command, an exit code out.
#include <string>
#include <variant>
#include <vector>

#include "harness/cli/args.h"
#include "harness/cli/commands.h"
#include "harness/cli/say.h"

namespace {

using namespace tcpjury::cli;

struct Dispatch {
  int operator()(const RunArgs& args) const { return run_command(args); }
  int operator()(const ListArgs& args) const { return list_command(args); }
  int operator()(const CheckArgs& args) const { return check_command(args); }
  int operator()(const ExplainArgs& args) const { return explain_command(args); }
  int operator()(const CoverageArgs& args) const { return coverage_command(args); }
  int operator()(const DoctorArgs& args) const { return doctor_command(args); }
  int operator()(const ReplayArgs& args) const { return replay_command(args); }
  int operator()(const ReportArgs& args) const { return report_command(args); }
  int operator()(const DiffArgs& args) const { return diff_command(args); }
  int operator()(const SchemaArgs&) const { return schema_command(); }
  int operator()(const SelftestArgs& args) const { return selftest_command(args); }
  int operator()(const CompletionArgs& args) const { return completion_command(args); }
  int operator()(const WorkerArgs&) const { return worker_command(); }
};

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = parse_arguments(std::vector<std::string>(argv + 1, argv + argc));
  if (const auto* spoken = std::get_if<Spoken>(&parsed)) {
    if (spoken->exit == 0)
      say(spoken->text);
    else
      say_error(spoken->text);
    return spoken->exit;
  }
  return std::visit(Dispatch{}, std::get<Command>(parsed));
}
