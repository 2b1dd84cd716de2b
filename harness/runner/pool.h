// Runs a plan on worker processes and survives whatever the target does to them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/time.h"
#include "harness/model/profile.h"
#include "harness/runner/codec.h"
#include "harness/runner/plan.h"
#include "harness/runner/record.h"
#include "harness/runner/settings_groups.h"
#include "harness/runner/worker_process.h"

namespace tcpjury::runner {

/// A dead or hanging target is a finding of its own. These two are no requirements of an RFC; they stand
/// where a violation names its requirement, at the level MUST.
inline constexpr std::string_view requirement_crash = "TARGET-CRASH";
inline constexpr std::string_view requirement_hang = "TARGET-HANG";

struct PoolConfig {
  WorkerCommand command;
  TargetSpec target;
  std::string target_name = {};  ///< under which scenarios ask for settings
  /// The target with settings of a scenario.
  std::function<TargetSpec(TargetSpec, const Settings&)> with_settings = [](TargetSpec spec,
                                                                            const Settings&) { return spec; };
  model::Profile profile = model::Profile::rfc9293;
  bool strict_should = false;
  std::uint32_t workers = 1;   ///< at least 1
  std::uint32_t sessions = 0;  ///< live targets: sessions at once in a worker; 0: as many as there are
  Duration hang_cpu = std::chrono::seconds{10};    ///< virtual targets: CPU time one case may use
  Duration wall_limit = std::chrono::minutes{10};  ///< virtual targets: real time one case may use
};

/// What a run tells while it goes on.
struct PoolObserver {
  /// The first worker has brought the target up.
  std::function<void(const Ready&)> on_ready = [](const Ready&) {};
  /// A case has its result; in the order they end. `index` is that of the plan. May change the result before
  /// it is kept (deviations.toml).
  std::function<void(std::size_t index, engine::CaseResult&)> on_result = [](std::size_t,
                                                                             engine::CaseResult&) {};
  /// Called several times a second.
  std::function<void(std::size_t done, std::size_t total)> on_tick = [](std::size_t, std::size_t) {};
  /// How often the user asked to stop: 1 lets running cases end, 2 kills them.
  std::function<unsigned()> interrupts = [] { return 0U; };
};

struct PoolOutcome {
  std::optional<Ready> target = {};  ///< nothing when it never came up
  /// In the order of the plan; nothing where a case did not run.
  std::vector<std::optional<engine::CaseResult>> results = {};
  bool partial = false;                   ///< interrupted before everything had run
  std::optional<Refused> refused = {};    ///< why nothing (more) could run
  std::vector<std::string> remarks = {};  ///< of workers, about no case
  bool internal_error = false;            ///< a worker found a bug of tcpjury itself
};

[[nodiscard]] PoolOutcome run_plan(const Plan& plan, const PoolConfig& config, const PoolObserver& observer);

/// The result of a case whose worker died: built from what the black box holds.
struct Death {
  enum class Kind : std::uint8_t { crash, hang } kind = Kind::crash;
  std::string cause;  ///< "SIGSEGV", "10 s of CPU time without an end"
  std::uint32_t step = 0;
  engine::Transcript transcript = {};
  std::string error_text = {};  ///< what the worker wrote to stderr
  ClockKind clock = ClockKind::virtual_time;
};
[[nodiscard]] engine::CaseResult result_of_death(const scenario::Variant& variant, Death death);

/// An empty result for this case with `verdict` and `reason`.
[[nodiscard]] engine::CaseResult result_without_judging(const scenario::Variant& variant,
                                                        engine::Verdict verdict, std::string reason);

}  // namespace tcpjury::runner
