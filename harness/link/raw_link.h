// A virtual Ethernet pair: the kernel under test at one end, a packet socket at the other.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "harness/base/unique_fd.h"
#include "harness/link/interface_plan.h"
#include "harness/link/link.h"
#include "harness/link/netlink.h"

namespace tcpjury::link {

/// Needs no device node, only a namespace. Both ends lie in one namespace: the tester's end has no address,
/// and what the kernel sends there is for a link-layer address that is not that end's, so that its own IP
/// layer never looks at it.
///
/// Packets pass through one queue per processor. The link therefore binds the calling thread to one
/// processor: an echo request sent after a stimulus is then answered after it (fence_now()).
class RawLink final : public Link {
 public:
  /// Makes and configures the pair in the calling thread's network namespace, which must be a fresh one.
  /// `plan` must have IPv4: the fence is an IPv4 echo.
  static Result<std::unique_ptr<RawLink>> open(const InterfacePlan& plan);

  [[nodiscard]] std::string name() const override { return "raw"; }
  [[nodiscard]] Fence fence() const override { return Fence::echo; }
  /// The MTU: what is longer does not pass an Ethernet link.
  [[nodiscard]] std::size_t longest_datagram() const override { return mtu_; }
  Result<void> send(BytesView datagram) override;
  Result<std::optional<Bytes>> receive() override;
  Result<void> fence_now() override;
  [[nodiscard]] int native_handle() const override { return socket_.get(); }
  [[nodiscard]] std::uint64_t dropped() const override;

 private:
  RawLink(UniqueFd socket, Netlink netlink, InterfaceIndex target_end, InterfaceIndex tester_end,
          const InterfacePlan& plan);

  /// The next frame off the socket, chatter included.
  Result<std::optional<BytesView>> read_frame();
  [[nodiscard]] Bytes echo_request() const;
  /// The number of the fence whose echo this datagram answers.
  [[nodiscard]] std::optional<std::uint16_t> fence_number_of(BytesView datagram) const;

  UniqueFd socket_;
  mutable Netlink netlink_;
  InterfaceIndex target_end_;
  InterfaceIndex tester_end_;
  FamilyPlan fence_addresses_;
  std::uint32_t mtu_;
  std::uint16_t fence_number_ = 0;
  std::deque<Bytes> waiting_;  ///< read while a fence waited for its echo
  mutable std::uint64_t socket_drops_ = 0;
  Bytes buffer_;
};

}  // namespace tcpjury::link
