#include "targets/reference/peer_test.h"

#include <utility>

namespace tcpjury::reference {

using wire::Family;

Peer::Peer(Bench& bench, std::uint16_t port, Family family)
    : self{.address = family == Family::v4 ? peer_v4 : peer_v6, .port = {port}},
      target{.address = family == Family::v4 ? target_v4 : target_v6, .port = {80}},
      bench_{bench} {}

Bytes Peer::everything() {
  return wire::encode_options(
      {.mss = 1460, .window_scale = 2, .sack_permitted = true, .timestamps = {{.tsval = 5'000, .tsecr = 0}}});
}

void Peer::send(wire::FlagSet flags, std::string_view text, const Unusual& unusual) {
  wire::TcpSegment segment;
  segment.source = self.port;
  segment.destination = target.port;
  segment.seq = unusual.seq.value_or(nxt);
  segment.flags = flags;
  if (flags.has(wire::ack)) segment.ack = unusual.ack.value_or(rcv_nxt);
  segment.window = unusual.window.value_or(window);
  segment.urgent = unusual.urgent;
  segment.reserved = unusual.reserved;
  segment.checksum = unusual.checksum;
  segment.data_offset = unusual.data_offset;
  segment.text = bytes_of(text);
  wire::OptionFields fields;
  if (timestamps || unusual.tsval)
    fields.timestamps = {.tsval = unusual.tsval.value_or(tsval), .tsecr = tsecr};
  fields.sack = unusual.sack;
  segment.options = unusual.options.value_or(wire::encode_options(fields));
  if (!unusual.seq) nxt = segment.end();
  wire::Packet packet;
  if (self.address.family == Family::v4)
    packet.ip = wire::Ipv4Header{.source = self.address,
                                 .destination = target.address,
                                 .tos = unusual.ecn,
                                 .options = unusual.ip_options};
  else
    packet.ip =
        wire::Ipv6Header{.source = self.address, .destination = target.address, .traffic_class = unusual.ecn};
  packet.payload = std::move(segment);
  bench_.arrive(packet);
}

void Peer::note(const wire::Packet& packet) {
  const auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip);
  const unsigned tos = v4 != nullptr ? v4->tos : std::get<wire::Ipv6Header>(packet.ip).traffic_class;
  const unsigned hops = v4 != nullptr ? v4->ttl : std::get<wire::Ipv6Header>(packet.ip).hop_limit;
  const auto& segment = *packet.tcp();
  unsigned sum = 0;  // of the octets of options: two lists of the same kinds may differ
  for (const std::byte value : segment.options) sum = sum * 31 + octet(value);
  std::string route;
  if (v4 != nullptr) {
    for (const std::byte value : v4->options) route += " " + std::to_string(octet(value));
  }
  transcript.push_back(std::to_string(bench_.now().count() / 1'000'000) + " " + wire::to_string(packet) +
                       " wnd " + std::to_string(segment.window) + " tos " + std::to_string(tos) + " ttl " +
                       std::to_string(hops) + " up " + std::to_string(segment.urgent) + " route" + route +
                       " " + wire::to_string(wire::parse_options(segment.options)) + " " +
                       std::to_string(segment.options.size()) + " res " + std::to_string(segment.reserved) +
                       " sum " + std::to_string(sum) +
                       (segment.text.empty() ? "" : " first " + std::to_string(octet(segment.text.front()))) +
                       (segment.text.empty() ? "" : " last " + std::to_string(octet(segment.text.back()))));
}

std::vector<wire::TcpSegment> Peer::take() {
  std::vector<wire::TcpSegment> segments;
  for (const Bytes& octets : bench_.take_octets()) {
    const wire::Decoded decoded = wire::decode(octets);
    for (const wire::WireDefect defect : decoded.defects) transcript.emplace_back(wire::to_string(defect));
    if (decoded.packet.tcp() == nullptr) transcript.push_back(wire::to_string(decoded.packet));
    if (decoded.packet.tcp() == nullptr) continue;
    note(decoded.packet);
    const wire::TcpSegment& segment = *decoded.packet.tcp();
    segments.push_back(segment);
    if (segment.flags.has(wire::syn)) target_iss = segment.seq;
    if (!segment.flags.has(wire::rst) &&
        (segment.flags.has(wire::syn) || wire::before(rcv_nxt, segment.end())))
      rcv_nxt = segment.end();
    if (const auto echo = wire::parse_options(segment.options).timestamps()) tsecr = echo->tsval;
  }
  for (Happening& happening : bench_.take_happenings()) {
    transcript.push_back("event " + std::to_string(happening.kind) + " " + happening.text);
    happenings.push_back(std::move(happening));
  }
  return segments;
}

wire::TcpSegment Peer::only() {
  auto segments = take();
  EXPECT_EQ(segments.size(), 1U);
  return segments.size() == 1 ? std::move(segments.front()) : wire::TcpSegment{};
}

void Peer::icmp(std::uint8_t type, std::uint8_t code, std::uint32_t rest, const wire::TcpSegment& quoted) {
  wire::Packet about;
  wire::Packet packet;
  if (self.address.family == Family::v4) {
    about.ip = wire::Ipv4Header{.source = target.address, .destination = self.address};
    packet.ip = wire::Ipv4Header{
        .source = self.address, .destination = target.address, .protocol = wire::protocol::icmp};
  } else {
    about.ip = wire::Ipv6Header{.source = target.address, .destination = self.address};
    packet.ip = wire::Ipv6Header{
        .source = self.address, .destination = target.address, .protocol = wire::protocol::icmpv6};
  }
  about.payload = quoted;
  Bytes quote = wire::encode(about);
  quote.resize(std::min<std::size_t>(quote.size(), self.address.family == Family::v4 ? 28 : 48));
  packet.payload = wire::IcmpMessage{.type = type, .code = code, .rest = rest, .body = std::move(quote)};
  bench_.arrive(packet);
}

tcpjury_handle Peer::accepted() {
  static_cast<void>(take());
  for (const Happening& happening : happenings)
    if (happening.kind == TCPJURY_EVENT_ACCEPTED) return happening.child;
  return 0;
}

tcpjury_handle Peer::connect_to_listener(const Bytes& options) {
  bench_.listen(80, 16, self.address.family);
  nxt = iss;
  timestamps = false;
  const bool with_timestamps = wire::parse_options(options).timestamps().has_value();
  send(wire::syn, {}, {.options = options});
  static_cast<void>(take());
  timestamps = with_timestamps;
  send(wire::ack);
  return accepted();
}

tcpjury_handle Peer::answer_open(const Bytes& options) {
  const auto opened = bench_.open(self);
  for (const auto& segment : take()) target.port = segment.source;
  nxt = iss;
  send(wire::syn | wire::ack, {}, {.options = options});
  timestamps = wire::parse_options(options).timestamps().has_value();
  static_cast<void>(take());
  return opened.handle;
}

}  // namespace tcpjury::reference
