#include "harness/model/reassembly.h"

#include <algorithm>

namespace tcpjury::model {
namespace {

/// Place of a fragment, whatever the family.
struct Piece {
  std::uint32_t offset = 0;  ///< in octets
  bool more = false;
  std::uint32_t id = 0;
};

constexpr std::uint8_t fragment_header = 44;
constexpr std::size_t fragment_body = 7;  ///< reserved octet, offset and flag, identification

std::optional<Piece> piece_of(const wire::Packet& packet) {
  if (const auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip)) {
    if (v4->fragment_offset == 0 && !v4->more_fragments) return std::nullopt;
    return Piece{8U * v4->fragment_offset, v4->more_fragments, v4->identification};
  }
  for (const wire::ExtensionHeader& h : std::get<wire::Ipv6Header>(packet.ip).extensions) {
    if (h.kind != fragment_header || h.body.size() != fragment_body) continue;
    const auto octet = [&](std::size_t i) { return std::to_integer<std::uint32_t>(h.body[i]); };
    const std::uint32_t place = (octet(1) << 8U) | octet(2);
    const std::uint32_t id = (octet(3) << 24U) | (octet(4) << 16U) | (octet(5) << 8U) | octet(6);
    return Piece{place & 0xfff8U, (place & 1U) != 0, id};
  }
  return std::nullopt;
}

std::uint8_t protocol_of(const wire::Packet& p) {
  return std::visit([](const auto& ip) { return ip.protocol; }, p.ip);
}

bool same_datagram(const wire::Packet& a, const wire::Packet& b) {
  return a.source() == b.source() && a.destination() == b.destination() && protocol_of(a) == protocol_of(b) &&
         piece_of(a)->id == piece_of(b)->id;
}

wire::Decoded joined(wire::Packet first, const Bytes& rest) {
  if (auto* v4 = std::get_if<wire::Ipv4Header>(&first.ip)) {
    v4->more_fragments = false;
    v4->total_length.reset();
    v4->checksum.reset();
  } else {
    auto& v6 = std::get<wire::Ipv6Header>(first.ip);
    v6.payload_length.reset();
    std::erase_if(v6.extensions, [](const wire::ExtensionHeader& h) { return h.kind == fragment_header; });
  }
  Bytes& payload = std::get<Bytes>(first.payload);
  payload.insert(payload.end(), rest.begin(), rest.end());
  return wire::decode(wire::encode(first));
}

}  // namespace

bool is_fragment(const wire::Packet& packet) { return piece_of(packet).has_value(); }

Reassembler::Progress Reassembler::add(const wire::Decoded& fragment) {
  const auto piece = piece_of(fragment.packet);
  const auto* payload = std::get_if<Bytes>(&fragment.packet.payload);
  if (!piece || payload == nullptr) return Progress::unclear;
  if (piece->offset == 0 && piece->more && payload->size() % 8 == 0) {
    const bool again = first_ && same_datagram(*first_, fragment.packet);
    first_ = fragment.packet;
    return again ? Progress::unclear : Progress::waiting;
  }
  const bool fits = first_ && !piece->more && same_datagram(*first_, fragment.packet) &&
                    piece->offset == std::get<Bytes>(first_->payload).size();
  if (!fits) return Progress::unclear;
  whole_ = joined(*first_, *payload);
  first_.reset();
  return Progress::complete;
}

}  // namespace tcpjury::model
