#include <fmt/format.h>

#include <random>

#include "harness/cli/commands.h"
#include "harness/cli/execute.h"
#include "harness/cli/library.h"
#include "harness/cli/say.h"

namespace tcpjury::cli {
namespace {

using runner::Exit;

/// The only draw from outside: everything random in a run follows from it. 32 bits are enough, can be typed,
/// and survive readers of JSON that know only floating-point numbers.
std::uint64_t fresh_seed() { return std::random_device{}(); }

int dry_run(const runner::Plan& plan) {
  for (const runner::PlannedCase& planned : plan.cases) {
    say(fmt::format("{}  seed {:#x}\n", plan.variant_of(planned).id(), planned.seed));
  }
  say(fmt::format("{} would run, seed {:#x}\n", plan.cases.size(), plan.seed));
  return code(Exit::ok);
}

}  // namespace

int run_command(const RunArgs& args) {
  const auto target = choose_target(args.target);
  if (!target) return complain(target.error(), Exit::usage);
  const auto selection = selection_of(args.cases, args.execution.repeat);
  if (!selection) return complain(selection.error(), Exit::usage);
  Library library = load_cases(args.cases.names);
  if (const auto* invalid = std::get_if<InvalidFiles>(&library)) return complain(invalid->diagnostics);
  if (const auto* unknown = std::get_if<UnknownName>(&library)) {
    return complain(unknown->error, Exit::nothing_selected);
  }
  const runner::Plan plan = runner::make_plan(std::get<std::vector<scenario::Variant>>(std::move(library)),
                                              *selection, args.execution.seed.value_or(fresh_seed()));
  if (plan.cases.empty() && args.allow_empty) return code(Exit::ok);
  if (plan.cases.empty()) {
    return complain(
        {"no case is selected", "`tcpjury list scenarios` takes the same flags and shows what they leave"},
        Exit::nothing_selected);
  }
  if (args.dry_run) return dry_run(plan);
  return exit_of(execute(plan, {.target = *target, .how = args.execution, .output = args.output}));
}

}  // namespace tcpjury::cli
