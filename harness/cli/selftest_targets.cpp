#include "harness/cli/selftest_targets.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "harness/base/random.h"
#include "harness/wire/packet.h"

namespace tcpjury::cli {
namespace {

using engine::AppEvent;
using engine::AppReply;
using engine::AppRequest;
using engine::Handle;
using model::State;
using wire::SeqLen;
using wire::SeqNum;
using wire::TcpSegment;

constexpr std::uint16_t window = 8'192;
constexpr Duration retransmission_timeout = std::chrono::seconds{1};
constexpr int retransmissions_max = 6;

constexpr wire::IpAddress own_address = wire::IpAddress::v4(192, 0, 2, 2);
constexpr wire::IpAddress first_tester = wire::IpAddress::v4(198, 51, 100, 1);

/// The end of a passive connection that never sends text: SYN-RECEIVED, ESTABLISHED, CLOSE-WAIT, LAST-ACK.
struct Connection {
  State state = State::syn_received;
  Handle handle = 0;
  SeqNum iss = {};
  SeqNum snd_nxt = {};
  SeqNum snd_una = {};
  SeqNum rcv_nxt = {};
  int retransmissions = 0;
  TimePoint resend_at = never;
};

using Peers = std::pair<wire::Endpoint, wire::Endpoint>;  ///< own, the peer's

class SelftestTarget final : public engine::VirtualTarget {
 public:
  explicit SelftestTarget(Manner manner) : manner_{manner} {
    using enum scenario::Capability;
    traits_.name = "selftest";
    traits_.version = "1";
    traits_.capabilities = {ipv4, open_passive, close, abort};
    traits_.v4 = {.target = own_address, .tester_first = first_tester, .tester_count = 16};
  }

  [[nodiscard]] const engine::TargetTraits& traits() const override { return traits_; }

  Result<void> reset(std::uint64_t seed, TimePoint now) override {
    connections_.clear();
    listeners_.clear();
    output_.clear();
    events_.clear();
    random_ = Random{seed};
    now_ = now;
    return {};
  }

  Result<void> packet_in(BytesView datagram) override {
    const wire::Decoded frame = wire::decode(datagram);
    const TcpSegment* segment = frame.packet.tcp();
    if (manner_ == Manner::mute || segment == nullptr || !frame.defects.empty()) return {};
    arrives({{frame.packet.destination(), segment->destination}, {frame.packet.source(), segment->source}},
            *segment);
    return {};
  }

  Result<void> advance(TimePoint now) override {
    now_ = now;
    for (auto at = connections_.begin(); at != connections_.end();) {
      Connection& connection = at->second;
      if (connection.resend_at > now_) {
        ++at;
      } else if (++connection.retransmissions > retransmissions_max) {
        at = connections_.erase(at);
      } else {
        resend(at->first, connection);
        ++at;
      }
    }
    return {};
  }

  [[nodiscard]] TimePoint next_timer() override {
    TimePoint next = never;
    for (const auto& [peers, connection] : connections_) next = std::min(next, connection.resend_at);
    return next;
  }

  AppReply call(const AppRequest& request) override {
    AppReply reply{.ok = true};
    if (request.kind == AppRequest::Kind::open_passive) {
      reply.handle = next_handle_++;
      listeners_[request.local.port] = reply.handle;
      return reply;
    }
    const auto listener = std::ranges::find(listeners_, request.handle, &Listeners::value_type::second);
    const auto connection = std::ranges::find_if(
        connections_, [&](const auto& one) { return one.second.handle == request.handle; });
    if (request.kind == AppRequest::Kind::close && listener != listeners_.end()) {
      listeners_.erase(listener);
    } else if (request.kind == AppRequest::Kind::close && connection != connections_.end()) {
      close(connection->first, connection->second);
    } else if (request.kind == AppRequest::Kind::abort && connection != connections_.end()) {
      emit(connection->first, wire::rst | wire::ack, connection->second.snd_nxt, connection->second.rcv_nxt);
      connections_.erase(connection);
    } else {
      return {.error = "not possible now"};
    }
    return reply;
  }

  std::vector<Bytes> take_output() override { return std::exchange(output_, {}); }
  std::vector<AppEvent> take_events() override { return std::exchange(events_, {}); }

 private:
  using Listeners = std::map<wire::Port, Handle>;

  void emit(const Peers& peers, wire::FlagSet flags, SeqNum seq, SeqNum ack) {
    wire::Packet packet{
        .ip = wire::Ipv4Header{.source = peers.first.address, .destination = peers.second.address}};
    TcpSegment segment{
        .source = peers.first.port, .destination = peers.second.port, .seq = seq, .flags = flags};
    if (flags.has(wire::ack)) segment.ack = manner_ == Manner::lying ? ack + SeqLen{1} : ack;
    if (!flags.has(wire::rst)) segment.window = window;
    if (flags.has(wire::syn))
      segment.options = {std::byte{2}, std::byte{4}, std::byte{0x05}, std::byte{0xb4}};  // MSS 1460
    packet.payload = std::move(segment);
    output_.push_back(wire::encode(packet));
  }

  /// RFC 9293 section 3.10.7.
  void arrives(const Peers& peers, const TcpSegment& segment) {
    const auto connection = connections_.find(peers);
    if (connection != connections_.end()) {
      synchronized(connection, segment);
    } else if (segment.flags.has(wire::rst)) {
      return;
    } else if (segment.flags.has(wire::ack) || !segment.flags.has(wire::syn) ||
               !listeners_.contains(peers.first.port)) {
      refuse(peers, segment);
    } else {
      open(peers, segment);
    }
  }

