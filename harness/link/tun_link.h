// A TUN device: the kernel under test on one side, a descriptor on the other.
#pragma once

#include <memory>
#include <string>

#include "harness/base/unique_fd.h"
#include "harness/link/interface_plan.h"
#include "harness/link/link.h"
#include "harness/link/netlink.h"

namespace tcpjury::link {

/// IP datagrams without any header before them. The kernel handles a datagram inside write(), so that its
/// prompt answers are readable when send() returns. The device vanishes when the link is destroyed.
class TunLink final : public Link {
 public:
  static constexpr const char* device_node = "/dev/net/tun";

  /// Makes and configures the device in the calling thread's network namespace, which must be a fresh one
  /// (enter_fresh_network_namespace()).
  static Result<std::unique_ptr<TunLink>> open(const InterfacePlan& plan);

  [[nodiscard]] std::string name() const override { return "tun"; }
  [[nodiscard]] Fence fence() const override { return Fence::implicit; }
  Result<void> send(BytesView datagram) override;
  Result<std::optional<Bytes>> receive() override;
  [[nodiscard]] int native_handle() const override { return device_.get(); }
  [[nodiscard]] std::uint64_t dropped() const override;

 private:
  TunLink(UniqueFd device, Netlink netlink, InterfaceIndex interface);

  UniqueFd device_;
  mutable Netlink netlink_;
  InterfaceIndex interface_;
  Bytes buffer_;
};

}  // namespace tcpjury::link
