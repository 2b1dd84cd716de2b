#include "harness/wire/packet.h"

#include <algorithm>

#include "harness/wire/checksum.h"
#include "harness/wire/codec.h"
#include "harness/wire/octets.h"
#include "harness/wire/tcp_view.h"

namespace tcpjury::wire {
namespace {

TcpSegment read_tcp(const TcpView& view, const Addresses& between, Defects& defects) {
  if (!view.offset_fits()) defects.push_back(WireDefect::tcp_data_offset);
  TcpSegment segment = to_segment(view, between.from, between.to);
  // Only the rare segment whose checksum is not the one encode() writes is summed once more.
  if (segment.checksum &&
      !checksum_accepted(*segment.checksum, view.right_checksum(between.from, between.to))) {
    defects.push_back(WireDefect::tcp_checksum);
  }
  return segment;
}

Payload read_payload(const Datagram& datagram, Defects& defects) {
  if (datagram.opaque) return owned(datagram.upper);
  const bool v4 = std::holds_alternative<Ipv4Header>(datagram.ip);
  const std::uint8_t next = std::visit([](const auto& header) { return header.protocol; }, datagram.ip);

  if (next == protocol::tcp) {
    if (const auto view = TcpView::parse(datagram.upper)) {
      return read_tcp(*view, addresses_of(datagram.ip), defects);
    }
    defects.push_back(WireDefect::transport_too_short);
  } else if (next == (v4 ? protocol::icmp : protocol::icmpv6)) {
    if (datagram.upper.size() >= icmp_header_size) {
      return read_icmp(datagram.upper, addresses_of(datagram.ip), defects);
    }
    defects.push_back(WireDefect::transport_too_short);
  }
  return owned(datagram.upper);
}

/// What can be said of octets that hold no IP header: they stand as the payload of an empty one.
Decoded unreadable(BytesView frame, WireDefect defect) {
  Decoded decoded;
  decoded.packet.payload = owned(frame);
  decoded.defects.push_back(defect);
  return decoded;
}

std::size_t encoded_size(const Bytes& octets) { return octets.size(); }

}  // namespace

Addresses addresses_of(const IpHeader& ip) {
  Addresses between =
      std::visit([](const auto& header) { return Addresses{header.source, header.destination}; }, ip);
  // A header decides how wide its addresses are, whatever kind of address it was given.
  const Family family = std::holds_alternative<Ipv4Header>(ip) ? Family::v4 : Family::v6;
  between.from.family = family;
  between.to.family = family;
  return between;
}

IpAddress Packet::source() const {
  return std::visit([](const auto& header) { return header.source; }, ip);
}

IpAddress Packet::destination() const {
  return std::visit([](const auto& header) { return header.destination; }, ip);
}

bool Decoded::has(WireDefect d) const {
  return std::find(defects.begin(), defects.end(), d) != defects.end();
}

Bytes encode(const Packet& packet) {
  const std::size_t headers = std::visit([](const auto& header) { return encoded_size(header); }, packet.ip);
  const std::size_t upper =
      std::visit([](const auto& payload) { return encoded_size(payload); }, packet.payload);

  Bytes out;
  out.reserve(headers + upper + packet.trailer.size());
  std::visit([&](const auto& header) { append_header(out, header, upper); }, packet.ip);
  if (const auto* segment = std::get_if<TcpSegment>(&packet.payload)) {
    const Addresses between = addresses_of(packet.ip);
    append_segment(out, *segment, between.from, between.to);
  } else if (const auto* message = std::get_if<IcmpMessage>(&packet.payload)) {
    append_icmp(out, *message, addresses_of(packet.ip));
  } else {
    append(out, std::get<Bytes>(packet.payload));
  }
  append(out, packet.trailer);
  return out;
}

Decoded decode(BytesView frame) {
  if (frame.size() < ipv4_header_min) return unreadable(frame, WireDefect::too_short);
  const auto version = static_cast<std::uint8_t>(octet(frame[0]) >> 4U);
  if (version != 4 && version != 6) return unreadable(frame, WireDefect::ip_version);
  if (version == 6 && frame.size() < ipv6_header_size) return unreadable(frame, WireDefect::too_short);

  Decoded decoded;
  Datagram datagram = version == 4 ? read_ipv4(frame, decoded.defects) : read_ipv6(frame, decoded.defects);
  decoded.packet.payload = read_payload(datagram, decoded.defects);
  if (!datagram.trailer.empty()) decoded.defects.push_back(WireDefect::trailing_octets);
  decoded.packet.trailer = owned(datagram.trailer);
  decoded.packet.ip = std::move(datagram.ip);
  return decoded;
}

}  // namespace tcpjury::wire
