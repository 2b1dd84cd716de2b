// How a player performs an event: octets on the link, or a user call.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fuzz/exchange/player.h"
#include "harness/base/assert.h"
#include "harness/engine/fill.h"
#include "harness/engine/icmp_message.h"
#include "harness/engine/stream.h"

namespace tcpjury::exchange {
namespace {

using engine::AppReply;
using engine::AppRequest;
using engine::TranscriptEvent;
using model::UserCall;
using wire::SeqLen;
using wire::SeqNum;

constexpr std::size_t checksum_at = 16;  // in the TCP header (RFC 9293 section 3.1)

std::uint32_t milliseconds(TimePoint t) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count());
}

std::string_view name_of(AppRequest::Kind kind) {
  using enum AppRequest::Kind;
  switch (kind) {
    case open_passive:
      return "OPEN passive";
    case open_active:
      return "OPEN active";
    case send:
      return "SEND";
    case receive:
      return "RECEIVE";
    case close:
      return "CLOSE";
    case release:
      return "RELEASE";
    case abort:
      return "ABORT";
    case status:
      return "STATUS";
    case set:
      return "SET";
  }
  TCPJURY_UNREACHABLE();
}

std::string note_of(const AppRequest& request, const AppReply& reply) {
  std::string note{name_of(request.kind)};
  if (!reply.ok) return fmt::format("{}: refused: {}", note, reply.error);
  if (request.kind == AppRequest::Kind::send)
    note += fmt::format(" {} octets: {} accepted", request.octets.size(), reply.accepted);
  if (request.kind == AppRequest::Kind::receive)
    note += fmt::format(" at most {} octets: {} octets{}", request.limit, reply.octets.size(),
                        reply.peer_closed ? ", end of the peer's text" : "");
  return note;
}

}  // namespace

// ---- segments --------------------------------------------------------------------------------------------

Bytes Player::options_of(const Segment& s) const {
  if (s.options) return *s.options;
  const engine::TesterSide& side = flows_[s.flow].side;
  wire::OptionFields fields;
  const wire::Timestamps stamps{milliseconds(now_), side.ts_recent()};
  if (s.flags.has(wire::syn)) {
    fields.mss = s.syn.mss;
    fields.window_scale = s.syn.window_scale;
    fields.sack_permitted = s.syn.sack_permitted;
    if (s.syn.timestamps) fields.timestamps = stamps;
  } else if (side.timestamps_on()) {
    fields.timestamps = stamps;
  }
  return wire::encode_options(fields);
}

wire::TcpSegment Player::filled(const Segment& s) const {
  const Channel& channel = flows_[s.flow];
  wire::TcpSegment segment;
  segment.source = channel.tuple.tester.port;
  segment.destination = channel.tuple.target.port;
  segment.seq = SeqNum{resolve(s.flow, s.seq)};
  segment.ack = s.flags.has(wire::ack) ? SeqNum{resolve(s.flow, s.ack)} : SeqNum{};
  segment.flags = s.flags;
  segment.reserved = s.reserved & 0x0f;
  segment.window = s.window;
  segment.urgent = s.urgent;
  segment.options = options_of(s);
  segment.data_offset = s.data_offset;
  const bool opens = s.flags.has(wire::syn);
  const SeqNum first = segment.seq + SeqLen{opens ? 1U : 0U};
  const SeqNum iss = channel.side.iss().value_or(SeqNum{fresh_iss(s.flow)});
  const SeqNum origin = opens ? first : iss + SeqLen{1};
  segment.text = engine::stream_octets(setup_.seed ^ s.flow, (first - origin).octets, s.length);
  return segment;
}

void Player::perform(const Segment& s) {
  const Channel& channel = flows_[s.flow];
  const wire::TcpSegment segment = filled(s);
  wire::Packet packet{.ip = engine::default_ip_header(channel.tuple, wire::protocol::tcp),
                      .payload = segment};
  Bytes datagram = wire::encode(packet);
  if (s.bad_checksum) {
    const std::size_t header = setup_.family == wire::Family::v4 ? 20 : 40;
    for (const std::size_t i : {checksum_at, checksum_at + 1}) datagram[header + i] ^= std::byte{0xff};
  }
  const bool honest = !s.bad_checksum && !s.data_offset;
  put(datagram, s.flow, honest ? std::optional{segment} : std::nullopt);
}

