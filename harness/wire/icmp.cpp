// ICMP and ICMPv6 messages (RFC 792, RFC 4443 section 2.1).
#include <array>

#include "harness/wire/checksum.h"
#include "harness/wire/codec.h"
#include "harness/wire/octets.h"

namespace tcpjury::wire {
namespace {

constexpr std::size_t checksum_field = 2;

std::uint16_t right_checksum(BytesView message, const Addresses& between) {
  ChecksumAccumulator sum;
  if (between.from.family == Family::v6) {
    add_pseudo_header(
        sum, {between.from, between.to, protocol::icmpv6, static_cast<std::uint32_t>(message.size())});
  }
  sum.add(message.first(checksum_field));
  sum.add(message.subspan(checksum_field + 2));
  return sum.finish();
}

}  // namespace

IcmpMessage read_icmp(BytesView octets, const Addresses& between, Defects& defects) {
  const auto header = octets.first<icmp_header_size>();
  IcmpMessage message{
      .type = get8<0>(header),
      .code = get8<1>(header),
      .rest = get32<4>(header),
      .body = owned(octets.subspan(icmp_header_size)),
  };
  const std::uint16_t found = get16<checksum_field>(header);
  const std::uint16_t right = right_checksum(octets, between);
  if (found != right) message.checksum = found;
  if (!checksum_accepted(found, right)) defects.push_back(WireDefect::icmp_checksum);
  return message;
}

std::size_t encoded_size(const IcmpMessage& message) { return icmp_header_size + message.body.size(); }

void append_icmp(Bytes& out, const IcmpMessage& message, const Addresses& between) {
  const std::size_t start = out.size();
  std::array<std::byte, icmp_header_size> octets{};
  const std::span fields{octets};
  put8<0>(fields, message.type);
  put8<1>(fields, message.code);
  put32<4>(fields, message.rest);
  append(out, octets);
  append(out, message.body);

  const std::span written = std::span{out}.subspan(start);
  put16<checksum_field>(written.first<icmp_header_size>(),
                        message.checksum ? *message.checksum : right_checksum(written, between));
}

}  // namespace tcpjury::wire
