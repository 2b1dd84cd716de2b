// A tiny language for tests of the judge: one connection, relative numbers, virtual time.
//
// The tester's ISN is 1000, the target's 5000; `in` and `out` take absolute numbers so that a test reads like
// the figures of RFC 9293.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/model/judge.h"
#include "harness/wire/packet.h"

namespace tcpjury::model {

class Exchange {
 public:
  explicit Exchange(Profile profile = Profile::rfc9293, ClockKind clock = ClockKind::virtual_time)
      : judge_{profile, facts(clock)} {}
  explicit Exchange(TargetFacts of) : judge_{Profile::rfc9293, of} {}

  static TargetFacts facts(ClockKind clock = ClockKind::virtual_time) {
    return {clock, std::chrono::seconds{60}, {}, 1500};
  }
  static FourTuple tuple() {
    return {{wire::IpAddress::v4(192, 0, 2, 2), wire::Port{80}},
            {wire::IpAddress::v4(198, 51, 100, 1), wire::Port{4000}}};
  }

  static wire::TcpSegment segment(std::uint32_t seq, std::uint32_t ack, std::string_view flags,
                                  std::string_view text = {}) {
    wire::TcpSegment s{};
    s.seq = {seq};
    s.ack = {ack};
    s.flags = *wire::parse_flags(flags);
    s.window = 10'000;
    s.text = bytes_of(text);
    return s;
  }

  void in(wire::TcpSegment s) {
    s.source = tuple().tester.port;
    s.destination = tuple().target.port;
    judge_.stimulus(exactly(now_), on_the_wire(tuple().tester.address, tuple().target.address, s));
  }
  void in(std::uint32_t seq, std::uint32_t ack, std::string_view flags, std::string_view text = {}) {
    in(segment(seq, ack, flags, text));
  }

  EmissionClass out(wire::TcpSegment s) {
    s.source = tuple().target.port;
    s.destination = tuple().tester.port;
    if (s.flags.has(wire::syn) && s.options.empty()) s.options = wire::encode_options({.mss = 1460});
    return judge_.emission(exactly(now_), on_the_wire(tuple().target.address, tuple().tester.address, s));
  }
  EmissionClass out(std::uint32_t seq, std::uint32_t ack, std::string_view flags,
                    std::string_view text = {}) {
    return out(segment(seq, ack, flags, text));
  }

  /// The same, but it may have left before the last `in` came: nobody looked in between.
  EmissionClass out_crossing(wire::TcpSegment s) {
    s.source = tuple().target.port;
    s.destination = tuple().tester.port;
    return judge_.emission({now_ - std::chrono::milliseconds{1}, now_},
                           on_the_wire(tuple().target.address, tuple().tester.address, s));
  }

  /// An ICMP error about a full-sized datagram of the target that carried `seq`; `to_port` may quote another
  /// connection, `octets` of text make it smaller.
  void icmp(std::uint8_t type, std::uint8_t code, std::uint32_t seq, std::uint32_t rest = 0,
            std::uint16_t to_port = 4000, std::size_t octets = 1460) {
    wire::TcpSegment quoted = segment(seq, 1001, "ACK", std::string(octets, 'x'));
    quoted.source = tuple().target.port;
    quoted.destination = wire::Port{to_port};
    wire::Ipv4Header ip{};
    ip.source = tuple().target.address;
    ip.destination = tuple().tester.address;
    wire::IcmpMessage message{};
    message.type = type;
    message.code = code;
    message.rest = rest;
    message.body = wire::encode({ip, quoted, {}});
    std::swap(ip.source, ip.destination);
    ip.protocol = wire::protocol::icmp;
    judge_.stimulus(exactly(now_), wire::decode(wire::encode({ip, message, {}})));
  }
  void notice(UserNotice::Kind kind) { judge_.notice(exactly(now_), {kind, tuple()}); }

  void call(UserCall::Kind kind, std::string_view text = {}) {
    UserCall c{};
    c.kind = kind;
    c.connection = tuple();
    c.octets = bytes_of(text);
    judge_.call(exactly(now_), c);
  }
  /// What `prepare` makes of a call on this connection.
  template <typename Prepare>
  void call_with(UserCall::Kind kind, Prepare prepare) {
    UserCall c{};
    c.kind = kind;
    c.connection = tuple();
    prepare(c);
    judge_.call(exactly(now_), c);
  }
  void set(UserOption option, std::uint64_t value) {
    call_with(UserCall::Kind::set, [&](UserCall& c) {
      c.option = option;
      c.value = value;
    });
  }
  void set(UserOption option, Duration time) { set(option, static_cast<std::uint64_t>(time.count())); }
  /// Header fields of the datagrams from here on, in both directions.
  void ttl(std::uint8_t hops) { ttl_ = hops; }
  void ip_options(Bytes options) { ip_options_ = std::move(options); }
  /// The type-of-service octet of the datagrams from here on, in both directions.
  void tos(std::uint8_t octet) { tos_ = octet; }
  /// The prompt answer is over: nothing more came.
  void fence() { judge_.quiet_until(now_); }
  void wait(Duration d) {
    now_ += d;
    judge_.quiet_until(now_);
  }

  void listen() { call(UserCall::Kind::open_passive); }
  void open() { call(UserCall::Kind::open_active); }
  /// Passive handshake: afterwards RCV.NXT = 1001, SND.NXT = 5001.
  void established() {
    listen();
    in(1000, 0, "SYN");
    out(5000, 1001, "SYN,ACK");
    fence();
    in(1001, 5001, "ACK");
    fence();
  }
  /// Active handshake with the same numbers.
  void established_actively() {
    open();
    out(5000, 0, "SYN");
    in(1000, 5001, "SYN,ACK");
    out(5001, 1001, "ACK");
    fence();
  }

  [[nodiscard]] std::vector<std::string> states() const {
    std::vector<std::string> names;
    for (const State s : judge_.states(tuple())) names.emplace_back(to_string(s));
    return names;
  }
  [[nodiscard]] std::vector<std::string> broken() const {
    std::vector<std::string> ids;
    for (const Violation& v : judge_.violations()) ids.push_back(v.requirement);
    return ids;
  }
  [[nodiscard]] bool held(std::string_view id) const {
    const auto it = judge_.evaluations().find(id);
    return it != judge_.evaluations().end() && it->second.held > 0 && it->second.broken == 0;
  }
  [[nodiscard]] Judge& judge() { return judge_; }

 private:
  Judge judge_;
  TimePoint now_ = clock_epoch;
  std::uint8_t tos_ = 0;
  std::uint8_t ttl_ = 64;
  Bytes ip_options_ = {};

  [[nodiscard]] wire::Decoded on_the_wire(wire::IpAddress from, wire::IpAddress to,
                                          const wire::TcpSegment& s) const {
    wire::Ipv4Header ip{};
    ip.source = from;
    ip.destination = to;
    ip.tos = tos_;
    ip.ttl = ttl_;
    ip.options = ip_options_;
    return wire::decode(wire::encode({ip, s, {}}));
  }
};

}  // namespace tcpjury::model
