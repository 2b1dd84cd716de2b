#include "targets/reference/host.h"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/wire/tcp_view.h"

namespace tcpjury::reference {
namespace {

using wire::Family;
using wire::IpAddress;

void append(Bytes& octets, const IpAddress& address) {
  for (const std::uint8_t value : address.octets) octets.push_back(std::byte{value});
}

void append(Bytes& octets, const wire::Endpoint& endpoint) {
  append(octets, endpoint.address);
  octets.push_back(static_cast<std::byte>(endpoint.port.number >> 8U));
  octets.push_back(static_cast<std::byte>(endpoint.port.number & 0xffU));
}

std::uint32_t number_of(const IpAddress& v4) {
  const auto& o = v4.octets;
  return std::uint32_t{o[0]} << 24U | std::uint32_t{o[1]} << 16U | std::uint32_t{o[2]} << 8U | o[3];
}

/// One label for all segments of a connection, the SYN,ACK included (RFC 4987 section 4).
std::uint32_t flow_label(const HashKey& key, const wire::Endpoint& from, const wire::Endpoint& to) {
  Bytes octets;
  append(octets, from);
  append(octets, to);
  return static_cast<std::uint32_t>(keyed_hash(key, octets) >> 32U) & 0xf'ffffU;
}

/// A loose source route (RFC 791 section 3.1): to the first router, and the rest of the way in the option.
void send_by(const std::vector<IpAddress>& route, wire::Ipv4Header& header) {
  constexpr std::size_t before_addresses = 3;
  constexpr std::byte loose_source_route{131};
  constexpr std::byte first_address{4};
  header.options = {loose_source_route, static_cast<std::byte>(before_addresses + 4 * route.size()),
                    first_address};
  const auto add = [&](const IpAddress& address) {
    for (std::size_t i = 0; i < 4; ++i) header.options.push_back(std::byte{address.octets[i]});
  };
  for (std::size_t i = 1; i < route.size(); ++i) add(route[i]);
  add(header.destination);
  header.destination = route.front();
}

}  // namespace

Host::Host(const tcpjury_config& config, Settings settings)
    : config_{config}, settings_{settings}, now_{config.now}, random_{config.seed} {
  reset(config.seed, config.now);
}

void Host::reset(std::uint64_t seed, Time now) {
  now_ = now;
  random_ = Random{seed};
  key_ = {random_.next(), random_.next()};
  last_handle_ = 0;
  cookies_.clear();
  failed_.clear();
}

IpAddress Host::address(Family family) const {
  IpAddress address{.family = family};
  if (family == Family::v4)
    std::ranges::copy(config_.ipv4, address.octets.begin());
  else
    std::ranges::copy(config_.ipv6, address.octets.begin());
  return address;
}

bool Host::is_valid_peer(const IpAddress& peer) const {
  if (peer == address(peer.family)) return false;
  const auto& o = peer.octets;
  if (peer.family == Family::v6) {
    const bool tail_is_zero = std::all_of(o.begin(), o.begin() + 15, [](auto octet) { return octet == 0; });
    return o[0] != 0xff && !(tail_is_zero && o[15] <= 1);
  }
  if (o[0] == 0 || o[0] == 127 || o[0] >= 224) return false;
  if (config_.ipv4_prefix >= 31) return true;
  const std::uint32_t hosts = 0xffff'ffffU >> config_.ipv4_prefix;
  const std::uint32_t own = number_of(address(Family::v4));
  const bool on_link = (number_of(peer) & ~hosts) == (own & ~hosts);
  return !on_link || ((number_of(peer) & hosts) != hosts && (number_of(peer) & hosts) != 0);
}

wire::SeqNum Host::initial_sequence_number(const wire::Endpoint& local, const wire::Endpoint& remote,
                                           State state) {
  Bytes octets;
  append(octets, local);
  append(octets, remote);
  const auto clock = static_cast<std::uint32_t>(now_ / (4 * microseconds));
  const auto hash = static_cast<std::uint32_t>(keyed_hash(key_, octets));
  if (fault(Fault::iss_constant, state)) return {0x1000'0000};
  if (fault(Fault::iss_counted, state)) return {64'000 * ++openings_};  // 4.2BSD
  if (fault(Fault::iss_of_16_bits, state)) return {(clock + hash) & 0xffffU};
  if (fault(Fault::iss_random, state)) return {random_.next32()};
  if (fault(Fault::iss_clock_stopped, state)) return {hash};
  return {clock + hash};
}

std::uint32_t Host::timestamp_offset(const IpAddress& local, const IpAddress& remote) const {
  Bytes octets;
  append(octets, local);
  append(octets, remote);
  return static_cast<std::uint32_t>(keyed_hash(key_, octets));
}

std::uint16_t Host::ephemeral_port() {
  constexpr std::uint64_t first = 49'152;  // RFC 6335 section 6
  return static_cast<std::uint16_t>(first + random_.below(65'536 - first));
}

void Host::send(const wire::Endpoint& from, const wire::Endpoint& to, wire::TcpSegment segment,
                const IpFields& ip, State state) {
  segment.source = from.port;
  segment.destination = to.port;
  misprint(segment, from, to, state);
  const auto traffic_class = static_cast<std::uint8_t>(ip.diffserv << 2U | static_cast<std::uint8_t>(ip.ecn));
  wire::Packet packet;
  if (from.address.family == Family::v4)
    packet.ip = wire::Ipv4Header{
        .source = from.address, .destination = to.address, .tos = traffic_class, .ttl = ip.ttl};
  else
    packet.ip = wire::Ipv6Header{.source = from.address,
                                 .destination = to.address,
                                 .traffic_class = traffic_class,
                                 .flow_label = flow_label(key_, from, to),
                                 .hop_limit = ip.ttl};
  if (!ip.route.empty()) send_by(ip.route, std::get<wire::Ipv4Header>(packet.ip));
  packet.payload = std::move(segment);
  put(packet);
}

void Host::put(const wire::Packet& packet) const {
  const Bytes octets = wire::encode(packet);
  const void* start = octets.data();
  config_.packet_out(config_.harness, static_cast<const std::uint8_t*>(start), octets.size());
}

void Host::refuse_port(const wire::Packet& about) const {
  const bool v4 = about.family() == Family::v4;
  wire::Packet packet;
  if (v4)
    packet.ip = wire::Ipv4Header{
        .source = about.destination(), .destination = about.source(), .protocol = wire::protocol::icmp};
  else
    packet.ip = wire::Ipv6Header{
        .source = about.destination(), .destination = about.source(), .protocol = wire::protocol::icmpv6};
  Bytes quote = wire::encode(about);
  quote.resize(std::min<std::size_t>(quote.size(), v4 ? 28 : 48));
  packet.payload = wire::IcmpMessage{.type = static_cast<std::uint8_t>(v4 ? 3 : 1),
                                     .code = static_cast<std::uint8_t>(v4 ? 3 : 4),
                                     .body = std::move(quote)};
  put(packet);
}

}  // namespace tcpjury::reference
