// A tiny stack for the tests of this folder: one listener, a connection a peer, no retransmission, no
// windows. Tests bend it through `on_segment`.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/engine/target_port.h"
#include "harness/wire/packet.h"

namespace tcpjury::engine::testing {

inline const wire::IpAddress target_address = wire::IpAddress::v4(192, 0, 2, 1);
inline const wire::IpAddress tester_address = wire::IpAddress::v4(192, 0, 2, 2);

class FakeTarget : public VirtualTarget {
 public:
  struct Connection {
    model::State state = model::State::closed;
    wire::Endpoint local = {};
    wire::Endpoint remote = {};
    Handle handle = 0;
    wire::SeqNum snd_nxt = {};
    wire::SeqNum rcv_nxt = {};
    Bytes unread = {};
    bool fin_received = false;
    bool user_closed = false;
  };
  /// Replaces the stack's own answer when it returns segments (maybe none); nothing means "answer as usual".
  std::function<std::optional<std::vector<wire::TcpSegment>>(const wire::TcpSegment&)> on_segment;
  /// Segments to send when the clock reaches a time.
  std::multimap<TimePoint, wire::TcpSegment> scheduled;
  /// Called before a call on a connection is carried out.
  std::function<void(Connection&, const AppRequest&)> on_call;
  bool fails_on_packet = false;
  bool fails_on_reset = false;
  bool refuses_calls = false;
  std::vector<AppRequest::Kind> calls;
  std::vector<wire::Packet> heard;  ///< everything the tester sent

  FakeTarget() {
    traits_.name = "fake";
    using enum scenario::Capability;
    traits_.capabilities = {ipv4, open_passive, open_active, send, receive, close, release, abort};
    traits_.msl = std::chrono::seconds{30};
    traits_.v4 = AddressPlan{target_address, tester_address, 1};
  }
  TargetTraits& mutable_traits() { return traits_; }
  const TargetTraits& traits() const override { return traits_; }
  Result<void> reset(std::uint64_t, TimePoint now) override {
    if (fails_on_reset) return fail("it does not come back");
    heard.clear();
    scheduled.clear();
    again_.clear();
    calls.clear();
    connections_.clear();
    listeners_.clear();
    output_.clear();
    events_.clear();
    now_ = now;
    return {};
  }
  Result<void> packet_in(BytesView datagram) override {
    if (fails_on_packet) return fail("it crashed");
    const wire::Decoded frame = wire::decode(datagram);
    heard.push_back(frame.packet);
    if (!frame.defects.empty() || frame.packet.tcp() == nullptr) return {};
    take(frame.packet, *frame.packet.tcp());
    return {};
  }
  Result<void> advance(TimePoint now) override {
    now_ = now;
    while (!again_.empty() && again_.front().at <= now_) {
      if (const Connection* c = connection(again_.front().tester_port)) {
        wire::TcpSegment s = segment(*c, again_.front().flags);
        s.seq = s.seq - s.length();
        emit(s);
      }
      again_.erase(again_.begin());
    }
    while (!scheduled.empty() && scheduled.begin()->first <= now_) {
      emit(scheduled.begin()->second);
      scheduled.erase(scheduled.begin());
    }
    return {};
  }
  TimePoint next_timer() override {
    const TimePoint segment = scheduled.empty() ? never : scheduled.begin()->first;
    return again_.empty() ? segment : std::min(segment, again_.front().at);
  }
  /// At `at`, the last sequence number of that connection is sent again with these bits.
  void again_at(TimePoint at, std::uint16_t tester_port, wire::FlagSet flags) {
    again_.push_back({at, tester_port, flags});
  }
  std::vector<Bytes> take_output() override { return std::exchange(output_, {}); }
  std::vector<AppEvent> take_events() override { return std::exchange(events_, {}); }

