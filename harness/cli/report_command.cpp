#include <fmt/format.h>

#include "harness/cli/commands.h"
#include "harness/cli/context.h"
#include "harness/cli/runs.h"
#include "harness/cli/say.h"
#include "harness/cli/terminal.h"

namespace tcpjury::cli {

using runner::Exit;

int report_command(const ReportArgs& args) {
  const auto run = find_run(args.run);
  if (!run) return complain(run.error(), Exit::usage);
  const reports::Context context = report_context(run->name);
  if (args.output.reports.empty()) {
    say(reports::console_report(
        run->record, context,
        {.colour = colour_for(args.output.colour, stdout),
         .lines = args.output.quiet ? reports::StatusLines::none : reports::StatusLines::all}));
  }
  for (const reports::Request& request : args.output.reports) {
    if (const auto written = reports::deliver(request, run->record, context); !written) {
      return complain(written.error(), Exit::environment);
    }
  }
  return code(Exit::ok);
}

}  // namespace tcpjury::cli
