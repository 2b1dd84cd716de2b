#include "harness/engine/fill.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/engine/spoil.h"
#include "harness/engine/stream.h"
#include "harness/wire/tcp_options.h"

namespace tcpjury::engine {
namespace {

using scenario::Expression;
using scenario::SegmentPattern;
using wire::SeqLen;
using wire::SeqNum;

constexpr std::uint32_t default_window = 65'535;
constexpr std::uint32_t text_max = 65'000;  // leaves room for the headers in a datagram of 65,535 octets

/// Evaluates expressions and keeps the first failure, so that filling a segment reads straight.
class Numbers {
 public:
  explicit Numbers(Expression::Lookup lookup) : lookup_{std::move(lookup)} {}
  std::uint32_t operator()(const Expression& expression) {
    auto value = expression.evaluate(lookup_);
    if (value) return *value;
    if (!error_) error_ = value.error();
    return 0;
  }
  std::uint32_t or_else(const std::optional<Expression>& expression, std::uint32_t fallback) {
    return expression ? (*this)(*expression) : fallback;
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  Expression::Lookup lookup_;
  std::optional<Error> error_;
};

void invent_names(const SegmentPattern& pattern, LiveMap& map, std::string_view label, TimePoint now) {
  if (pattern.seq) map.invent(*pattern.seq, label, now);
  if (pattern.ack) map.invent(*pattern.ack, label, now);
  if (pattern.ts) {
    map.invent(pattern.ts->first, label, now);
    map.invent(pattern.ts->second, label, now);
  }
}

wire::FlagSet control_bits(const SegmentPattern& pattern) {
  if (pattern.ctl) return *pattern.ctl;
  return pattern.data ? wire::ack | wire::psh : wire::ack;
}

SeqNum sequence(const SegmentPattern& pattern, wire::FlagSet ctl, LiveMap& map,
                const LiveConnection& connection, Numbers& numbers) {
  if (pattern.seq) return SeqNum{numbers(*pattern.seq)};
  const TesterSide& side = connection.side;
  const bool opens = ctl.has(wire::syn) && (!side.irs() || side.reset());
  if (side.iss() && !opens) return side.snd_nxt();
  // A SYN that was not answered is sent again with the number it had.
  if (opens && side.iss() && !side.reset()) return *side.iss();
  return map.fresh_iss(connection);
}

Bytes text(const SegmentPattern& pattern, const wire::TcpSegment& segment, const LiveMap& map,
           const TesterSide& side, Numbers& numbers) {
  if (!pattern.data) return {};
  if (pattern.data->octets) return *pattern.data->octets;
  if (!pattern.data->length) return {};
  const std::uint32_t count = std::min(numbers(*pattern.data->length), text_max);
  const SeqNum first = segment.seq + SeqLen{segment.flags.has(wire::syn) ? 1U : 0U};
  const SeqNum origin = side.iss().value_or(segment.seq) + SeqLen{1};
  return stream_octets(map.seed(), (first - origin).octets, count);
}

Bytes options(const SegmentPattern& pattern, wire::FlagSet ctl, const LiveMap& map,
              const LiveConnection& connection, TimePoint now, Numbers& numbers) {
  const TesterSide& side = connection.side;
  if (pattern.raw_options) return *pattern.raw_options;
  wire::OptionFields fields;
  const std::uint32_t mss = numbers.or_else(pattern.mss, ctl.has(wire::syn) ? map.default_mss() : 0U);
  if (mss != 0) fields.mss = static_cast<std::uint16_t>(mss);
  if (pattern.wscale) fields.window_scale = static_cast<std::uint8_t>(numbers(*pattern.wscale));
  fields.sack_permitted = pattern.sack_permitted.value_or(false);
  if (pattern.ts) {
    fields.timestamps = wire::Timestamps{numbers(pattern.ts->first), numbers(pattern.ts->second)};
  } else if (side.timestamps_on() && !ctl.has(wire::syn)) {
    fields.timestamps = wire::Timestamps{map.timestamp(connection, now), side.ts_recent()};
  }
  if (pattern.sack) {
    for (const auto& [left, right] : *pattern.sack) {
      fields.sack.push_back({SeqNum{numbers(left)}, SeqNum{numbers(right)}});
    }
  }
  return wire::encode_options(fields);
}

wire::TcpSegment segment_of(const SegmentPattern& pattern, LiveMap& map, const LiveConnection& connection,
                            TimePoint now, Numbers& numbers) {
  const TesterSide& side = connection.side;
  wire::TcpSegment segment;
  segment.source = connection.tuple.tester.port;
  segment.destination = connection.tuple.target.port;
  segment.flags = control_bits(pattern);
  segment.seq = sequence(pattern, segment.flags, map, connection, numbers);
  const bool acknowledges = segment.flags.has(wire::ack) && side.irs().has_value();
  segment.ack = SeqNum{numbers.or_else(pattern.ack, acknowledges ? side.rcv_nxt().raw : 0U)};
  segment.window = static_cast<std::uint16_t>(numbers.or_else(pattern.wnd, default_window));
  segment.urgent = static_cast<std::uint16_t>(numbers.or_else(pattern.up, 0));
  segment.options = options(pattern, segment.flags, map, connection, now, numbers);
  segment.text = text(pattern, segment, map, side, numbers);
  segment.reserved = pattern.reserved.value_or(0);
  segment.data_offset = pattern.data_offset;
  segment.checksum = pattern.checksum;
  return segment;
}

/// A loose source route that was followed to its end (RFC 791 section 3.1): the tester passed it on last.
Bytes completed_route(std::vector<wire::IpAddress> routers, const wire::IpAddress& tester) {
  constexpr std::size_t before_addresses = 3;
  constexpr std::byte loose_source_route{131};
  routers.push_back(tester);
  const std::size_t octets = before_addresses + 4 * routers.size();
  Bytes option{loose_source_route, static_cast<std::byte>(octets), static_cast<std::byte>(octets + 1)};
  for (const wire::IpAddress& router : routers)
    for (std::size_t i = 0; i < 4; ++i) option.push_back(std::byte{router.octets[i]});
  return option;
}

wire::IpHeader ip_header(const SegmentPattern::Ip& ip, model::FourTuple tuple) {
  tuple.tester.address = ip.source.value_or(tuple.tester.address);
  tuple.target.address = ip.destination.value_or(tuple.target.address);
  wire::IpHeader header = default_ip_header(tuple, wire::protocol::tcp);
  if (auto* v4 = std::get_if<wire::Ipv4Header>(&header)) {
    v4->ttl = ip.ttl.value_or(v4->ttl);
    v4->tos = ip.tos.value_or(v4->tos);
    v4->identification = ip.id.value_or(v4->identification);
    v4->dont_fragment = ip.dont_fragment.value_or(!ip.fragment.has_value());
    v4->options = ip.route ? completed_route(*ip.route, tuple.tester.address) : Bytes{};
    if (ip.options) v4->options.insert(v4->options.end(), ip.options->begin(), ip.options->end());
    v4->total_length = ip.length;
  } else if (auto* v6 = std::get_if<wire::Ipv6Header>(&header)) {
    v6->hop_limit = ip.ttl.value_or(v6->hop_limit);
    v6->traffic_class = ip.tos.value_or(v6->traffic_class);
    for (const auto& [kind, body] : ip.extensions) v6->extensions.push_back({kind, body});
    v6->payload_length = ip.length;
  }
  return header;
}

bool lies(const SegmentPattern& pattern) {
  return pattern.checksum || pattern.corrupt_checksum || pattern.data_offset || pattern.truncate ||
         pattern.ip.length || pattern.ip.corrupt_checksum.value_or(false) || pattern.ip.source ||
         pattern.ip.destination;
}

}  // namespace

wire::IpHeader default_ip_header(const model::FourTuple& tuple, std::uint8_t protocol) {
  if (tuple.target.address.family == wire::Family::v4) {
    wire::Ipv4Header header;
    header.source = tuple.tester.address;
    header.destination = tuple.target.address;
    header.protocol = protocol;
    return header;
  }
  wire::Ipv6Header header;
  header.source = tuple.tester.address;
  header.destination = tuple.target.address;
  header.protocol = protocol;
  return header;
}

Result<Filled> fill(const SegmentPattern& pattern, LiveMap& map, std::string_view label, TimePoint now) {
  const LiveConnection& connection = map.connection(label);
  invent_names(pattern, map, label, now);
  Numbers numbers{map.lookup(label, now)};
  wire::Packet packet;
  packet.ip = ip_header(pattern.ip, connection.tuple);
  const wire::TcpSegment segment = segment_of(pattern, map, connection, now, numbers);
  if (numbers.error()) return tl::unexpected<Error>{*numbers.error()};
  if (connection.tuple.target.port.number == 0) {
    return fail(
        fmt::format("the target has not sent its SYN on connection '{}' yet, so its port is not known",
                    connection.label));
  }
  packet.payload = segment;

  Filled filled;
  filled.datagrams = spoiled(pattern, packet);
  scenario::SegmentPattern reassembled = pattern;
  reassembled.ip.fragment.reset();
  filled.whole = wire::decode(filled.datagrams.size() == 1 ? filled.datagrams.front()
                                                           : spoiled(reassembled, packet).front());
  if (!lies(pattern)) filled.honest = segment;
  return filled;
}

}  // namespace tcpjury::engine
