#include "targets/reference/fragments.h"

#include <algorithm>
#include <utility>

namespace tcpjury::reference {

namespace {

constexpr std::uint8_t fragment_header = 44;

struct Place {
  std::uint32_t id = 0;
  std::size_t offset = 0;
  bool more = false;
};

const wire::ExtensionHeader* fragment_header_of(const wire::Ipv6Header& ip) {
  const auto found = std::ranges::find(ip.extensions, fragment_header, &wire::ExtensionHeader::kind);
  return found == ip.extensions.end() || found->body.size() < 7 ? nullptr : &*found;
}

Place place_of(const wire::Packet& packet) {
  if (const auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip))
    return {v4->identification, std::size_t{v4->fragment_offset} * 8, v4->more_fragments};
  const auto* header = fragment_header_of(std::get<wire::Ipv6Header>(packet.ip));
  if (header == nullptr) return {};
  const auto at = [&](std::size_t i) { return std::uint32_t{octet(header->body[i])}; };
  return {at(3) << 24U | at(4) << 16U | at(5) << 8U | at(6), (at(1) << 8U | at(2)) & 0xfff8U,
          (at(2) & 1U) != 0};
}

bool is_marked(const wire::Packet& packet) {
  const auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip);
  const unsigned octet = v4 != nullptr ? v4->tos : std::get<wire::Ipv6Header>(packet.ip).traffic_class;
  return (octet & 3U) == 3U;
}

}  // namespace

bool Fragments::is_fragment(const wire::Packet& packet) {
  const Place place = place_of(packet);
  return place.offset != 0 || place.more;
}

std::optional<Bytes> Fragments::take(const wire::Packet& fragment, Time now) {
  constexpr std::size_t most = 16;
  const auto* octets = std::get_if<Bytes>(&fragment.payload);
  if (octets == nullptr) return std::nullopt;
  std::erase_if(waiting_, [&](const Datagram& datagram) { return now - datagram.since > minutes; });
  const Place place = place_of(fragment);
  auto datagram = std::ranges::find_if(waiting_, [&](const Datagram& other) {
    return other.id == place.id && other.first.source() == fragment.source() &&
           other.first.destination() == fragment.destination();
  });
  if (datagram == waiting_.end()) {
    if (waiting_.size() >= most) waiting_.pop_front();
    waiting_.push_back({.first = fragment, .id = place.id, .since = now});
    datagram = waiting_.end() - 1;
  }
  const std::size_t end = place.offset + octets->size();
  for (const Part& part : datagram->parts) {
    if (end <= part.offset || place.offset >= part.offset + part.octets.size()) continue;
    const bool again = part.offset == place.offset && part.octets == *octets;
    if (!again) waiting_.erase(datagram);
    return std::nullopt;
  }
  datagram->congestion = datagram->congestion || is_marked(fragment);
  if (place.offset == 0) datagram->first = fragment;
  datagram->parts.push_back({place.offset, place.more, *octets});
  auto complete = whole(*datagram);
  if (complete) waiting_.erase(datagram);
  return complete;
}

std::optional<Bytes> Fragments::whole(const Datagram& datagram) {
  auto parts = datagram.parts;
  std::ranges::sort(parts, {}, &Part::offset);
  Bytes payload;
  for (const Part& part : parts) {
    if (part.offset != payload.size()) return std::nullopt;
    payload.insert(payload.end(), part.octets.begin(), part.octets.end());
  }
  if (parts.back().more) return std::nullopt;
  wire::Packet packet = datagram.first;
  packet.payload = std::move(payload);
  packet.trailer.clear();
  if (auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip)) {
    v4->fragment_offset = 0;
    v4->more_fragments = false;
    if (datagram.congestion) v4->tos = static_cast<std::uint8_t>(v4->tos | 3U);
  } else {
    auto& v6 = std::get<wire::Ipv6Header>(packet.ip);
    std::erase_if(v6.extensions, [](const auto& header) { return header.kind == fragment_header; });
    if (datagram.congestion) v6.traffic_class = static_cast<std::uint8_t>(v6.traffic_class | 3U);
  }
  return wire::encode(packet);
}

}  // namespace tcpjury::reference
