#include "harness/cli/execute.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "harness/cli/context.h"
#include "harness/cli/interrupts.h"
#include "harness/cli/places.h"
#include "harness/cli/say.h"
#include "harness/cli/terminal.h"
#include "harness/cli/version.h"
#include "harness/runner/host_observer.h"
#include "harness/runner/pool.h"
#include "harness/runner/store.h"

namespace tcpjury::cli {
namespace {

using runner::Exit;
using runner::RunRecord;

std::map<std::string, std::string> machine() {
  utsname names{};
  if (::uname(&names) != 0) return {};
  return {{"kernel", names.release}, {"machine", names.machine}};
}

RunRecord head_of(const runner::Plan& plan, const Execution& execution) {
  RunRecord record;
  record.tool_version = tool_version;
  record.target_name = execution.target.name;
  record.profile = model::to_string(execution.how.profile);
  record.seed = plan.seed;
  record.strict_should = execution.how.strict_should;
  record.environment = machine();
  return record;
}

/// How the run is to be found again by `replay`: the command line that made the target, and the case seeds.
void remember_target(RunRecord& record, const ChosenTarget& target) {
  record.environment["target.kind"] = target.spec.kind;
  if (!target.spec.path.empty()) record.environment["target.path"] = target.spec.path;
  for (const auto& [name, value] : target.spec.options) record.environment["target." + name] = value;
}

runner::PoolConfig pool_config(const Execution& execution) {
  runner::PoolConfig config;
  config.command = {executable().string(), {"worker"}};
  config.target = execution.target.spec;
  config.target_name = execution.target.name;
  config.with_settings = with_scenario_settings;
  config.profile = execution.how.profile;
  config.strict_should = execution.how.strict_should;
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  config.workers = execution.how.workers.value_or(execution.target.live ? 1 : processors);
  config.sessions = execution.how.sessions;
  config.hang_cpu = execution.how.hang_cpu;
  return config;
}

std::optional<runner::RunWriter> open_store(const OutputChoice& output, const RunRecord& record) {
  if (!output.store) return std::nullopt;
  const auto folder = runner::default_store();
  if (!folder) return std::nullopt;
  auto writer = runner::RunWriter::create(*folder, record);
  if (writer) return std::move(*writer);
  say_error(fmt::format("tcpjury: the run is not stored: {}\n", writer.error().message));
  return std::nullopt;
}

/// Exit code 70, 11 or 10 when the run ended for such a reason.
std::optional<Exit> ended_by(const runner::PoolOutcome& outcome) {
  if (outcome.internal_error) return Exit::internal;
  if (outcome.refused) return outcome.refused->environment ? Exit::environment : Exit::target;
  return std::nullopt;
}

void deliver(const Execution& execution, const RunRecord& record, const reports::Context& context,
             std::optional<Exit>& instead) {
  for (const reports::Request& request : execution.output.reports) {
    const auto written = reports::deliver(request, record, context);
    if (written) continue;
    complain(written.error(), Exit::environment);
    if (!instead) instead = Exit::environment;
  }
}

}  // namespace

std::vector<runner::Deviation> read_deviations(const ChosenTarget& target, Diagnostics& diagnostics) {
  if (!target.deviations) return {};
  const std::string name = target.deviations->string();
  std::ifstream in{name};
  if (!in) {
    diagnostics.push_back({"D001", {name}, "the file cannot be read"});
    return {};
  }
  std::ostringstream text;
  text << in.rdbuf();
  return runner::parse_deviations(text.str(), name, diagnostics);
}

Executed execute(const runner::Plan& plan, const Execution& execution) {
  Diagnostics diagnostics;
  auto deviations = read_deviations(execution.target, diagnostics);
  Executed executed;
  if (!diagnostics.empty()) {
    complain(diagnostics);
    executed.instead = Exit::invalid_file;
    return executed;
  }
  const auto began = std::chrono::steady_clock::now();
  RunRecord& record = executed.record;
  record = head_of(plan, execution);
  remember_target(record, execution.target);
  auto store = open_store(execution.output, record);
  const reports::Context context = report_context(store ? store->id() : std::string{});
  RunScreen screen{execution.output, record, context, plan.cases.size()};
  runner::DeviationFilter filter;
  for (const runner::Deviation& known : deviations) record.deviations[known.id] = known.reason;

  runner::PoolObserver observer;
  observer.on_ready = [&](const runner::Ready& ready) {
    record.target_name = ready.name;
    record.target_version = ready.version;
    record.environment.insert(ready.environment.begin(), ready.environment.end());
    filter = runner::DeviationFilter{std::move(deviations), ready.version, record.strict_should};
  };
  observer.on_result = [&](std::size_t index, engine::CaseResult& result) {
    filter.apply(result);
    if (store) store->add(index, result);
    screen.add(index, result);
  };
  observer.on_tick = [&](std::size_t done, std::size_t) { screen.tick(done); };
  observer.interrupts = interrupts;
  count_interrupts();
  runner::PoolOutcome outcome = runner::run_plan(plan, pool_config(execution), observer);
  screen.finish();

  for (auto& result : outcome.results) {
    if (result) record.results.push_back(std::move(*result));
  }
  record.partial = outcome.partial;
  if (auto host = runner::observe_host(record)) {
    filter.apply(*host);
    if (store) store->add(plan.cases.size(), *host);
    record.results.push_back(std::move(*host));
  }
  record.remarks = filter.remarks();
  record.remarks.insert(record.remarks.end(), outcome.remarks.begin(), outcome.remarks.end());
  record.wall = std::chrono::steady_clock::now() - began;
  runner::merge_features(record);
  if (store) {
    if (const auto stored = store->finish(record); !stored) complain(stored.error(), Exit::environment);
  }
  executed.instead = ended_by(outcome);
  if (outcome.refused) complain({outcome.refused->message, outcome.refused->hint}, *executed.instead);
  const std::string sum = reports::summary(record, context, screen.options());
  std::fwrite(sum.data(), 1, sum.size(), screen.stream());
  std::fflush(screen.stream());
  deliver(execution, record, context, executed.instead);
  return executed;
}

int exit_of(const Executed& executed) {
  if (executed.record.partial) return code(Exit::interrupted);
  return code(executed.instead.value_or(runner::exit_code(executed.record)));
}

}  // namespace tcpjury::cli
