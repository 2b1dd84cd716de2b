#include "harness/engine/icmp_message.h"

#include <algorithm>

#include "harness/engine/fill.h"

namespace tcpjury::engine {
namespace {

/// RFC 1812 section 4.3.2.3 and RFC 4443 section 2.4(c): as much as fits, the message not above these.
constexpr std::size_t quoted_max_v4 = 576 - 20 - 8;
constexpr std::size_t quoted_max_v6 = 1280 - 40 - 8;

bool is_error(wire::Family family, std::uint8_t type) {
  if (family == wire::Family::v6) return type < 128;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

wire::Packet quoted_packet(const model::FourTuple& connection, const std::optional<wire::Packet>& last,
                           std::optional<std::uint32_t> seq) {
  wire::Packet packet;
  if (last) {
    packet = *last;
  } else {
    packet.ip =
        default_ip_header({.target = connection.tester, .tester = connection.target}, wire::protocol::tcp);
    wire::TcpSegment segment;
    segment.source = connection.target.port;
    segment.destination = connection.tester.port;
    segment.flags = wire::ack;
    packet.payload = segment;
  }
  if (auto* segment = std::get_if<wire::TcpSegment>(&packet.payload); segment != nullptr && seq) {
    segment->seq = wire::SeqNum{*seq};
  }
  return packet;
}

}  // namespace

wire::Packet icmp_message(const scenario::IcmpStep& step, const model::FourTuple& connection,
                          const std::optional<wire::Packet>& last, std::optional<std::uint32_t> quoted_seq) {
  const wire::Family family = connection.target.address.family;
  wire::IcmpMessage message;
  message.type = step.type;
  message.code = step.code;
  message.rest = step.rest;
  if (is_error(family, step.type)) {
    message.body = wire::encode(quoted_packet(connection, last, quoted_seq));
    const std::size_t most = family == wire::Family::v4 ? quoted_max_v4 : quoted_max_v6;
    message.body.resize(std::min(message.body.size(), most));
  }
  wire::Packet packet;
  packet.ip = default_ip_header(connection,
                                family == wire::Family::v4 ? wire::protocol::icmp : wire::protocol::icmpv6);
  packet.payload = std::move(message);
  return packet;
}

}  // namespace tcpjury::engine
