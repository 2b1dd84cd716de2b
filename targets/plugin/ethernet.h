// The other end of an Ethernet link for stacks that insist on frames: a gateway behind which the tester
// lives.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "harness/base/bytes.h"
#include "harness/wire/address.h"

namespace tcpjury::targets {

using MacAddress = std::array<std::uint8_t, 6>;

/// Answers ARP (RFC 826) and Neighbor Discovery (RFC 4861) for the gateway's addresses, learns the target's
/// hardware address, and puts datagrams into frames and takes them out. It keeps no time: what it learnt
/// holds until it learns better.
class EthernetGateway {
 public:
  struct Addresses {
    wire::IpAddress gateway_v4 = {};
    wire::IpAddress gateway_v6 = {};
    wire::IpAddress target_v4 = {};
    wire::IpAddress target_v6 = {};
  };
  explicit EthernetGateway(const Addresses& addresses) : addresses_{addresses} {}

  /// Locally administered, as no real card has it.
  static constexpr MacAddress mac = {0x02, 0x00, 0x5e, 0x00, 0x53, 0x01};

  [[nodiscard]] bool knows_target() const { return target_.has_value(); }
  /// The question for the target's hardware address: an ARP request or a Neighbor Solicitation.
  [[nodiscard]] Bytes question(wire::Family family) const;
  /// The frame that carries `datagram`; only once knows_target().
  [[nodiscard]] Bytes wrap(BytesView datagram) const;

  /// What a frame of the target comes to: a datagram for the tester, or a frame to answer with, or neither.
  struct Arrival {
    std::optional<Bytes> datagram = {};
    std::optional<Bytes> answer = {};
  };
  [[nodiscard]] Arrival arrive(BytesView frame);
  /// The target was reset: its hardware address is to be learnt anew.
  void forget() { target_.reset(); }

 private:
  [[nodiscard]] Arrival arp(BytesView body);
  [[nodiscard]] Arrival ipv6(BytesView datagram);

  Addresses addresses_;
  std::optional<MacAddress> target_ = {};
};

}  // namespace tcpjury::targets