  /// Section 3.10.7.1: a reset that the sender of `segment` must accept.
  void refuse(const Peers& peers, const TcpSegment& segment) {
    if (segment.flags.has(wire::ack))
      emit(peers, wire::rst, segment.ack, {});
    else
      emit(peers, wire::rst | wire::ack, {}, segment.end());
  }

  void open(const Peers& peers, const TcpSegment& segment) {
    const SeqNum iss{random_.next32()};
    connections_[peers] = {.iss = iss,
                           .snd_nxt = iss + SeqLen{1},
                           .snd_una = iss,
                           .rcv_nxt = segment.seq + SeqLen{1},
                           .resend_at = now_ + retransmission_timeout};
    emit(peers, wire::syn | wire::ack, iss, segment.seq + SeqLen{1});
  }

  void answer(const Peers& peers, const Connection& connection) {
    emit(peers, wire::ack, connection.snd_nxt, connection.rcv_nxt);
  }

  /// Sections 3.10.7.4: sequence number, reset, SYN, ACK, text, FIN; in this order.
  void synchronized(std::map<Peers, Connection>::iterator at, const TcpSegment& segment) {
    const Peers& peers = at->first;
    Connection& connection = at->second;
    const SeqLen length = segment.length();
    const bool acceptable =
        wire::in_window(segment.seq, connection.rcv_nxt, {window}) ||
        (length.octets != 0 && wire::in_window(segment.end() - SeqLen{1}, connection.rcv_nxt, {window}));
    if (!acceptable) {
      if (!segment.flags.has(wire::rst)) answer(peers, connection);
      return;
    }
    if (segment.flags.has(wire::rst)) return take_reset(at, segment);
    if (segment.flags.has(wire::syn)) return answer(peers, connection);
    if (!segment.flags.has(wire::ack)) return;
    if (!take_acknowledgment(at, segment)) return;
    if (segment.seq != connection.rcv_nxt) return answer(peers, connection);
    if (length.octets == 0) return;
    connection.rcv_nxt = segment.end();
    if (segment.flags.has(wire::fin) && connection.state == State::established) {
      connection.state = State::close_wait;
      events_.push_back({.kind = scenario::UserEvent::peer_closed, .handle = connection.handle});
    }
    answer(peers, connection);
  }

  void take_reset(std::map<Peers, Connection>::iterator at, const TcpSegment& segment) {
    if (segment.seq != at->second.rcv_nxt) return answer(at->first, at->second);  // RFC 5961 section 3.2
    if (at->second.state != State::syn_received) {
      events_.push_back({.kind = scenario::UserEvent::reset, .handle = at->second.handle});
    }
    connections_.erase(at);
  }

  /// False when nothing more is to be done with the segment.
  bool take_acknowledgment(std::map<Peers, Connection>::iterator at, const TcpSegment& segment) {
    Connection& connection = at->second;
    const std::uint32_t outstanding = (connection.snd_nxt - connection.snd_una).octets;
    const std::uint32_t acknowledged = (segment.ack - connection.snd_una).octets;
    const bool is_new = acknowledged != 0 && acknowledged <= outstanding;
    if (connection.state == State::syn_received) {
      if (!is_new) {
        refuse(at->first, segment);
        return false;
      }
      establish(at->first, connection);
    } else if (wire::before(connection.snd_nxt, segment.ack)) {
      answer(at->first, connection);
      return false;
    }
    if (!is_new) return true;
    connection.snd_una = segment.ack;
    if (connection.snd_una != connection.snd_nxt) return true;
    connection.resend_at = never;
    if (connection.state != State::last_ack) return true;
    events_.push_back({.kind = scenario::UserEvent::closed, .handle = connection.handle});
    connections_.erase(at);
    return false;
  }

  void establish(const Peers& peers, Connection& connection) {
    connection.state = State::established;
    connection.handle = next_handle_++;
    connection.retransmissions = 0;
    const auto listener = listeners_.find(peers.first.port);
    events_.push_back({.kind = scenario::UserEvent::accepted,
                       .handle = listener == listeners_.end() ? 0 : listener->second,
                       .child = connection.handle,
                       .remote = peers.second});
  }

  /// Only after the peer has closed: this stack knows no FIN-WAIT.
  void close(const Peers& peers, Connection& connection) {
    if (connection.state != State::close_wait) return;
    connection.state = State::last_ack;
    connection.resend_at = now_ + retransmission_timeout;
    emit(peers, wire::fin | wire::ack, connection.snd_nxt, connection.rcv_nxt);
    connection.snd_nxt = connection.snd_nxt + SeqLen{1};
  }

  void resend(const Peers& peers, Connection& connection) {
    connection.resend_at = now_ + retransmission_timeout * (1 << connection.retransmissions);
    const bool opening = connection.state == State::syn_received;
    emit(peers, opening ? wire::syn | wire::ack : wire::fin | wire::ack,
         opening ? connection.iss : connection.snd_nxt - SeqLen{1}, connection.rcv_nxt);
  }

  Manner manner_;
  engine::TargetTraits traits_ = {};
  std::map<Peers, Connection> connections_ = {};
  Listeners listeners_ = {};
  std::vector<Bytes> output_ = {};
  std::vector<AppEvent> events_ = {};
  Random random_{1};
  Handle next_handle_ = 1;
  TimePoint now_ = clock_epoch;
};

}  // namespace

std::unique_ptr<engine::VirtualTarget> make_selftest_target(Manner manner) {
  return std::make_unique<SelftestTarget>(manner);
}

}  // namespace tcpjury::cli
