#include "targets/plugin/ethernet.h"

#include <algorithm>

#include "harness/base/assert.h"
#include "harness/wire/packet.h"

namespace tcpjury::targets {
namespace {

constexpr std::size_t header_length = 14;
constexpr std::size_t minimum = 60;  // octets of the shortest frame, without FCS; shorter ones are padded
constexpr std::uint16_t type_ipv4 = 0x0800;
constexpr std::uint16_t type_arp = 0x0806;
constexpr std::uint16_t type_ipv6 = 0x86dd;
constexpr MacAddress broadcast = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

constexpr std::size_t arp_length = 28;
constexpr std::uint16_t arp_request = 1;
constexpr std::uint16_t arp_reply = 2;

// RFC 4861 section 4; 130 to 132 and 143 are multicast listener messages (RFC 2710, RFC 3810).
constexpr std::uint8_t neighbor_solicitation = 135;
constexpr std::uint8_t neighbor_advertisement = 136;
constexpr std::uint8_t option_source_mac = 1;
constexpr std::uint8_t option_target_mac = 2;
constexpr std::uint32_t solicited_override = 0x6000'0000;

std::uint16_t get16(BytesView from, std::size_t at) {
  return static_cast<std::uint16_t>(octet(from[at]) << 8 | octet(from[at + 1]));
}
void put16(Bytes& to, std::uint16_t value) {
  to.push_back(static_cast<std::byte>(value >> 8));
  to.push_back(static_cast<std::byte>(value & 0xff));
}
template <class Octets>
void put(Bytes& to, const Octets& from, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) to.push_back(static_cast<std::byte>(from[i]));
}
MacAddress mac_at(BytesView from, std::size_t at) {
  MacAddress result{};
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = octet(from[at + i]);
  return result;
}
bool equals(BytesView from, std::size_t at, const wire::IpAddress& address) {
  for (std::size_t i = 0; i < address.size(); ++i)
    if (octet(from[at + i]) != address.octets[i]) return false;
  return true;
}

Bytes frame_to(const MacAddress& destination, std::uint16_t type, BytesView body) {
  Bytes frame;
  frame.reserve(std::max(minimum, header_length + body.size()));
  put(frame, destination, destination.size());
  put(frame, EthernetGateway::mac, EthernetGateway::mac.size());
  put16(frame, type);
  frame.insert(frame.end(), body.begin(), body.end());
  if (frame.size() < minimum) frame.resize(minimum);
  return frame;
}

Bytes arp_frame(std::uint16_t operation, const wire::IpAddress& sender, const MacAddress& to,
                const wire::IpAddress& to_address) {
  Bytes body;
  put16(body, 1);  // Ethernet
  put16(body, type_ipv4);
  put16(body, 0x0604);  // lengths of hardware and protocol addresses
  put16(body, operation);
  put(body, EthernetGateway::mac, EthernetGateway::mac.size());
  put(body, sender.octets, 4);
  put(body, operation == arp_request ? MacAddress{} : to, to.size());
  put(body, to_address.octets, 4);
  return frame_to(operation == arp_request ? broadcast : to, type_arp, body);
}

// A solicitation or advertisement about `subject`, with the gateway's hardware address as its option.
Bytes neighbor_message(std::uint8_t type, const wire::IpAddress& from, const wire::IpAddress& to,
                       const wire::IpAddress& subject) {
  wire::IcmpMessage message{.type = type};
  if (type == neighbor_advertisement) message.rest = solicited_override;
  put(message.body, subject.octets, 16);
  message.body.push_back(std::byte{type == neighbor_solicitation ? option_source_mac : option_target_mac});
  message.body.push_back(std::byte{1});  // in units of eight octets
  put(message.body, EthernetGateway::mac, EthernetGateway::mac.size());
  return wire::encode(
      {.ip =
           wire::Ipv6Header{
               .source = from, .destination = to, .hop_limit = 255, .protocol = wire::protocol::icmpv6},
       .payload = message});
}

// ff02::1:ffXX:XXXX (RFC 4291 section 2.7.1), and 33:33:ff:XX:XX:XX (RFC 2464 section 7).
wire::IpAddress solicited_node(const wire::IpAddress& address) {
  wire::IpAddress group{wire::Family::v6, {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff}};
  std::copy_n(address.octets.begin() + 13, 3, group.octets.begin() + 13);
  return group;
}
MacAddress multicast_mac(const wire::IpAddress& group) {
  MacAddress result{0x33, 0x33};
  std::copy_n(group.octets.begin() + 12, 4, result.begin() + 2);
  return result;
}

bool is_link_chatter(std::uint8_t icmpv6_type) {
  return (icmpv6_type >= 133 && icmpv6_type <= 137) || (icmpv6_type >= 130 && icmpv6_type <= 132) ||
         icmpv6_type == 143;
}

// The datagram without the padding of a frame that would have been too short.
BytesView without_padding(BytesView datagram, std::uint16_t type) {
  if (header_length + datagram.size() > minimum) return datagram;
  std::size_t length = datagram.size();
  if (type == type_ipv4 && datagram.size() >= 20) length = get16(datagram, 2);
  if (type == type_ipv6 && datagram.size() >= 40) length = 40U + get16(datagram, 4);
  return datagram.first(std::min(length, datagram.size()));
}

}  // namespace

