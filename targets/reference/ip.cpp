// Below TCP: which datagrams are for us, and what ICMP says about ours.
#include <algorithm>

#include "targets/reference/stack.h"

namespace tcpjury::reference {

using wire::WireDefect;

namespace {

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

/// RFC 9293 section 3.9.2.2; nothing for messages that are no errors.
std::optional<IcmpError> error_in(wire::Family family, const wire::IcmpMessage& message) {
  using Kind = IcmpError::Kind;
  if (family == wire::Family::v4) {
    constexpr std::uint8_t unreachable = 3, source_quench = 4, time_exceeded = 11, parameter_problem = 12;
    if (message.type == time_exceeded || message.type == parameter_problem)
      return IcmpError{.kind = Kind::soft};
    if (message.type == source_quench) return IcmpError{.kind = Kind::source_quench};
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

bool is_group(const wire::IpAddress& address) {
  const auto& o = address.octets;
  if (address.family == wire::Family::v6) return o[0] == 0xff;
  return o[0] >= 224 || o[3] == 255;
}

}  // namespace

void Stack::packet_in(BytesView datagram) {
  const wire::Decoded decoded = wire::decode(datagram);
  const bool mangled = std::ranges::any_of(decoded.defects, [&](WireDefect defect) {
    if (defect == WireDefect::trailing_octets) return false;  // padding of the link
    if (defect == WireDefect::tcp_checksum) return !checksum_is_overlooked(decoded.packet);
    if (defect == WireDefect::tcp_data_offset)
      return !host_.fault(Fault::data_offset_not_checked, State::closed);
    return true;
  });
  if (mangled) return;
  const wire::Packet& packet = decoded.packet;
  if (deaf_) return;
  // RFC 1122 section 3.2.1.3, MUST-57, MUST-63: only what one host sends to us alone.
  const bool for_us = packet.destination() == host_.address(packet.family());
  if (!for_us && !host_.fault(is_group(packet.destination()) ? Fault::group_destination_answered
                                                             : Fault::foreign_destination_answered,
                              State::closed))
    return;
  if (!host_.is_valid_peer(packet.source()) && !host_.fault(Fault::invalid_source_answered, State::closed))
    return;
  if (Fragments::is_fragment(packet)) {
    if (const auto whole = fragments_.take(packet, host_.now())) packet_in(*whole);
    return;
  }
  if (packet.tcp() != nullptr) segment_arrives(packet);
  if (const auto* message = std::get_if<wire::IcmpMessage>(&packet.payload)) icmp_arrives(packet, *message);
}

/// By mistake the checksum is not looked at; which state that is asked in depends on whom the segment is for.
bool Stack::checksum_is_overlooked(const wire::Packet& packet) {
  if (packet.tcp() == nullptr) return false;
  const wire::Endpoint local{packet.destination(), packet.tcp()->destination};
  return host_.fault(Fault::checksum_not_checked, state_for(local, {packet.source(), packet.tcp()->source}));
}

void Stack::segment_arrives(const wire::Packet& packet) {
  const wire::TcpSegment& segment = *packet.tcp();
  dispatch({host_.address(packet.family()), segment.destination}, {packet.source(), segment.source}, packet);
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
