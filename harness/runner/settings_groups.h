// Cases by the settings their scenarios ask of the target: each group gets workers of its own.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/runner/plan.h"

namespace tcpjury::runner {

using Settings = std::map<std::string, std::string>;

/// The settings a scenario asks of the target `name`: those under its name where there are any ("linux.X" is
/// X for linux), else all of them.
[[nodiscard]] Settings settings_for(const Settings& asked, std::string_view name);

/// Indexes of the plan's cases by settings; those that ask for none first.
[[nodiscard]] std::map<Settings, std::vector<std::size_t>> settings_groups(const Plan& plan,
                                                                           std::string_view target_name);

}  // namespace tcpjury::runner