Bytes EthernetGateway::question(wire::Family family) const {
  if (family == wire::Family::v4)
    return arp_frame(arp_request, addresses_.gateway_v4, broadcast, addresses_.target_v4);
  const auto group = solicited_node(addresses_.target_v6);
  return frame_to(
      multicast_mac(group), type_ipv6,
      neighbor_message(neighbor_solicitation, addresses_.gateway_v6, group, addresses_.target_v6));
}

Bytes EthernetGateway::wrap(BytesView datagram) const {
  TCPJURY_ASSERT(target_.has_value());
  const bool v6 = !datagram.empty() && (octet(datagram[0]) >> 4) == 6;
  return frame_to(*target_, v6 ? type_ipv6 : type_ipv4, datagram);
}

EthernetGateway::Arrival EthernetGateway::arrive(BytesView frame) {
  if (frame.size() < header_length) return {};
  const auto type = get16(frame, 12);
  const auto body = frame.subspan(header_length);
  if (type == type_arp) return arp(body);
  if (type != type_ipv4 && type != type_ipv6) return {};
  target_ = mac_at(frame, 6);
  const auto datagram = without_padding(body, type);
  if (type == type_ipv6) return ipv6(datagram);
  return {.datagram = Bytes{datagram.begin(), datagram.end()}};
}

EthernetGateway::Arrival EthernetGateway::arp(BytesView body) {
  if (body.size() < arp_length || get16(body, 0) != 1 || get16(body, 2) != type_ipv4) return {};
  const bool from_target = equals(body, 14, addresses_.target_v4);
  const auto sender = mac_at(body, 8);
  if (from_target) target_ = sender;
  // Only for the gateway: a probe for the target's own address (RFC 5227) must stay without an answer.
  if (get16(body, 6) != arp_request || !equals(body, 24, addresses_.gateway_v4)) return {};
  auto asker = addresses_.target_v4;
  for (std::size_t i = 0; i < 4; ++i) asker.octets[i] = octet(body[14 + i]);
  return {.answer = arp_frame(arp_reply, addresses_.gateway_v4, sender, asker)};
}

EthernetGateway::Arrival EthernetGateway::ipv6(BytesView datagram) {
  const auto decoded = wire::decode(datagram);
  const auto* message = std::get_if<wire::IcmpMessage>(&decoded.packet.payload);
  if (message == nullptr || !is_link_chatter(message->type))
    return {.datagram = Bytes{datagram.begin(), datagram.end()}};
  const auto source = decoded.packet.source();
  const bool for_gateway = message->type == neighbor_solicitation && message->body.size() >= 16 &&
                           equals(message->body, 0, addresses_.gateway_v6);
  // From the unspecified address it is duplicate address detection: the target tries an address of its own.
  if (!for_gateway || source == wire::IpAddress{wire::Family::v6, {}}) return {};
  return {.answer = frame_to(*target_, type_ipv6,
                             neighbor_message(neighbor_advertisement, addresses_.gateway_v6, source,
                                              addresses_.gateway_v6))};
}

}  // namespace tcpjury::targets
