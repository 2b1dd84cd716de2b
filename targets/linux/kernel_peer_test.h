// For tests: one connection's tester end, by hand, against the kernel behind a link.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "harness/engine/target_port.h"
#include "harness/link/link.h"
#include "harness/wire/packet.h"

namespace tcpjury::targets::kernel {

/// Keeps SND.NXT and RCV.NXT of the tester and nothing else: what comes is returned, not judged.
class KernelPeer {
 public:
  KernelPeer(link::Link& link, wire::IpAddress target, wire::IpAddress self)
      : link_{link}, target_{target}, self_{self} {}

  wire::Port target_port{8080};
  wire::Port own_port{40'000};
  wire::SeqNum snd_nxt{1000};
  wire::SeqNum rcv_nxt{};

  [[nodiscard]] wire::Endpoint endpoint() const { return {self_, own_port}; }

  /// Sends a segment with SEQ=SND.NXT and ACK=RCV.NXT and returns what the kernel says at once.
  std::vector<wire::TcpSegment> say(wire::FlagSet flags, std::string_view text = {}) {
    wire::TcpSegment segment;
    segment.source = own_port;
    segment.destination = target_port;
    segment.seq = snd_nxt;
    segment.ack = flags.has(wire::ack) ? rcv_nxt : wire::SeqNum{};
    segment.flags = flags;
    segment.window = 65'535;
    segment.text = bytes_of(text);
    snd_nxt = segment.end();
    wire::Packet packet;
    packet.payload = segment;
    if (target_.family == wire::Family::v4) {
      wire::Ipv4Header header;
      header.source = self_;
      header.destination = target_;
      packet.ip = header;
    } else {
      wire::Ipv6Header header;
      header.source = self_;
      header.destination = target_;
      packet.ip = header;
    }
    EXPECT_TRUE(link_.send(wire::encode(packet)));
    return hear();
  }

  /// What the kernel has said by now, every octet of it well-formed. Advances RCV.NXT over it.
  std::vector<wire::TcpSegment> hear() {
    EXPECT_TRUE(link_.fence_now());
    std::vector<wire::TcpSegment> heard;
    while (true) {
      const auto datagram = link_.receive();
      EXPECT_TRUE(datagram);
      if (!datagram || !*datagram) return heard;
      const wire::Decoded decoded = wire::decode(**datagram);
      EXPECT_TRUE(decoded.defects.empty()) << wire::to_string(decoded.packet);
      EXPECT_EQ(decoded.packet.destination(), self_);
      const wire::TcpSegment* segment = decoded.packet.tcp();
      if (segment == nullptr) continue;
      rcv_nxt = segment->end();
      heard.push_back(*segment);
    }
  }

  /// Three-way handshake towards a listener.
  void connect() {
    const auto answer = say(wire::syn);
    ASSERT_EQ(answer.size(), 1U);
    ASSERT_EQ(answer[0].flags, wire::syn | wire::ack);
    ASSERT_EQ(answer[0].ack, snd_nxt);
    EXPECT_TRUE(say(wire::ack).empty());
  }

 private:
  link::Link& link_;
  wire::IpAddress target_;
  wire::IpAddress self_;
};

}  // namespace tcpjury::targets::kernel
