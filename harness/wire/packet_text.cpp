// Datagrams as people read them.
#include <fmt/format.h>

#include "harness/base/assert.h"
#include "harness/wire/codec.h"
#include "harness/wire/ipv6_chain.h"
#include "harness/wire/octets.h"
#include "harness/wire/packet.h"

namespace tcpjury::wire {
namespace {

struct FragmentPlace {
  std::uint32_t offset = 0;  ///< octets
  bool more = false;
};

std::optional<FragmentPlace> fragment_place(const Ipv4Header& header) {
  if (!header.more_fragments && header.fragment_offset == 0) return std::nullopt;
  return FragmentPlace{header.fragment_offset * 8U, header.more_fragments};
}

std::optional<FragmentPlace> fragment_place(const Ipv6Header& header) {
  if (header.extensions.empty() || !is_real_fragment(header.extensions.back())) return std::nullopt;
  const std::uint16_t field = get16<1>(BytesView{header.extensions.back().body}.first<extension_unit - 1>());
  return FragmentPlace{field & 0xfff8U, (field & 1U) != 0};
}

std::string opaque_to_string(const Packet& packet, const Bytes& octets) {
  const std::uint8_t next = std::visit([](const auto& header) { return header.protocol; }, packet.ip);
  const auto fragment = std::visit([](const auto& header) { return fragment_place(header); }, packet.ip);
  std::string what = fmt::format("protocol {} [{} octets]", next, octets.size());
  if (!fragment) return what;
  return fmt::format("fragment at {}{} of {}", fragment->offset, fragment->more ? ", more follow," : "",
                     what);
}

}  // namespace

std::string_view to_string(WireDefect d) {
  switch (d) {
    case WireDefect::too_short:
      return "too short for an IP header";
    case WireDefect::ip_version:
      return "unknown IP version";
    case WireDefect::ip_header_length:
      return "bad IP header length";
    case WireDefect::ip_length:
      return "bad IP length";
    case WireDefect::ip_checksum:
      return "bad IP header checksum";
    case WireDefect::extension_chain:
      return "extension header past the end";
    case WireDefect::transport_too_short:
      return "transport header cut short";
    case WireDefect::tcp_data_offset:
      return "bad TCP data offset";
    case WireDefect::tcp_checksum:
      return "bad TCP checksum";
    case WireDefect::icmp_checksum:
      return "bad ICMP checksum";
    case WireDefect::trailing_octets:
      return "octets after the datagram";
  }
  TCPJURY_UNREACHABLE();
}

std::string to_string(const Packet& packet) {
  const Addresses between = addresses_of(packet.ip);
  if (const TcpSegment* segment = packet.tcp()) {
    return fmt::format("{} > {} {}", to_string(Endpoint{between.from, segment->source}),
                       to_string(Endpoint{between.to, segment->destination}), to_notation(*segment));
  }
  const std::string ends = fmt::format("{} > {}", to_string(between.from), to_string(between.to));
  if (const auto* message = std::get_if<IcmpMessage>(&packet.payload)) {
    return fmt::format("{} {} type {} code {} [{} octets]", ends,
                       packet.family() == Family::v4 ? "ICMP" : "ICMPv6", message->type, message->code,
                       message->body.size());
  }
  return fmt::format("{} {}", ends, opaque_to_string(packet, std::get<Bytes>(packet.payload)));
}

}  // namespace tcpjury::wire
