// A whole IP datagram as a value: encode() writes any of them, decode() reads any octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/wire/address.h"
#include "harness/wire/tcp.h"

namespace tcpjury::wire {

namespace protocol {
inline constexpr std::uint8_t icmp = 1;
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t icmpv6 = 58;
}  // namespace protocol

/// RFC 791. Optional members lie when set; otherwise they are computed.
struct Ipv4Header {
  IpAddress source = {};
  IpAddress destination = {};
  std::uint8_t tos = 0;
  std::uint16_t identification = 0;
  bool dont_fragment = true;
  bool more_fragments = false;
  bool reserved_bit = false;
  std::uint16_t fragment_offset = 0;  ///< in units of eight octets, 0 to 8191
  std::uint8_t ttl = 64;
  std::uint8_t protocol = protocol::tcp;
  Bytes options = {};  ///< padded by encode() with zeros to a multiple of four; at most 40
  std::optional<std::uint8_t> version = {};
  std::optional<std::uint8_t> header_length = {};  ///< words
  std::optional<std::uint16_t> total_length = {};
  std::optional<std::uint16_t> checksum = {};
  friend bool operator==(const Ipv4Header&, const Ipv4Header&) = default;
};

/// One IPv6 extension header, its own kind and everything after its next-header octet as found.
struct ExtensionHeader {
  std::uint8_t kind = 0;  ///< 0 hop-by-hop, 43 routing, 44 fragment, 60 destination options
  Bytes body = {};        ///< from the length octet (fragment: reserved octet) to the end; 7 + 8n octets
  friend bool operator==(const ExtensionHeader&, const ExtensionHeader&) = default;
};

/// RFC 8200.
struct Ipv6Header {
  IpAddress source = {};
  IpAddress destination = {};
  std::uint8_t traffic_class = 0;
  std::uint32_t flow_label = 0;
  std::uint8_t hop_limit = 64;
  std::vector<ExtensionHeader> extensions = {};
  std::uint8_t protocol = protocol::tcp;  ///< next header of the last header of the chain
  std::optional<std::uint8_t> version = {};
  std::optional<std::uint16_t> payload_length = {};
  friend bool operator==(const Ipv6Header&, const Ipv6Header&) = default;
};

/// RFC 792 and RFC 4443: type, code, four octets of rest-of-header, body (the quoted datagram for errors).
struct IcmpMessage {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;
  Bytes body = {};
  std::optional<std::uint16_t> checksum = {};
  friend bool operator==(const IcmpMessage&, const IcmpMessage&) = default;
};

using IpHeader = std::variant<Ipv4Header, Ipv6Header>;
/// Raw octets stand for a payload of another protocol, a fragment, or a transport header cut short.
using Payload = std::variant<TcpSegment, IcmpMessage, Bytes>;

struct Packet {
  IpHeader ip = {};
  Payload payload = {};
  Bytes trailer = {};  ///< octets on the link after the datagram's own length
  friend bool operator==(const Packet&, const Packet&) = default;

  [[nodiscard]] Family family() const {
    return std::holds_alternative<Ipv4Header>(ip) ? Family::v4 : Family::v6;
  }
  [[nodiscard]] IpAddress source() const;
  [[nodiscard]] IpAddress destination() const;
  [[nodiscard]] const TcpSegment* tcp() const { return std::get_if<TcpSegment>(&payload); }
};

/// What makes octets on the link not a well-formed datagram. Each is a fact for the judge, not an error.
enum class WireDefect : std::uint8_t {
  too_short,         ///< not even an IP header
  ip_version,        ///< neither 4 nor 6, or a version that does not fit the header
  ip_header_length,  ///< IHL below 5 or past the end
  ip_length,         ///< total/payload length exceeds the octets there are, or is below the header
  ip_checksum,
  extension_chain,      ///< an extension header runs past the end
  transport_too_short,  ///< fewer octets than a TCP or ICMP header
  tcp_data_offset,      ///< below 5 words or past the end of the segment
  tcp_checksum,
  icmp_checksum,
  trailing_octets,  ///< the link delivered more than the IP length says
};
[[nodiscard]] std::string_view to_string(WireDefect d);

/// A decoded frame. `packet` holds as much as could be read; `defects` says what was wrong, in wire order.
struct Decoded {
  Packet packet = {};
  std::vector<WireDefect> defects = {};
  [[nodiscard]] bool has(WireDefect d) const;
};

/// Octets of the datagram. Computes lengths, checksums and padding wherever the value does not lie about
/// them.
[[nodiscard]] Bytes encode(const Packet& packet);

/// Reads any octets; never fails, never reads outside `frame`. Fields that are what encode() would compute
/// come back as "nothing", so that encode(decode(x).packet) == x for every x without the defects too_short,
/// ip_version, ip_header_length and extension_chain (property test).
[[nodiscard]] Decoded decode(BytesView frame);

/// One line for people: addresses, ports and the RFC's notation, or what else it is.
[[nodiscard]] std::string to_string(const Packet& packet);

}  // namespace tcpjury::wire
