// What this machine allows of what the target linux needs.
#pragma once

#include <string>
#include <vector>

namespace tcpjury::targets::kernel {

struct EnvironmentCheck {
  std::string name;  ///< "tun device"
  bool ok = false;
  std::string detail;     ///< what was found, or what failed and why
  std::string hint = {};  ///< what to do about it; only where it failed
};

/// Tries everything in child processes of its own; the caller's process stays as it is. The caller must have
/// a single thread. The target can run when "network namespace" and one of "tun link" and "raw link" are ok.
[[nodiscard]] std::vector<EnvironmentCheck> examine_environment();

}  // namespace tcpjury::targets::kernel
