// The targets by name: the one place that knows every adapter.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/cli/args.h"
#include "harness/runner/settings_groups.h"
#include "harness/runner/target_spec.h"

namespace tcpjury::cli {

struct RegisteredTarget {
  std::string name;
  std::string description;
  bool live = false;         ///< on a real link and the machine's clock
  bool available = false;    ///< built and found; says nothing about privileges
  std::string missing = {};  ///< why it is not available
};
[[nodiscard]] std::vector<RegisteredTarget> registered_targets();

/// What a name, FILE.so or FILE.toml means.
struct ChosenTarget {
  std::string name;  ///< for people; the target tells its own name when it is up
  runner::TargetSpec spec;
  bool live = false;
  std::optional<std::filesystem::path> deviations = {};
};
Result<ChosenTarget> choose_target(const TargetChoice& choice);

/// The target with settings that a scenario asks for: those of a plugin's adapter, or sysctls.
[[nodiscard]] runner::TargetSpec with_scenario_settings(runner::TargetSpec spec,
                                                        const runner::Settings& settings);

/// Brings a target up in this process; for workers.
tl::expected<runner::OpenedTarget, runner::OpenFailure> open_target(const runner::TargetSpec& spec);

}  // namespace tcpjury::cli