void Player::perform(const Raw& raw) { put(raw.octets, std::nullopt, std::nullopt); }

void Player::perform(const Icmp& i) {
  const Channel& channel = flows_[i.flow];
  const scenario::IcmpStep step{.type = i.type, .code = i.code, .rest = i.rest};
  const wire::Packet packet =
      engine::icmp_message(step, channel.tuple, channel.last_received, resolve(i.flow, i.quoted));
  put(wire::encode(packet), i.flow, std::nullopt);
}

void Player::put(const Bytes& datagram, const std::optional<Flow>& flow,
                 const std::optional<wire::TcpSegment>& honest) {
  record({.kind = TranscriptEvent::Kind::sent,
          .conn = flow ? label(flows_[*flow]) : std::string{},
          .octets = datagram});
  judge_.stimulus(exactly(now_), wire::decode(datagram));
  if (flow) {
    flows_[*flow].touched = true;
    flows_[*flow].last_sent = datagram;
    if (honest) flows_[*flow].side.sent(*honest);
  }
  survived(target_.packet_in(datagram));
  report();
}

// ---- calls -----------------------------------------------------------------------------------------------

void Player::perform(const Call& call) {
  Channel& channel = flows_[call.flow];
  AppRequest request{.kind = AppRequest::Kind::open_passive, .local = local_};
  using enum Call::Kind;
  if (call.kind == listen) {
    if (!listener_) make(request, UserCall::Kind::open_passive, call.flow, true);
    return;
  }
  if (call.kind == stop_listening) {
    if (!listener_) return;
    request = {.kind = AppRequest::Kind::close, .handle = *listener_};
    return make(request, UserCall::Kind::close, call.flow, true);
  }
  if (call.kind == open) {
    if (channel.touched) return;
    channel.touched = true;
    channel.target_opens = true;
    channel.tuple.target.port = {};
    request = {
        .kind = AppRequest::Kind::open_active, .local = channel.tuple.target, .remote = channel.tuple.tester};
    return make(request, UserCall::Kind::open_active, call.flow, false);
  }
  if (!channel.handle) return;
  request = {.kind = AppRequest::Kind::close, .handle = *channel.handle};
  UserCall::Kind judged = UserCall::Kind::close;
  if (call.kind == send) {
    request.kind = AppRequest::Kind::send;
    judged = UserCall::Kind::send;
    request.octets = engine::stream_octets(~setup_.seed ^ call.flow, channel.target_text, call.length);
  } else if (call.kind == receive) {
    request.kind = AppRequest::Kind::receive;
    judged = UserCall::Kind::receive;
    request.limit = call.length;
  } else if (call.kind == release) {
    request.kind = AppRequest::Kind::release;
    judged = UserCall::Kind::release;
  } else if (call.kind == abort) {
    request.kind = AppRequest::Kind::abort;
    judged = UserCall::Kind::abort;
  }
  make(request, judged, call.flow, false);
}

void Player::make(const AppRequest& request, UserCall::Kind kind, Flow flow, bool of_listener) {
  Channel& channel = flows_[flow];
  const AppReply reply = target_.call(request);
  record({.kind = TranscriptEvent::Kind::call, .conn = label(channel), .note = note_of(request, reply)});
  const bool opens = kind == UserCall::Kind::open_passive || kind == UserCall::Kind::open_active;
  if (opens && !reply.ok) {  // no room, or the port is not free yet: that is the stack's own affair
    if (!of_listener) channel.target_opens = false;
    return;
  }
  UserCall judged{.kind = kind,
                  .connection = channel.tuple,
                  .ok = reply.ok,
                  .octets = reply.octets,
                  .peer_closed = reply.peer_closed};
  if (of_listener) judged.connection = {local_, {}};
  if (of_listener && opens) listener_ = reply.handle;
  if (of_listener && !opens && reply.ok) listener_.reset();
  if (kind == UserCall::Kind::open_active) channel.handle = reply.handle;
  if (kind == UserCall::Kind::send) {
    const std::size_t accepted = std::min<std::size_t>(reply.accepted, request.octets.size());
    judged.octets.assign(request.octets.begin(),
                         request.octets.begin() + static_cast<std::ptrdiff_t>(accepted));
    channel.target_text += static_cast<std::uint32_t>(accepted);
  }
  judge_.call(exactly(now_), judged);
  report();
}

}  // namespace tcpjury::exchange
