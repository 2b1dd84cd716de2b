// Short exchanges that together touch every rule the stack can be told to break.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tcpjury::reference {

/// Runs all of them against a stack with these settings; what it said, told and kept, line by line.
[[nodiscard]] std::vector<std::string> run_exchanges(const std::string& settings);

}  // namespace tcpjury::reference
