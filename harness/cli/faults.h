// The faults that can be switched on in the reference stack, as arguments and as pages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/cli/listing.h"
#include "targets/reference/faults.h"

namespace tcpjury::cli {

/// The one target that has faults.
inline constexpr std::string_view reference_name = "reference";

/// The plugin's setting `fault` for "NAME" or "NAME@STATE" texts. An unknown name or state, or a state in
/// which the fault cannot show, is an error that suggests what was meant.
Result<std::string> fault_setting(const std::vector<std::string>& faults);

/// Nothing when no fault has this name.
[[nodiscard]] const reference::FaultFamily* find_fault(std::string_view name);

/// For `tcpjury list faults`.
[[nodiscard]] Listing fault_listing();

/// For `tcpjury explain NAME`; nothing when no fault has this name.
[[nodiscard]] std::optional<std::string> fault_page(std::string_view name);

/// The faults said to break a requirement, in the order of the catalogue of faults.
[[nodiscard]] std::vector<std::string_view> faults_against(std::string_view requirement);

}  // namespace tcpjury::cli
