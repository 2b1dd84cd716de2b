// Where the things lie that are shipped with the program.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/base/result.h"

namespace tcpjury::cli {

/// This program's own file.
[[nodiscard]] std::filesystem::path executable();

/// The folder of shipped scenarios: TCPJURY_SCENARIOS, else the source tree this program was built in, else
/// share/tcpjury/scenarios beside its bin folder.
Result<std::filesystem::path> scenario_folder();

/// The plugin of a shipped target: TCPJURY_PLUGINS, else the build tree, else lib/tcpjury beside bin.
[[nodiscard]] std::optional<std::filesystem::path> shipped_plugin(const std::string& target);

/// targets/NAME/deviations.toml beside the shipped scenarios; nothing when there is none.
[[nodiscard]] std::optional<std::filesystem::path> shipped_deviations(const std::string& target);

/// targets/reference/kill_matrix.toml: what faults are convicted of besides what they are made for.
[[nodiscard]] std::optional<std::filesystem::path> shipped_kill_matrix();

/// reports/docs/kill-matrix.md: which fault is convicted of what.
[[nodiscard]] std::optional<std::filesystem::path> published_kill_matrix();

}  // namespace tcpjury::cli
