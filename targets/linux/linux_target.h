// The kernel of this machine as a target: a namespace, a link and the socket interface.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "harness/base/result.h"
#include "harness/link/interface_plan.h"
#include "harness/link/link.h"
#include "harness/runner/target_spec.h"
#include "targets/linux/settings.h"
#include "targets/linux/socket_app.h"

namespace tcpjury::targets::kernel {

enum class LinkChoice : std::uint8_t {
  automatic,  ///< TUN, and where it cannot be had, raw
  tun,
  raw,
};

struct LinuxOptions {
  LinkChoice link = LinkChoice::automatic;
  Setting setting = Setting::deterministic;
  std::map<std::string, std::string> sysctls = {};  ///< set after those of `setting`
};

/// Reads the options of a target specification: "link" (auto, tun, raw), "setting" (as-is, deterministic),
/// and any sysctl by its name ("net.ipv4.tcp_sack"). An error names the option and what it may be.
Result<LinuxOptions> parse_linux_options(const std::map<std::string, std::string>& options);

/// The addresses a Linux target is given: its own, and the router behind which all testers are.
[[nodiscard]] link::InterfacePlan interface_plan();

class LinuxTarget final : public runner::LiveTarget {
 public:
  /// Takes the calling thread into a fresh network namespace, for good, and brings the target up there. An
  /// error means that this machine does not allow it, and names what is missing.
  static Result<std::unique_ptr<LinuxTarget>> start(const LinuxOptions& options);

  [[nodiscard]] const engine::TargetTraits& traits() const override { return traits_; }
  [[nodiscard]] link::Link& link() override { return *link_; }
  [[nodiscard]] engine::AppControl& control() override { return app_; }

 private:
  LinuxTarget(std::unique_ptr<link::Link> link, SocketApp app)
      : link_{std::move(link)}, app_{std::move(app)} {}

  engine::TargetTraits traits_;
  std::unique_ptr<link::Link> link_;
  SocketApp app_;
};

}  // namespace tcpjury::targets::kernel
