// The kernel settings a run is made under: set, read back, recorded.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/base/result.h"

namespace tcpjury::targets::kernel {

enum class Setting : std::uint8_t {
  as_is,          ///< what a fresh namespace on this machine ships
  deterministic,  ///< heuristics that make one run differ from the next are off (see settings.cpp)
};

/// Applies `setting` and then `wanted` (sysctl name to value) in the current network namespace. Returns every
/// setting that bears on TCP as it was read back, by name; "absent" where this kernel has none. A setting of
/// the table that the kernel refuses is recorded with the reason; one of `wanted` is an error.
Result<std::map<std::string, std::string>> apply_settings(Setting setting,
                                                          const std::map<std::string, std::string>& wanted);

}  // namespace tcpjury::targets::kernel
