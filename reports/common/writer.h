// Puts a finished report where the user asked for it.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace tcpjury::reports {

/// Writes `report` to `path`, or to standard output when `path` is "-". A file appears whole or not at all:
/// the text goes to a new file beside it, which then takes its name. What is not a regular file (a pipe, a
/// device) is written to in place.
[[nodiscard]] Result<void> write_report(std::string_view report, const std::string& path);

}  // namespace tcpjury::reports
