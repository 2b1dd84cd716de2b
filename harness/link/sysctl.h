// Kernel settings under /proc/sys, as the calling thread's network namespace has them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace tcpjury::link {

/// The value of a setting named as in sysctl(8) ("net.ipv4.tcp_sack"), several values separated by single
/// spaces; nothing when this kernel has no such setting or does not let us read it.
[[nodiscard]] std::optional<std::string> read_sysctl(std::string_view name);

/// Writes a setting. False when this kernel has no such setting; an error when the kernel refuses the value.
Result<bool> write_sysctl(std::string_view name, std::string_view value);

}  // namespace tcpjury::link
