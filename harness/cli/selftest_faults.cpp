#include "harness/cli/selftest_faults.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "harness/cli/faults.h"
#include "harness/cli/places.h"
#include "harness/cli/reasons.h"
#include "harness/engine/virtual_driver.h"
#include "harness/runner/filter.h"
#include "harness/runner/host_observer.h"
#include "harness/runner/plan.h"
#include "harness/runner/settings_groups.h"
#include "harness/runner/whole_link.h"

namespace tcpjury::cli {
namespace {

using engine::CaseResult;
using engine::Verdict;
using scenario::Variant;

constexpr std::uint64_t run_seed = 1;
/// A fault may make a stack talk for ever; no scenario needs nearly so many turns.
constexpr engine::VirtualLimits limits{.rounds = 2'000'000};
constexpr std::array<std::string_view, 3> also_fields{"fault", "requirement", "reason"};

/// Reasons by fault and requirement, from kill_matrix.toml beside the reference stack.
using Also = std::map<std::string, std::map<std::string, std::string>>;

Also read_also(Diagnostics& diagnostics) {
  const auto file = shipped_kill_matrix();
  if (!file) return {};
  Also also;
  for (const ReasonEntry& entry : read_reasons(file->string(), "also", also_fields, diagnostics)) {
    const std::string& fault = entry.field("fault");
    const std::string& id = entry.field("requirement");
    if (find_fault(fault) == nullptr)
      diagnostics.push_back(
          {"R004", {file->string(), entry.line}, fmt::format("no fault is called '{}'", fault)});
    const bool known =
        std::ranges::any_of(model::requirement_catalogue(),
                            [&](const model::Requirement& one) { return runner::glob_match(id, one.id); });
    if (!known)
      diagnostics.push_back(
          {"R004", {file->string(), entry.line}, fmt::format("no requirement is called '{}'", id)});
    also[fault][id] = entry.field("reason");
  }
  return also;
}

/// The stack with one fault, or without: once for each group of settings that scenarios ask for.
class Subject {
 public:
  Subject(runner::TargetSpec spec, const std::string& fault) : spec_{std::move(spec)} {
    if (!fault.empty()) spec_.options["setting.fault"] = fault;
  }

  Result<CaseResult> run(const Variant& variant) {
    auto opened = target_for(variant);
    if (!opened) return tl::unexpected<Error>{opened.error()};
    engine::VirtualTarget& target = **opened;
    const engine::TargetTraits& traits = target.traits();
    return engine::run_virtual(variant,
                               {.traits = &traits,
                                .seed = runner::case_seed(run_seed, variant.id(), 0),
                                .slot = runner::whole_link(traits, variant.family)},
                               target, limits);
  }

 private:
  runner::TargetSpec spec_;
  std::map<runner::Settings, runner::OpenedTarget> opened_ = {};

  Result<engine::VirtualTarget*> target_for(const Variant& variant) {
    const runner::Settings settings = runner::settings_for(variant.settings, "reference");
    const auto known = opened_.find(settings);
    if (known != opened_.end()) return known->second.in_process.get();
    auto opened = open_target(with_scenario_settings(spec_, settings));
    if (!opened) return tl::unexpected<Error>{opened.error().error};
    if (!opened->in_process || !opened->can_reset) return fail("the reference stack cannot be reset");
    return opened_.emplace(settings, std::move(*opened)).first->second.in_process.get();
  }
};

/// What only shows across cases: initial sequence numbers and choices (runner/host_observer.h).
class Host {
 public:
  void add(const CaseResult& result) {
    record_.results.push_back(
        {.scenario = result.scenario, .variant = result.variant, .clock = result.clock, .host = result.host});
  }
  [[nodiscard]] std::optional<CaseResult> verdict() const { return runner::observe_host(record_); }

