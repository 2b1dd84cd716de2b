// Below TCP: which datagrams are for us, and what ICMP says about ours.
#include <algorithm>

#include "targets/reference/stack.h"

namespace tcpjury::reference {

using wire::WireDefect;

namespace {

EcnCodepoint ecn_of(const wire::Packet& packet) {
  const auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip);
  const std::uint8_t traffic_class =
      v4 != nullptr ? v4->tos : std::get<wire::Ipv6Header>(packet.ip).traffic_class;
  return static_cast<EcnCodepoint>(traffic_class & 3U);
}

/// What an ICMP error quotes: our datagram, as far as the router could repeat it.
struct Quote {
  wire::Endpoint local = {};
  wire::Endpoint remote = {};
  SeqNum seq = {};
  std::uint32_t size = 0;  ///< octets of the datagram, by its own header
};

std::uint32_t stated_size(const wire::Packet& packet, BytesView body) {
  if (body.size() < 6) return 0;
  const auto field = [&](std::size_t at) {
    return std::uint32_t{octet(body[at])} << 8U | octet(body[at + 1]);
  };
  return packet.family() == wire::Family::v4 ? field(2) : field(4) + 40;
}

std::optional<Quote> read_quote(BytesView body) {
  const wire::Decoded quoted = wire::decode(body);
  if (quoted.has(WireDefect::too_short) || quoted.has(WireDefect::ip_version)) return std::nullopt;
  Quote quote{.local = {.address = quoted.packet.source()},
              .remote = {.address = quoted.packet.destination()}};
  quote.size = stated_size(quoted.packet, body);
  if (const auto* segment = quoted.packet.tcp()) {
    quote.local.port = segment->source;
    quote.remote.port = segment->destination;
    quote.seq = segment->seq;
    return quote;
  }
  // Cut short: eight octets of the TCP header are enough (RFC 792).
  const auto* octets = std::get_if<Bytes>(&quoted.packet.payload);
  if (octets == nullptr || octets->size() < 8) return std::nullopt;
  const auto field = [&](std::size_t at) {
    return static_cast<std::uint16_t>(octet((*octets)[at]) << 8U | octet((*octets)[at + 1]));
  };
  quote.local.port = {field(0)};
  quote.remote.port = {field(2)};
  quote.seq = {std::uint32_t{field(4)} << 16U | field(6)};
  return quote;
}

/// RFC 9293 section 3.9.2.2; nothing for messages that are no errors, and for Source Quench (MUST-55).
std::optional<IcmpError> error_in(wire::Family family, const wire::IcmpMessage& message) {
  using Kind = IcmpError::Kind;
  if (family == wire::Family::v4) {
    constexpr std::uint8_t unreachable = 3, time_exceeded = 11, parameter_problem = 12;
    if (message.type == time_exceeded || message.type == parameter_problem)
      return IcmpError{.kind = Kind::soft};
    if (message.type != unreachable) return std::nullopt;
    if (message.code == 4) return IcmpError{.kind = Kind::packet_too_big, .mtu = message.rest & 0xffffU};
    const bool hard = message.code == 2 || message.code == 3;
    return IcmpError{.kind = hard ? Kind::hard : Kind::soft};
  }
  constexpr std::uint8_t unreachable = 1, packet_too_big = 2, time_exceeded = 3, parameter_problem = 4;
  if (message.type == packet_too_big) return IcmpError{.kind = Kind::packet_too_big, .mtu = message.rest};
  if (message.type == time_exceeded || message.type == parameter_problem)
    return IcmpError{.kind = Kind::soft};
  if (message.type != unreachable) return std::nullopt;
  constexpr std::uint8_t port_unreachable = 4;
  return IcmpError{.kind = message.code == port_unreachable ? Kind::hard : Kind::soft};
}

}  // namespace

void Stack::packet_in(BytesView datagram) {
  const wire::Decoded decoded = wire::decode(datagram);
  const bool mangled = std::ranges::any_of(decoded.defects, [&](WireDefect defect) {
    if (defect == WireDefect::trailing_octets) return false;  // padding of the link
    if (defect == WireDefect::tcp_checksum) return !host_.fault(Fault::checksum_not_checked, State::closed);
    return true;
  });
  if (mangled) return;
  const wire::Packet& packet = decoded.packet;
  // RFC 1122 section 3.2.1.3, MUST-57, MUST-63: only what one host sends to us alone.
  if (packet.destination() != host_.address(packet.family())) return;
  if (!host_.is_valid_peer(packet.source())) return;
  if (packet.tcp() != nullptr) segment_arrives(packet);
  if (const auto* message = std::get_if<wire::IcmpMessage>(&packet.payload)) icmp_arrives(packet, *message);
}

void Stack::segment_arrives(const wire::Packet& packet) {
  const wire::TcpSegment& segment = *packet.tcp();
  dispatch({packet.destination(), segment.destination}, {packet.source(), segment.source}, segment,
           ecn_of(packet));
}

void Stack::icmp_arrives(const wire::Packet& packet, const wire::IcmpMessage& message) {
  auto error = error_in(packet.family(), message);
  const auto quote = read_quote(message.body);
  if (!error || !quote) return;
  Connection* connection = find(quote->local, quote->remote);
  if (connection == nullptr) return;
  error->seq = quote->seq;
  error->size = quote->size;
  connection->icmp_error(*error);
  tidy();
}

}  // namespace tcpjury::reference
