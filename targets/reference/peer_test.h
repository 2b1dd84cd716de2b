// The other end of a connection in tests: it sends what it is told to, and keeps count of both sides.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "targets/reference/bench_test.h"

namespace tcpjury::reference {

/// What a segment of the peer says differently from what is right.
struct Unusual {
  std::optional<wire::SeqNum> seq = {};
  std::optional<wire::SeqNum> ack = {};
  std::optional<std::uint16_t> window = {};
  std::uint16_t urgent = 0;
  std::uint8_t reserved = 0;
  std::uint8_t ecn = 0;
  std::optional<Bytes> options = {};
  std::optional<std::uint32_t> tsval = {};
  std::vector<wire::SackBlock> sack = {};
  std::optional<std::uint16_t> checksum = {};
  std::optional<std::uint8_t> data_offset = {};
  Bytes ip_options = {};  ///< IPv4
};

class Peer {
 public:
  explicit Peer(Bench& bench, std::uint16_t port = 40'000, wire::Family family = wire::Family::v4);

  void send(wire::FlagSet flags, std::string_view text = {}, const Unusual& unusual = {});
  /// Takes what the target sent, and counts it.
  std::vector<wire::TcpSegment> take();
  /// The only segment the target sent; a failure, and an empty one, where it is not the only one.
  wire::TcpSegment only();
  /// An ICMP error about the first octets of a segment of the target.
  void icmp(std::uint8_t type, std::uint8_t code, std::uint32_t rest, const wire::TcpSegment& quoted);

  /// Three segments through a listener on port 80; gives back the child's handle.
  tcpjury_handle connect_to_listener(const Bytes& options = mss_1460());
  /// An active OPEN of the target, answered.
  tcpjury_handle answer_open(const Bytes& options = mss_1460());
  tcpjury_handle accepted();

  [[nodiscard]] static Bytes mss_1460() { return wire::encode_options({.mss = 1460}); }
  [[nodiscard]] static Bytes everything();

  wire::Endpoint self;
  wire::Endpoint target;
  wire::SeqNum iss{10'000};
  wire::SeqNum nxt{10'000};  ///< what the peer sends next
  wire::SeqNum target_iss{};
  wire::SeqNum rcv_nxt{};  ///< what the peer expects next
  std::uint16_t window = 65'535;
  bool timestamps = false;
  std::uint32_t tsval = 5'000;
  std::uint32_t tsecr = 0;
  std::vector<std::string> transcript = {};  ///< everything the target said, and when
  std::vector<Happening> happenings = {};

 private:
  void note(const wire::Packet& packet);

  Bench& bench_;
};

inline wire::SeqNum plus(wire::SeqNum number, std::int64_t count) {
  return {number.raw + static_cast<std::uint32_t>(count)};
}

}  // namespace tcpjury::reference