 private:
  runner::RunRecord record_ = {};
};

/// Calls `work` for 0 to `count` - 1 on several threads; returns the first error.
Result<void> on_threads(unsigned workers, std::size_t count,
                        const std::function<Result<void>(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex guard;
  std::optional<Error> trouble;
  const auto serve = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      const auto done = work(i);
      if (done) continue;
      const std::lock_guard lock{guard};
      if (!trouble) trouble = done.error();
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < workers; ++i) threads.emplace_back(serve);
  serve();
  threads.clear();
  if (trouble) return tl::unexpected<Error>{*trouble};
  return {};
}

std::vector<std::string> wanted_faults(const FaultRuns& runs) {
  if (!runs.faults.empty()) return runs.faults;
  std::vector<std::string> all;
  for (const reference::FaultFamily& family : reference::fault_families()) all.emplace_back(family.name);
  return all;
}

/// What cases report without any fault, by case: said once, it is not held against every fault again.
using Baseline = std::map<std::string, std::set<std::string>>;

bool is_clean(const CaseResult& result) {
  return result.verdict != Verdict::fail && result.verdict != Verdict::warn &&
         result.verdict != Verdict::error;
}

/// The stack without a fault on every case of a family.
struct Clean {
  Baseline baseline = {};
  std::vector<std::string> unclean = {};
};

Result<Clean> run_clean(wire::Family family, const std::vector<Variant>& variants,
                        const runner::TargetSpec& spec) {
  Subject subject{spec, {}};
  Clean clean;
  Host host;
  for (const Variant& variant : variants) {
    if (variant.family != family) continue;
    const auto played = subject.run(variant);
    if (!played) return tl::unexpected<Error>{played.error()};
    const CaseResult& result = *played;
    host.add(result);
    if (is_clean(result)) continue;
    clean.unclean.push_back(
        fmt::format("{}: {}: {}", variant.id(), engine::to_string(result.verdict), result.reason));
    for (const auto& violation : result.violations)
      clean.baseline[variant.id()].insert(violation.what.requirement);
  }
  if (const auto verdict = host.verdict(); verdict && !is_clean(*verdict))
    clean.unclean.push_back(fmt::format("{}: {}", verdict->scenario, verdict->reason));
  return clean;
}

void forget_known(CaseResult& result, const Variant& variant, const Baseline& baseline) {
  const auto known = baseline.find(variant.id());
  if (known == baseline.end()) return;
  const std::size_t removed = std::erase_if(result.violations, [&](const auto& violation) {
    return known->second.contains(violation.what.requirement);
  });
  if (removed != 0 && result.violations.empty()) result.verdict = Verdict::inconclusive;
}

Result<FaultVerdict> run_fault(const std::string& fault, const std::vector<Variant>& variants,
                               const runner::TargetSpec& spec, const Also& also, const Baseline& baseline) {
  const std::string name = fault.substr(0, fault.find('@'));
  const reference::FaultFamily* family = find_fault(name);
  const auto reasons = also.find(name);
  FaultTally tally{fault,
                   {family->requirements.begin(), family->requirements.end()},
                   reasons == also.end() ? std::map<std::string, std::string>{} : reasons->second};
  Subject subject{spec, fault};
  for (const wire::Family ip : {wire::Family::v4, wire::Family::v6}) {
    Host host;
    for (const Variant& variant : variants) {
      if (variant.family != ip) continue;
      auto played = subject.run(variant);
      if (!played) return tl::unexpected<Error>{played.error()};
      CaseResult& result = *played;
      host.add(result);
      forget_known(result, variant, baseline);
      tally.add(result);
    }
    if (const auto verdict = host.verdict()) tally.add(*verdict);
    if (tally.verdict().killed()) break;
  }
  return tally.verdict();
}

}  // namespace

Result<FaultReport> run_faults(const std::vector<Variant>& variants, const runner::TargetSpec& reference,
                               const FaultRuns& runs, Diagnostics& diagnostics) {
  const std::vector<std::string> faults = wanted_faults(runs);
  for (const std::string& fault : faults) {
    if (const auto known = fault_setting({fault}); !known) return tl::unexpected<Error>{known.error()};
  }
  const Also also = read_also(diagnostics);
  if (!diagnostics.empty()) return FaultReport{};
  FaultReport report{.clean_cases = variants.size()};
  std::array<Clean, 2> clean;
  const auto acquitted = on_threads(runs.workers, clean.size(), [&](std::size_t i) -> Result<void> {
    auto half = run_clean(i == 0 ? wire::Family::v4 : wire::Family::v6, variants, reference);
    if (!half) return tl::unexpected<Error>{half.error()};
    clean[i] = std::move(*half);
    return {};
  });
  if (!acquitted) return tl::unexpected<Error>{acquitted.error()};
  Baseline baseline = std::move(clean[0].baseline);
  baseline.merge(clean[1].baseline);
  for (Clean& half : clean) std::ranges::move(half.unclean, std::back_inserter(report.unclean));
  report.faults.resize(faults.size());
  const auto done = on_threads(runs.workers, faults.size(), [&](std::size_t i) -> Result<void> {
    auto verdict = run_fault(faults[i], variants, reference, also, baseline);
    if (!verdict) return tl::unexpected<Error>{verdict.error()};
    report.faults[i] = std::move(*verdict);
    return {};
  });
  if (!done) return tl::unexpected<Error>{done.error()};
  return report;
}

std::string report_text(const FaultReport& report) {
  std::string out;
  out += fmt::format("{:<5} the reference stack without a fault is acquitted: {} cases\n",
                     report.unclean.empty() ? "ok" : "FAIL", report.clean_cases);
  for (const std::string& one : report.unclean) out += fmt::format("      {}\n", one);
  std::size_t killed = 0;
  std::size_t unrelated = 0;
  std::size_t explained = 0;
  std::size_t related = 0;
  std::set<std::string> requirements;
  for (const FaultVerdict& fault : report.faults) {
    if (fault.killed()) ++killed;
    unrelated += fault.unrelated.size();
    explained += fault.explained.size();
    related += fault.related.size();
    for (const Conviction& one : fault.caught) requirements.insert(one.requirement);
    if (!fault.killed()) {
      out += fmt::format(
          "FAIL  {} is not convicted in {} cases; it breaks {}\n", fault.fault, fault.cases,
          fmt::join(find_fault(fault.fault.substr(0, fault.fault.find('@')))->requirements, ", "));
    }
    for (const Conviction& one : fault.unrelated)
      out += fmt::format("FAIL  {} is accused of {} in {} cases, for example {}\n", fault.fault,
                         one.requirement, one.cases, one.scenarios.front());
    for (const std::string& one : fault.trouble) out += fmt::format("FAIL  {}: {}\n", fault.fault, one);
    for (const Conviction& one : fault.explained)
      out += fmt::format("      {} is convicted of {} too: {}\n", fault.fault, one.requirement, one.reason);
  }
  const bool good = killed == report.faults.size() && unrelated == 0;
  return out + fmt::format(
                   "{:<5} {} of {} faults are convicted, of {} requirements; besides, {} accusations are "
                   "about the same "
                   "topic, {} are explained, {} are unrelated\n",
                   good ? "ok" : "FAIL", killed, report.faults.size(), requirements.size(), related,
                   explained, unrelated);
}

bool is_good(const FaultReport& report) {
  return report.unclean.empty() && std::ranges::all_of(report.faults, [](const FaultVerdict& fault) {
           return fault.killed() && fault.fair();
         });
}

}  // namespace tcpjury::cli
