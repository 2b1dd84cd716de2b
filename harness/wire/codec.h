// The parts encode() and decode() are put together from. Private to this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/wire/address.h"
#include "harness/wire/packet.h"

namespace tcpjury::wire {

inline constexpr std::size_t ipv4_header_min = 20;
inline constexpr std::size_t ipv6_header_size = 40;
inline constexpr std::size_t icmp_header_size = 8;

using Defects = std::vector<WireDefect>;

/// A datagram taken apart below the transport header.
struct Datagram {
  IpHeader ip = {};
  BytesView upper = {};    ///< what follows the IP headers, up to the datagram's own length
  BytesView trailer = {};  ///< what follows the datagram
  bool opaque = false;  ///< a fragment, or behind a header that could not be read: no transport header here
};

/// `frame` must hold a fixed header of the family.
[[nodiscard]] Datagram read_ipv4(BytesView frame, Defects& defects);
[[nodiscard]] Datagram read_ipv6(BytesView frame, Defects& defects);

/// Octets of the IP headers alone, options and extensions included.
[[nodiscard]] std::size_t encoded_size(const Ipv4Header& header);
[[nodiscard]] std::size_t encoded_size(const Ipv6Header& header);
/// `upper_octets`: how much will follow the headers.
void append_header(Bytes& out, const Ipv4Header& header, std::size_t upper_octets);
void append_header(Bytes& out, const Ipv6Header& header, std::size_t upper_octets);

[[nodiscard]] std::size_t encoded_size(const TcpSegment& segment);
void append_segment(Bytes& out, const TcpSegment& segment, const IpAddress& from, const IpAddress& to);

/// Source and destination as the headers hold them, with the family of the header.
struct Addresses {
  IpAddress from = {};
  IpAddress to = {};
};
[[nodiscard]] Addresses addresses_of(const IpHeader& ip);

/// `octets` must hold icmp_header_size. ICMPv6 counts a pseudo-header into its checksum, ICMP does not.
[[nodiscard]] IcmpMessage read_icmp(BytesView octets, const Addresses& between, Defects& defects);
[[nodiscard]] std::size_t encoded_size(const IcmpMessage& message);
void append_icmp(Bytes& out, const IcmpMessage& message, const Addresses& between);

}  // namespace tcpjury::wire
