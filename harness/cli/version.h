// The version of the tool, from the build.
#pragma once

#include <string_view>

namespace tcpjury::cli {

inline constexpr std::string_view tool_version = TCPJURY_VERSION;

}  // namespace tcpjury::cli
