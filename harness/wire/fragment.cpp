#include "harness/wire/fragment.h"

#include <algorithm>

#include "harness/base/random.h"
#include "harness/wire/codec.h"
#include "harness/wire/ipv6_chain.h"
#include "harness/wire/octets.h"

namespace tcpjury::wire {
namespace {

constexpr std::size_t unit = 8;  // octets a fragment offset counts in

std::size_t rounded(std::uint16_t first_payload_octets) {
  return std::max<std::size_t>(first_payload_octets / unit * unit, unit);
}

/// The options a fragment other than the first carries: those with the copied bit (RFC 791 section 3.1). From
/// the first octets that are no proper option on, everything is kept.
Bytes copied_options(BytesView options) {
  constexpr std::uint8_t end_of_list = 0;
  constexpr std::uint8_t no_operation = 1;
  constexpr std::uint8_t copied_bit = 0x80;
  Bytes kept;
  while (!options.empty()) {
    const std::uint8_t type = octet(options[0]);
    if (type == end_of_list) return kept;
    const std::size_t length = type == no_operation ? 1 : options.size() < 2 ? 0 : octet(options[1]);
    if (length == 0 || length > options.size()) {
      append(kept, options);
      return kept;
    }
    if ((type & copied_bit) != 0) append(kept, options.first(length));
    options = options.subspan(length);
  }
  return kept;
}

std::vector<Bytes> cut(const Ipv4Header& header, BytesView upper, const Bytes& trailer, std::size_t first) {
  Ipv4Header front = header;
  front.dont_fragment = false;
  front.total_length.reset();
  Ipv4Header back = front;
  front.more_fragments = true;
  back.fragment_offset = static_cast<std::uint16_t>(header.fragment_offset + first / unit);
  back.options = copied_options(header.options);
  return {encode({front, owned(upper.first(first)), {}}),
          encode({back, owned(upper.subspan(first)), trailer})};
}

/// How many extension headers every fragment repeats: those that routers on the way read (RFC 8200 section
/// 4.5, "Per-Fragment headers").
std::size_t per_fragment_headers(const std::vector<ExtensionHeader>& chain) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (chain[i].kind == extension_kind::routing || chain[i].kind == extension_kind::hop_by_hop)
      count = i + 1;
  }
  return count;
}

ExtensionHeader fragment_header(std::size_t offset, bool more, std::uint32_t identification) {
  ExtensionHeader extension{extension_kind::fragment, Bytes(extension_unit - 1)};
  const auto body = std::span{extension.body}.first<extension_unit - 1>();
  put16<1>(body, static_cast<std::uint16_t>(offset | (more ? 1U : 0U)));
  put32<3>(body, identification);
  return extension;
}

std::uint32_t identification_of(BytesView octets) {
  std::uint64_t hash = hash64("");
  for (const std::byte b : octets) {
    const char c = static_cast<char>(b);
    hash = hash64({&c, 1}, hash);
  }
  return static_cast<std::uint32_t>(hash ^ hash >> 32U);
}

std::vector<Bytes> cut(const Ipv6Header& header, BytesView upper, const Bytes& trailer, std::size_t first) {
  Ipv6Header common = header;
  common.payload_length.reset();
  const std::size_t repeated = per_fragment_headers(header.extensions);
  if (repeated < header.extensions.size()) common.protocol = header.extensions[repeated].kind;
  common.extensions.resize(repeated);

  const std::uint32_t identification = identification_of(upper);
  Ipv6Header front = common;
  front.extensions.push_back(fragment_header(0, true, identification));
  Ipv6Header back = common;
  back.extensions.push_back(fragment_header(first, false, identification));
  return {encode({front, owned(upper.first(first)), {}}),
          encode({back, owned(upper.subspan(first)), trailer})};
}

/// Octets in front of what can be fragmented.
std::size_t per_fragment_size(const Ipv4Header& header) { return encoded_size(header); }
std::size_t per_fragment_size(const Ipv6Header& header) {
  Ipv6Header common = header;
  common.extensions.resize(per_fragment_headers(header.extensions));
  return encoded_size(common);
}

}  // namespace

std::vector<Bytes> fragment(const Packet& packet, std::uint16_t first_payload_octets) {
  const std::size_t first = rounded(first_payload_octets);
  const Bytes whole = encode(packet);
  return std::visit(
      [&](const auto& header) -> std::vector<Bytes> {
        const std::size_t fixed = per_fragment_size(header);
        const BytesView upper = BytesView{whole}.subspan(fixed, whole.size() - fixed - packet.trailer.size());
        if (upper.size() <= first) return {whole};
        return cut(header, upper, packet.trailer, first);
      },
      packet.ip);
}

}  // namespace tcpjury::wire
