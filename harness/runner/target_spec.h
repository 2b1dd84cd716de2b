// How a target is named across the process boundary, and what bringing it up gives.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "harness/base/result.h"
#include "harness/engine/target_port.h"
#include "harness/link/link.h"

namespace tcpjury::runner {

/// Enough to bring a target up in another process.
struct TargetSpec {
  std::string kind;                                 ///< which adapter: "plugin", "linux", ...
  std::string path = {};                            ///< of the plugin
  std::map<std::string, std::string> options = {};  ///< "link": "tun", "setting": "as-is", ...
  friend bool operator==(const TargetSpec&, const TargetSpec&) = default;
};

/// A target on a real link. Its namespaces, devices and addresses live as long as it does.
class LiveTarget {
 public:
  virtual ~LiveTarget() = default;
  [[nodiscard]] virtual const engine::TargetTraits& traits() const = 0;
  [[nodiscard]] virtual link::Link& link() = 0;
  [[nodiscard]] virtual engine::AppControl& control() = 0;
};

/// Exactly one of the two pointers is set.
struct OpenedTarget {
  std::unique_ptr<engine::VirtualTarget> in_process = {};
  std::unique_ptr<LiveTarget> live = {};
  bool can_reset = true;  ///< in_process: false when every case needs a new process
};

/// Why a target did not come up, and whose fault that is.
struct OpenFailure {
  bool environment = false;  ///< true: this machine lacks something; false: the target itself failed
  Error error;
};

/// Knows every adapter; given by the composition root.
using TargetOpener = std::function<tl::expected<OpenedTarget, OpenFailure>(const TargetSpec&)>;

}  // namespace tcpjury::runner
