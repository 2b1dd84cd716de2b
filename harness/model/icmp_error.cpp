#include "harness/model/icmp_error.h"

#include "harness/wire/tcp.h"

namespace tcpjury::model {
namespace {

std::optional<IcmpClass> class_v4(std::uint8_t type, std::uint8_t code) {
  constexpr std::uint8_t unreachable = 3, quench = 4, time_exceeded = 11, parameter_problem = 12;
  switch (type) {
    case unreachable:
      if (code == 4) return IcmpClass::too_big;
      if (code == 2 || code == 3) return IcmpClass::hard;
      return code <= 1 || code == 5 ? IcmpClass::soft : IcmpClass::unclassified;
    case quench:
      return IcmpClass::source_quench;
    case time_exceeded:
      return code <= 1 ? IcmpClass::soft : IcmpClass::unclassified;
    case parameter_problem:
      return IcmpClass::soft;
    default:
      return std::nullopt;
  }
}

std::optional<IcmpClass> class_v6(std::uint8_t type, std::uint8_t code) {
  constexpr std::uint8_t unreachable = 1, too_big = 2, time_exceeded = 3, parameter_problem = 4;
  switch (type) {
    case unreachable:
      return code == 0 || code == 3 ? IcmpClass::soft : IcmpClass::unclassified;
    case too_big:
      return IcmpClass::too_big;
    case time_exceeded:
      return code <= 1 ? IcmpClass::soft : IcmpClass::unclassified;
    case parameter_problem:
      return code <= 2 ? IcmpClass::soft : IcmpClass::unclassified;
    default:
      return std::nullopt;
  }
}

/// The eight octets every error quotes.
struct QuotedTcp {
  wire::Port source;
  wire::Port destination;
  wire::SeqNum seq;
};

std::optional<QuotedTcp> quoted_tcp(const wire::Packet& packet) {
  if (const wire::TcpSegment* s = packet.tcp()) return QuotedTcp{s->source, s->destination, s->seq};
  const auto* cut = std::get_if<Bytes>(&packet.payload);
  const std::uint8_t protocol = std::visit([](const auto& ip) { return ip.protocol; }, packet.ip);
  constexpr std::size_t needed = 8;
  if (protocol != wire::protocol::tcp || cut == nullptr || cut->size() < needed) return std::nullopt;
  const auto octet = [&](std::size_t i) { return std::to_integer<std::uint32_t>((*cut)[i]); };
  const auto port = [&](std::size_t i) {
    return wire::Port{static_cast<std::uint16_t>((octet(i) << 8U) | octet(i + 1))};
  };
  return QuotedTcp{port(0), port(2),
                   wire::SeqNum{(octet(4) << 24U) | (octet(5) << 16U) | (octet(6) << 8U) | octet(7)}};
}

/// Total Length of IPv4 (RFC 791), or Payload Length of IPv6 and the header it leaves out (RFC 8200).
std::uint32_t quoted_size(BytesView datagram, wire::Family family) {
  const std::size_t at = family == wire::Family::v4 ? 2 : 4;
  constexpr std::uint32_t v6_header = 40;
  if (datagram.size() < at + 2) return 0;
  const auto length =
      (std::to_integer<std::uint32_t>(datagram[at]) << 8U) | std::to_integer<std::uint32_t>(datagram[at + 1]);
  return length + (family == wire::Family::v4 ? 0U : v6_header);
}

}  // namespace

std::optional<IcmpClass> icmp_class(wire::Family family, std::uint8_t type, std::uint8_t code) {
  return family == wire::Family::v4 ? class_v4(type, code) : class_v6(type, code);
}

std::optional<IcmpError> read_icmp_error(const wire::Decoded& frame, const wire::Decoded& quoted) {
  const auto* message = std::get_if<wire::IcmpMessage>(&frame.packet.payload);
  if (message == nullptr) return std::nullopt;
  const wire::Family family = frame.packet.source().family;
  const auto kind = icmp_class(family, message->type, message->code);
  if (!kind || quoted.packet.source().family != family) return std::nullopt;
  const auto tcp = quoted_tcp(quoted.packet);
  if (!tcp) return std::nullopt;
  IcmpError error{};
  // With a wrong checksum it is the IP layer that decides: nothing is asked of TCP, nothing forbidden.
  error.kind = frame.has(wire::WireDefect::icmp_checksum) ? IcmpClass::unclassified : *kind;
  error.tuple = {{quoted.packet.source(), tcp->source}, {quoted.packet.destination(), tcp->destination}};
  error.quoted = tcp->seq;
  constexpr std::uint8_t unreachable = 3, port = 3;
  error.port_unreachable =
      family == wire::Family::v4 && message->type == unreachable && message->code == port;
  // RFC 1191 section 4: the low 16 bits of the second word; RFC 4443 section 3.2: all of it.
  if (*kind == IcmpClass::too_big)
    error.mtu = family == wire::Family::v4 ? message->rest & 0xffffU : message->rest;
  error.size = quoted_size(message->body, family);
  if (const auto* v4 = std::get_if<wire::Ipv4Header>(&quoted.packet.ip))
    error.dont_fragment = v4->dont_fragment;
  return error;
}

}  // namespace tcpjury::model
