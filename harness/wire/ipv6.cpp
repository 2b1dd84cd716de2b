// The IPv6 header and the chain of extension headers behind it (RFC 8200 sections 3 and 4).
#include <array>

#include "harness/wire/codec.h"
#include "harness/wire/ipv6_chain.h"
#include "harness/wire/octets.h"

namespace tcpjury::wire {
namespace {

using FixedHeader = std::span<const std::byte, ipv6_header_size>;

IpAddress address_at(std::span<const std::byte, 16> octets) {
  IpAddress address{.family = Family::v6};
  std::copy(octets.begin(), octets.end(), std::as_writable_bytes(std::span{address.octets}).begin());
  return address;
}

void put_address(std::span<std::byte, 16> octets, const IpAddress& address) {
  std::copy_n(std::as_bytes(std::span{address.octets}).begin(), octets.size(), octets.begin());
}

bool is_extension(std::uint8_t kind) {
  return kind == extension_kind::hop_by_hop || kind == extension_kind::routing ||
         kind == extension_kind::fragment || kind == extension_kind::destination_options;
}

/// Octets of the extension header at the start of `rest`; nothing when it runs past the end.
std::optional<std::size_t> extension_size(std::uint8_t kind, BytesView rest) {
  if (rest.size() < extension_unit) return std::nullopt;
  if (kind == extension_kind::fragment) return extension_unit;
  const std::size_t size = extension_unit * (1U + octet(rest[1]));
  if (size > rest.size()) return std::nullopt;
  return size;
}

/// Takes the chain off the front of `rest` into `header`; false when it stops at a header that runs past the
/// end, or at a fragment of something: what follows is then no transport header.
bool read_chain(Ipv6Header& header, BytesView& rest, Defects& defects) {
  while (is_extension(header.protocol)) {
    const std::optional<std::size_t> size = extension_size(header.protocol, rest);
    if (!size) {
      defects.push_back(WireDefect::extension_chain);
      return false;
    }
    header.extensions.push_back({header.protocol, owned(rest.subspan(1, *size - 1))});
    header.protocol = octet(rest[0]);
    rest = rest.subspan(*size);
    if (is_real_fragment(header.extensions.back())) return false;
  }
  return true;
}

}  // namespace

bool is_real_fragment(const ExtensionHeader& extension) {
  if (extension.kind != extension_kind::fragment || extension.body.size() < extension_unit - 1) return false;
  constexpr std::uint16_t offset_and_more = 0xfff9;
  const std::uint16_t field = get16<1>(BytesView{extension.body}.first<extension_unit - 1>());
  return (field & offset_and_more) != 0;
}

Datagram read_ipv6(BytesView frame, Defects& defects) {
  const FixedHeader fixed = frame.first<ipv6_header_size>();
  const std::uint32_t first_word = get32<0>(fixed);
  Ipv6Header header{
      .source = address_at(fixed.subspan<8, 16>()),
      .destination = address_at(fixed.subspan<24, 16>()),
      .traffic_class = static_cast<std::uint8_t>(first_word >> 20U & 0xffU),
      .flow_label = first_word & 0xf'ffffU,
      .hop_limit = get8<7>(fixed),
      .protocol = get8<6>(fixed),
  };

  const std::size_t available = frame.size() - ipv6_header_size;
  const std::size_t stated = get16<4>(fixed);
  if (stated > available) {
    defects.push_back(WireDefect::ip_length);
    header.payload_length = get16<4>(fixed);
  }
  const std::size_t payload = std::min(stated, available);

  BytesView upper = frame.subspan(ipv6_header_size, payload);
  const bool transport_follows = read_chain(header, upper, defects);
  return {
      .ip = std::move(header),
      .upper = upper,
      .trailer = frame.subspan(ipv6_header_size + payload),
      .opaque = !transport_follows,
  };
}

std::size_t encoded_size(const Ipv6Header& header) {
  std::size_t size = ipv6_header_size;
  for (const ExtensionHeader& extension : header.extensions) size += 1 + extension.body.size();
  return size;
}

void append_header(Bytes& out, const Ipv6Header& header, std::size_t upper_octets) {
  const std::size_t payload = encoded_size(header) - ipv6_header_size + upper_octets;
  const std::vector<ExtensionHeader>& chain = header.extensions;
  const std::uint32_t version = header.version.value_or(6) & 0x0fU;

  std::array<std::byte, ipv6_header_size> octets{};
  const std::span fields{octets};
  put32<0>(fields, version << 28U | static_cast<std::uint32_t>(header.traffic_class) << 20U |
                       (header.flow_label & 0xf'ffffU));
  put16<4>(fields, header.payload_length.value_or(length16(payload)));
  put8<6>(fields, chain.empty() ? header.protocol : chain.front().kind);
  put8<7>(fields, header.hop_limit);
  put_address(fields.subspan<8, 16>(), header.source);
  put_address(fields.subspan<24, 16>(), header.destination);
  append(out, octets);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const bool last = i + 1 == chain.size();
    out.push_back(static_cast<std::byte>(last ? header.protocol : chain[i + 1].kind));
    append(out, chain[i].body);
  }
}

}  // namespace tcpjury::wire
