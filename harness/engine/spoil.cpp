#include "harness/engine/spoil.h"

#include <algorithm>

#include "harness/wire/checksum.h"
#include "harness/wire/fragment.h"

namespace tcpjury::engine {
namespace {

constexpr std::size_t tcp_checksum_at = 16;
constexpr std::size_t ipv4_checksum_at = 10;

std::uint16_t get16(BytesView octets, std::size_t at) {
  return static_cast<std::uint16_t>(octet(octets[at]) << 8U | octet(octets[at + 1]));
}

void put16(Bytes& octets, std::size_t at, std::uint16_t value) {
  octets[at] = static_cast<std::byte>(value >> 8U);
  octets[at + 1] = static_cast<std::byte>(value & 0xffU);
}

/// The octets of the segment alone, as encode() writes them.
Bytes segment_octets(const wire::Packet& packet) {
  const Bytes datagram = wire::encode(packet);
  const wire::TcpSegment& segment = *packet.tcp();
  const std::size_t padded_options = (segment.options.size() + 3) / 4 * 4;
  const std::size_t size = wire::tcp_header_min + padded_options + segment.text.size();
  const std::size_t at = datagram.size() - std::min(size, datagram.size());
  return {datagram.begin() + static_cast<std::ptrdiff_t>(at), datagram.end()};
}

/// Keeps `keep` octets of the segment. The checksum is made right for what is left, unless it is itself a
/// lie: a receiver that looks at the checksum first would else never see that the header is short.
Bytes cut_short(const scenario::SegmentPattern& pattern, const wire::Packet& packet) {
  Bytes segment = segment_octets(packet);
  segment.resize(std::min<std::size_t>(*pattern.truncate, segment.size()));
  if (segment.size() < tcp_checksum_at + 2 || pattern.checksum) return segment;
  put16(segment, tcp_checksum_at, 0);
  const std::uint16_t right =
      wire::upper_checksum(packet.source(), packet.destination(), wire::protocol::tcp, segment);
  put16(segment, tcp_checksum_at, pattern.corrupt_checksum ? wrong_checksum(right) : right);
  return segment;
}

}  // namespace

std::uint16_t wrong_checksum(std::uint16_t right) {
  constexpr std::uint16_t all_ones = 0xffff;
  if (right == 0 || right == all_ones) return 0x5a5a;
  return static_cast<std::uint16_t>(~right);
}

std::vector<Bytes> spoiled(const scenario::SegmentPattern& pattern, wire::Packet packet) {
  if (pattern.truncate) {
    packet.payload = cut_short(pattern, packet);
  } else if (pattern.corrupt_checksum) {
    std::get<wire::TcpSegment>(packet.payload).checksum =
        wrong_checksum(get16(segment_octets(packet), tcp_checksum_at));
  }
  auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip);
  if (v4 != nullptr && pattern.ip.corrupt_checksum.value_or(false)) {
    v4->checksum = wrong_checksum(get16(wire::encode(packet), ipv4_checksum_at));
  }
  if (pattern.ip.fragment) return wire::fragment(packet, *pattern.ip.fragment);
  return {wire::encode(packet)};
}

}  // namespace tcpjury::engine
