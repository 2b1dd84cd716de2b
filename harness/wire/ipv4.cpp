// The IPv4 header (RFC 791 section 3.1).
#include <array>

#include "harness/wire/checksum.h"
#include "harness/wire/codec.h"
#include "harness/wire/octets.h"

namespace tcpjury::wire {
namespace {

using FixedHeader = std::span<const std::byte, ipv4_header_min>;

constexpr std::uint16_t reserved_flag = 0x8000;
constexpr std::uint16_t dont_fragment_flag = 0x4000;
constexpr std::uint16_t more_fragments_flag = 0x2000;
constexpr std::uint16_t offset_mask = 0x1fff;

IpAddress address_at(std::span<const std::byte, 4> octets) {
  return IpAddress::v4(get8<0>(octets), get8<1>(octets), get8<2>(octets), get8<3>(octets));
}

Ipv4Header read_fixed(FixedHeader fixed) {
  const std::uint16_t fragmentation = get16<6>(fixed);
  return {
      .source = address_at(fixed.subspan<12, 4>()),
      .destination = address_at(fixed.subspan<16, 4>()),
      .tos = get8<1>(fixed),
      .identification = get16<4>(fixed),
      .dont_fragment = (fragmentation & dont_fragment_flag) != 0,
      .more_fragments = (fragmentation & more_fragments_flag) != 0,
      .reserved_bit = (fragmentation & reserved_flag) != 0,
      .fragment_offset = static_cast<std::uint16_t>(fragmentation & offset_mask),
      .ttl = get8<8>(fixed),
      .protocol = get8<9>(fixed),
  };
}

std::uint16_t right_checksum(BytesView header) {
  constexpr std::size_t field = 10;
  ChecksumAccumulator sum;
  sum.add(header.first(field));
  sum.add(header.subspan(field + 2));
  return sum.finish();
}

std::uint16_t fragmentation_field(const Ipv4Header& header) {
  return static_cast<std::uint16_t>(
      (header.reserved_bit ? reserved_flag : 0U) | (header.dont_fragment ? dont_fragment_flag : 0U) |
      (header.more_fragments ? more_fragments_flag : 0U) | (header.fragment_offset & offset_mask));
}

void put_address(std::span<std::byte, 4> octets, const IpAddress& address) {
  std::copy_n(std::as_bytes(std::span{address.octets}).begin(), octets.size(), octets.begin());
}

}  // namespace

Datagram read_ipv4(BytesView frame, Defects& defects) {
  const FixedHeader fixed = frame.first<ipv4_header_min>();
  Ipv4Header header = read_fixed(fixed);

  const auto words = static_cast<std::uint8_t>(get8<0>(fixed) & 0x0fU);
  std::size_t header_octets = words * std::size_t{4};
  const bool readable = header_octets >= ipv4_header_min && header_octets <= frame.size();
  if (!readable) {
    defects.push_back(WireDefect::ip_header_length);
    header.header_length = words;
    header_octets = ipv4_header_min;
  }
  header.options = owned(frame.subspan(ipv4_header_min, header_octets - ipv4_header_min));

  const std::size_t total = get16<2>(fixed);
  const bool length_lies = total < header_octets || total > frame.size();
  if (length_lies) {
    defects.push_back(WireDefect::ip_length);
    header.total_length = get16<2>(fixed);
  }
  const std::size_t end = length_lies ? frame.size() : total;

  const std::uint16_t found = get16<10>(fixed);
  const std::uint16_t right = right_checksum(frame.first(header_octets));
  if (found != right) header.checksum = found;
  if (!checksum_accepted(found, right)) defects.push_back(WireDefect::ip_checksum);

  const bool fragment = header.more_fragments || header.fragment_offset != 0;
  return {
      .ip = std::move(header),
      .upper = frame.subspan(header_octets, end - header_octets),
      .trailer = frame.subspan(end),
      .opaque = fragment || !readable,
  };
}

std::size_t encoded_size(const Ipv4Header& header) {
  return ipv4_header_min + padded_to_words(header.options.size());
}

void append_header(Bytes& out, const Ipv4Header& header, std::size_t upper_octets) {
  const std::size_t start = out.size();
  const std::size_t size = encoded_size(header);
  const std::uint8_t version = header.version.value_or(4);
  const std::uint8_t words = header.header_length.value_or(length_in_words(size));

  std::array<std::byte, ipv4_header_min> octets{};
  const std::span fields{octets};
  put8<0>(fields, static_cast<std::uint8_t>((version & 0x0fU) << 4U | (words & 0x0fU)));
  put8<1>(fields, header.tos);
  put16<2>(fields, header.total_length.value_or(length16(size + upper_octets)));
  put16<4>(fields, header.identification);
  put16<6>(fields, fragmentation_field(header));
  put8<8>(fields, header.ttl);
  put8<9>(fields, header.protocol);
  put_address(fields.subspan<12, 4>(), header.source);
  put_address(fields.subspan<16, 4>(), header.destination);
  append(out, octets);
  append(out, header.options);
  out.resize(start + size);

  const std::span written = std::span{out}.subspan(start);
  put16<10>(written.first<ipv4_header_min>(), header.checksum.value_or(internet_checksum(written)));
}

}  // namespace tcpjury::wire
