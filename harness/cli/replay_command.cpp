#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/base/suggest.h"
#include "harness/cli/commands.h"
#include "harness/cli/execute.h"
#include "harness/cli/library.h"
#include "harness/cli/runs.h"
#include "harness/cli/say.h"
#include "harness/scenario/load.h"

namespace tcpjury::cli {
namespace {

using runner::Exit;
using scenario::Variant;

/// What is to happen again.
struct Again {
  std::vector<Variant> variants = {};
  std::uint64_t seed = 0;
  model::Profile profile = model::Profile::rfc9293;
  bool strict_should = false;
  ChosenTarget target = {};
  std::set<std::string> fingerprints = {};  ///< of what was found then
};

std::set<std::string> fingerprints_of(const engine::CaseResult& result) {
  std::set<std::string> found;
  for (const engine::CaseViolation& violation : result.violations) found.insert(violation.fingerprint);
  return found;
}

/// The target a stored run was made with, as execute() has written it down.
ChosenTarget target_of(const runner::RunRecord& record) {
  ChosenTarget target{.name = record.target_name, .spec = {}};
  constexpr std::string_view prefix = "target.";
  for (const auto& [name, value] : record.environment) {
    if (!name.starts_with(prefix)) continue;
    const std::string key = name.substr(prefix.size());
    if (key == "kind")
      target.spec.kind = value;
    else if (key == "path")
      target.spec.path = value;
    else
      target.spec.options[key] = value;
  }
  target.live = target.spec.kind == "linux";
  return target;
}

/// True when the command line asks for another target than the stored run's, or for the same one set
/// otherwise.
bool chosen_anew(const TargetChoice& choice) {
  return !choice.name.empty() || !choice.settings.empty() || !choice.faults.empty();
}

Result<ChosenTarget> wanted_target(const ReplayArgs& args, const std::string& otherwise) {
  TargetChoice choice = args.target;
  if (choice.name.empty()) choice.name = otherwise;
  return choose_target(choice);
}

/// RUN:ID, where ID is that of a case or, when only one of its cases failed, of a scenario.
Result<const engine::CaseResult*> find_result(const runner::RunRecord& record, const std::string& id) {
  std::vector<const engine::CaseResult*> of_scenario;
  std::vector<std::string> ids;
  for (const engine::CaseResult& result : record.results) {
    const std::string case_id = fmt::format("{}[{}]", result.scenario, result.variant);
    if (case_id == id) return &result;
    if (result.scenario == id) of_scenario.push_back(&result);
    ids.push_back(case_id);
  }
  if (of_scenario.size() > 1) {
    std::erase_if(of_scenario, [](const auto* result) { return result->violations.empty(); });
  }
  if (of_scenario.size() == 1) return of_scenario.front();
  const std::vector<std::string_view> known{ids.begin(), ids.end()};
  const auto near = suggest(id, known);
  return fail(fmt::format("the run has no single case '{}'", id),
              near ? fmt::format("did you mean '{}'?", *near) : "write topic/name[family=v4,...]");
}

Result<Again> from_run(const ReplayArgs& args, const std::string& run_name, const std::string& id) {
  const auto run = find_run(run_name);
  if (!run) return tl::unexpected<Error>{run.error()};
  const auto result = find_result(run->record, id);
  if (!result) return tl::unexpected<Error>{result.error()};
  auto loaded = load_case_file((*result)->file);
  if (!loaded) return tl::unexpected<Error>{loaded.error()};
  Again again;
  for (Variant& variant : *loaded) {
    if (variant.scenario == (*result)->scenario && variant.variant == (*result)->variant) {
      again.variants.push_back(std::move(variant));
    }
  }
  if (again.variants.empty()) return fail(fmt::format("'{}' is not in {} any more", id, (*result)->file));
  again.seed = run->record.seed;
  again.strict_should = run->record.strict_should;
  again.profile = model::parse_profile(run->record.profile).value_or(model::Profile::rfc9293);
  again.fingerprints = fingerprints_of(**result);
  again.target = target_of(run->record);
  if (chosen_anew(args.target) || again.target.spec.kind.empty()) {
    const auto target = wanted_target(args, run->record.target_name);
    if (!target) return tl::unexpected<Error>{target.error()};
    again.target = *target;
  }
  return again;
}

std::uint64_t seed_of(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 0); }

Result<Again> from_file(const ReplayArgs& args) {
  auto loaded = scenario::load_file(args.what);
  if (!loaded.diagnostics.empty()) return fail(to_string(loaded.diagnostics.front()));
  Again again;
  again.variants = std::move(loaded.variants);
  std::string name = "lwip";
  if (loaded.found) {
    again.seed = seed_of(loaded.found->seed);
    again.profile = model::parse_profile(loaded.found->profile).value_or(model::Profile::rfc9293);
    again.fingerprints.insert(loaded.found->fingerprint);
    if (!loaded.found->target.empty()) name = loaded.found->target;
  }
  const auto target = wanted_target(args, name);
  if (!target) return tl::unexpected<Error>{target.error()};
  again.target = *target;
  return again;
}

/// 1 where the same came again, 0 where nothing did, 6 where something else did.
Exit compare(const std::set<std::string>& before, const runner::RunRecord& record) {
  std::set<std::string> now;
  for (const engine::CaseResult& result : record.results) now.merge(fingerprints_of(result));
  if (before.empty()) return runner::exit_code(record);
  if (now.empty()) return runner::exit_code(record);
  const bool same = std::ranges::any_of(now, [&](const std::string& one) { return before.contains(one); });
  return same ? Exit::failed : Exit::regression;
}

}  // namespace

int replay_command(const ReplayArgs& args) {
  std::error_code ignored;
  const std::size_t colon = args.what.find(':');
  const bool file = std::filesystem::exists(args.what, ignored);
  if (!file && colon == std::string::npos) {
    return complain({fmt::format("'{}' is neither a file nor RUN:ID", args.what),
                     "`tcpjury list runs` shows the stored runs"},
                    Exit::usage);
  }
  auto again =
      file ? from_file(args) : from_run(args, args.what.substr(0, colon), args.what.substr(colon + 1));
  if (!again) return complain(again.error(), file ? Exit::invalid_file : Exit::usage);
  const runner::Plan plan = runner::make_plan(std::move(again->variants), {}, again->seed);
  Execution execution{.target = again->target, .how = {}, .output = args.output};
  execution.how.profile = again->profile;
  execution.how.strict_should = again->strict_should;
  execution.how.hang_cpu = args.hang_cpu;
  execution.output.store = false;  // it would hide the run that is being looked at
  const Executed executed = execute(plan, execution);
  if (executed.record.partial || executed.instead) return exit_of(executed);
  const Exit exit = compare(again->fingerprints, executed.record);
  if (exit == Exit::failed) say_error("tcpjury: the same violation came again\n");
  if (exit == Exit::regression) say_error("tcpjury: another violation came than before\n");
  return code(exit);
}

}  // namespace tcpjury::cli