  AppReply call(const AppRequest& request) override {
    calls.push_back(request.kind);
    if (refuses_calls) return {.ok = false, .error = "address in use"};
    AppReply reply{.ok = true};
    if (request.kind == AppRequest::Kind::open_passive) {
      reply.handle = next_handle_++;
      listeners_[request.local.port.number] = reply.handle;
      return reply;
    }
    if (request.kind == AppRequest::Kind::open_active) {
      Connection& c = connections_[request.remote.port.number];
      c = {.state = model::State::syn_sent,
           .local = {target_address, wire::Port{50'000}},
           .remote = request.remote};
      c.handle = reply.handle = next_handle_++;
      c.snd_nxt = iss;
      say(c, wire::syn);
      c.snd_nxt = iss + wire::SeqLen{1};
      return reply;
    }
    for (auto& [port, c] : connections_) {
      if (c.handle == request.handle) return call_on(c, request);
    }
    return {.ok = request.kind == AppRequest::Kind::close || request.kind == AppRequest::Kind::release};
  }

  static constexpr wire::SeqNum iss{5'000'000};

  /// A segment of the target's connection with that tester port, as it would send it now.
  wire::TcpSegment segment(const Connection& c, wire::FlagSet flags) const {
    wire::TcpSegment s;
    s.source = c.local.port;
    s.destination = c.remote.port;
    s.seq = c.snd_nxt;
    s.ack = flags.has(wire::ack) ? c.rcv_nxt : wire::SeqNum{};
    s.flags = flags;
    s.window = 8192;
    if (flags.has(wire::syn)) s.options = wire::encode_options({.mss = 1460});
    return s;
  }
  Connection* connection(std::uint16_t tester_port) {
    const auto found = connections_.find(tester_port);
    return found == connections_.end() ? nullptr : &found->second;
  }
  void emit(const wire::TcpSegment& s) {
    wire::Ipv4Header ip;
    ip.source = target_address;
    ip.destination = tester_address;
    output_.push_back(wire::encode({.ip = ip, .payload = s}));
  }

 private:
  using State = model::State;

  void say(Connection& c, wire::FlagSet flags, Bytes text = {}) {
    wire::TcpSegment s = segment(c, flags);
    s.text = std::move(text);
    c.snd_nxt = c.snd_nxt + s.length();
    emit(s);
  }
  void tell(scenario::UserEvent kind, const Connection& c) {
    events_.push_back({.kind = kind, .handle = c.handle});
  }

  AppReply call_on(Connection& c, const AppRequest& request) {
    if (on_call) on_call(c, request);
    AppReply reply{.ok = true};
    switch (request.kind) {
      case AppRequest::Kind::send:
        reply.accepted = static_cast<std::uint32_t>(request.octets.size());
        say(c, wire::ack | wire::psh, request.octets);
        break;
      case AppRequest::Kind::receive: {
        const std::size_t count = std::min<std::size_t>(request.limit, c.unread.size());
        reply.octets.assign(c.unread.begin(), c.unread.begin() + static_cast<std::ptrdiff_t>(count));
        c.unread.erase(c.unread.begin(), c.unread.begin() + static_cast<std::ptrdiff_t>(count));
        reply.peer_closed = c.unread.empty() && c.fin_received;
        break;
      }
      case AppRequest::Kind::close:
      case AppRequest::Kind::release:
        if (c.state == State::established) c.state = State::fin_wait_1;
        if (c.state == State::close_wait) c.state = State::last_ack;
        say(c, wire::fin | wire::ack);
        break;
      case AppRequest::Kind::abort:
        say(c, wire::rst);
        connections_.erase(c.remote.port.number);
        break;
      case AppRequest::Kind::status:
        reply.state = c.state;
        break;
      case AppRequest::Kind::open_passive:
      case AppRequest::Kind::open_active:
      case AppRequest::Kind::set:
        break;
    }
    return reply;
  }

  void refuse(const wire::TcpSegment& s) {
    if (s.flags.has(wire::rst)) return;
    wire::TcpSegment r;
    r.source = s.destination;
    r.destination = s.source;
    if (s.flags.has(wire::ack)) {
      r.seq = s.ack;
      r.flags = wire::rst;
    } else {
      r.ack = s.end();
      r.flags = wire::rst | wire::ack;
    }
    emit(r);
  }

  void take(const wire::Packet& packet, const wire::TcpSegment& s) {
    if (on_segment) {
      if (auto answer = on_segment(s)) {
        for (const wire::TcpSegment& a : *answer) emit(a);
        return;
      }
    }
    const auto found = connections_.find(s.source.number);
    if (found == connections_.end()) {
      const auto listener = listeners_.find(s.destination.number);
      const bool opens =
          listener != listeners_.end() && s.flags.has(wire::syn) && !s.flags.any(wire::ack | wire::rst);
      if (!opens) return refuse(s);
      Connection& c = connections_[s.source.number];
      c = {.state = State::syn_received,
           .local = {target_address, s.destination},
           .remote = {packet.source(), s.source},
           .snd_nxt = iss,
           .rcv_nxt = s.seq + wire::SeqLen{1}};
      say(c, wire::syn | wire::ack);
      return;
    }
    arrive(found->second, s);
  }

  void arrive(Connection& c, const wire::TcpSegment& s) {
    if (c.state == State::syn_sent) return arrive_syn_sent(c, s);
    if (s.flags.has(wire::rst)) {
      if (s.seq == c.rcv_nxt) {
        tell(scenario::UserEvent::reset, c);
        connections_.erase(c.remote.port.number);
      }
      return;
    }
    if (s.seq != c.rcv_nxt || s.flags.has(wire::syn)) return say(c, wire::ack);
    if (!s.flags.has(wire::ack)) return;
    if (c.state == State::syn_received) {
      if (s.ack != c.snd_nxt) {
        wire::TcpSegment r = segment(c, wire::rst);
        r.seq = s.ack;
        emit(r);
        return;
      }
      c.state = State::established;
      establish(c);
    }
    const bool fin_acked = s.ack == c.snd_nxt;
    if (c.state == State::fin_wait_1 && fin_acked) c.state = State::fin_wait_2;
    if (c.state == State::closing && fin_acked) c.state = State::time_wait;
    if (c.state == State::last_ack && fin_acked) {
      tell(scenario::UserEvent::closed, c);
      connections_.erase(c.remote.port.number);
      return;
    }
    if (s.text.empty() && !s.flags.has(wire::fin)) return;
    c.unread.insert(c.unread.end(), s.text.begin(), s.text.end());
    c.rcv_nxt = s.end();
    if (s.flags.has(wire::fin)) {
      c.fin_received = true;
      if (c.state == State::established) c.state = State::close_wait;
      if (c.state == State::fin_wait_1) c.state = State::closing;
      if (c.state == State::fin_wait_2) c.state = State::time_wait;
      tell(scenario::UserEvent::peer_closed, c);
    } else {
      tell(scenario::UserEvent::readable, c);
    }
    say(c, wire::ack);
  }

  void arrive_syn_sent(Connection& c, const wire::TcpSegment& s) {
    if (s.flags.has(wire::ack) && s.ack != c.snd_nxt) return refuse(s);
    if (!s.flags.has(wire::syn)) return;
    c.rcv_nxt = s.seq + wire::SeqLen{1};
    if (s.flags.has(wire::ack)) {
      c.state = State::established;
      tell(scenario::UserEvent::opened, c);
      say(c, wire::ack);
      return;
    }
    c.state = State::syn_received;
    c.snd_nxt = iss;
    say(c, wire::syn | wire::ack);
  }

  void establish(Connection& c) {
    if (c.handle != 0) return tell(scenario::UserEvent::opened, c);
    c.handle = next_handle_++;
    events_.push_back({.kind = scenario::UserEvent::accepted,
                       .handle = listeners_[c.local.port.number],
                       .child = c.handle,
                       .remote = c.remote});
  }

  struct Again {
    TimePoint at;
    std::uint16_t tester_port;
    wire::FlagSet flags;
  };

  TargetTraits traits_;
  std::vector<Again> again_;
  TimePoint now_ = clock_epoch;
  std::map<std::uint16_t, Connection> connections_;  // by the tester's port
  std::map<std::uint16_t, Handle> listeners_;
  std::vector<Bytes> output_;
  std::vector<AppEvent> events_;
  Handle next_handle_ = 1;
};

}  // namespace tcpjury::engine::testing
