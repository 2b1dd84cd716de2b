#include "harness/model/judge.h"

#include <algorithm>
#include <set>

#include "harness/base/assert.h"
#include "harness/model/connection.h"
#include "harness/model/fast_open.h"
#include "harness/model/reassembly.h"

namespace tcpjury::model {
namespace {

/// Addresses no datagram may come from (RFC 1122 section 3.2.1.3, MUST-63).
bool invalid_source(const wire::IpAddress& a) {
  if (a.family == wire::Family::v6) return a.octets[0] == 0xff || a == wire::IpAddress{wire::Family::v6, {}};
  const std::uint8_t first = a.octets[0];
  return first == 0 || first == 127 || (first >= 224 && first < 240) ||
         (a == wire::IpAddress::v4(255, 255, 255, 255));
}

/// Broadcast and multicast destinations (MUST-57).
bool group_destination(const wire::IpAddress& a) {
  if (a.family == wire::Family::v6) return a.octets[0] == 0xff;
  return (a.octets[0] >= 224 && a.octets[0] < 240) || a == wire::IpAddress::v4(255, 255, 255, 255);
}

bool dropped_by_ip(const wire::Decoded& d) {
  using wire::WireDefect;
  return d.has(WireDefect::too_short) || d.has(WireDefect::ip_version) ||
         d.has(WireDefect::ip_header_length) || d.has(WireDefect::ip_length) ||
         d.has(WireDefect::ip_checksum) || d.has(WireDefect::extension_chain);
}

/// Port unreachable about a TCP segment: TCP refuses by a reset (RFC 1122 section 3.2.2.1).
bool refuses_port(const wire::IcmpMessage& message, wire::Family family) {
  const bool v4 = family == wire::Family::v4;
  const std::uint8_t unreachable = v4 ? 3 : 1;
  const std::uint8_t port = v4 ? 3 : 4;
  if (message.type != unreachable || message.code != port) return false;
  const wire::Packet quoted = wire::decode(message.body).packet;
  if (const auto* header = std::get_if<wire::Ipv4Header>(&quoted.ip))
    return header->protocol == wire::protocol::tcp;
  return std::get<wire::Ipv6Header>(quoted.ip).protocol == wire::protocol::tcp;
}

struct PendingOpen {
  UserCall call;
  TimePoint due;
};

}  // namespace

struct Judge::Impl {
  Profile profile;
  TargetFacts facts;
  Timing timing;
  Findings findings = {};
  Reassembler reassembler = {};  ///< of what goes to the target
  Reassembler sent = {};         ///< and of what comes from it
  std::map<FourTuple, Connection> connections = {};
  std::set<std::uint16_t> listeners = {};
  std::set<wire::IpAddress> own = {};  ///< addresses of the target, as far as calls told them
  std::vector<PendingOpen> opens = {};
  std::map<wire::Endpoint, FourTuple> opened = {};
  FastOpen fast_open = {};
  std::vector<wire::IpAddress> group_opens = {};  ///< OPENs that should have been refused

  Impl(Profile p, TargetFacts f) : profile{p}, facts{f}, timing{timing_for(f)} {}

  Context context(const FourTuple& t) const {
    const bool v4 = t.target.address.family == wire::Family::v4;
    return {&timing, profile, listeners.contains(t.target.port.number),
            static_cast<std::uint16_t>(v4 ? 536 : 1220), facts.mtu};
  }
  Connection& at(const FourTuple& t) {
    // A connection with its layers is several kilobytes: none is made in vain.
    const auto known = connections.find(t);
    return known != connections.end() ? known->second
                                      : connections.emplace(t, Connection{t, Tcb{}}).first->second;
  }

  void open_active(TimeSpan when, const UserCall& call);
  void open_to_group(const UserCall& call);
  void check_group_open(const wire::Decoded& frame, const wire::TcpSegment& s);
  void stimulus_tcp(TimeSpan when, const wire::Decoded& d, const wire::TcpSegment& s,
                    bool perhaps_lost = false);
  void stimulus_fragment(TimeSpan when, const wire::Decoded& frame);
  void stimulus_icmp(TimeSpan when, const wire::Decoded& frame, const wire::Decoded& quoted);
  void close_listener(const UserCall& call);
  void check_icmp_sent(const wire::Decoded& frame);
  EmissionClass emission_tcp(TimeSpan at, const wire::Decoded& frame, const wire::TcpSegment& s);
  EmissionClass emission_fragment(TimeSpan at, const wire::Decoded& frame);
  Connection* for_emission(const FourTuple& t, const wire::TcpSegment& s);
  [[nodiscard]] bool is_foreign(const wire::IpAddress& destination) const;
};

Judge::Judge(Profile profile, TargetFacts facts) : impl_{std::make_unique<Impl>(profile, facts)} {}
Judge::~Judge() = default;
Judge::Judge(Judge&&) noexcept = default;
Judge& Judge::operator=(Judge&&) noexcept = default;

// ---- stimuli ----------------------------------------------------------------------------------------------

void Judge::Impl::stimulus_tcp(TimeSpan when, const wire::Decoded& d, const wire::TcpSegment& s,
                               bool perhaps_lost) {
  const FourTuple tuple{{d.packet.destination(), s.destination}, {d.packet.source(), s.source}};
  Connection& conn = at(tuple);
  const Context c = context(tuple);
  if (invalid_source(tuple.tester.address))
    return conn.discarded("3.9.2.3", "INVALID-SRC", "RFC9293-MUST-63", c.listening, findings);
  if (group_destination(tuple.target.address))
    return conn.discarded("3.9.2.3", "BCAST-DST", "RFC9293-MUST-57", c.listening, findings);
  if (is_foreign(tuple.target.address)) {  // an answer would come from an address of the target's own
    const FourTuple answering{{*own.begin(), s.destination}, tuple.tester};
    return at(answering).discarded("3.2.1.3", "FOREIGN-DST", "RFC1122-3.2.1.3-1", c.listening, findings);
  }
  if (dropped_by_ip(d)) return;
  if (d.has(wire::WireDefect::tcp_data_offset))
    return conn.discarded("3.1", "DOFFSET-RX", "RFC9293-3.1-DOFFSET-RX", c.listening, findings);
  if (d.has(wire::WireDefect::tcp_checksum))
    return conn.discarded("3.1", "BAD-CHECKSUM", "RFC9293-MUST-3", c.listening, findings);
  // Hosts are free to refuse what came by a source route (RFC 7126 section 4.3).
  const bool refused = return_route(d.packet).has_value();
  const Arrival a{when, &d, &s, wire::parse_options(s.options), perhaps_lost || refused};
  const bool judged = fast_open.stimulus(tuple, s);
  conn.arrival(a, c, findings);
  if (!judged) conn.suspend();
}

/// True where the target's addresses of this family are known and this is none of them.
bool Judge::Impl::is_foreign(const wire::IpAddress& destination) const {
  return own.size() == 1 && own.begin()->family == destination.family && !own.contains(destination);
}

void Judge::Impl::stimulus_icmp(TimeSpan when, const wire::Decoded& frame, const wire::Decoded& quoted) {
  const auto error = read_icmp_error(frame, quoted);
  if (!error || dropped_by_ip(frame)) return;
  for (auto& [tuple, conn] : connections) {
    if (tuple == error->tuple) {
      conn.icmp(when, frame, quoted, *error, context(tuple), findings);
    } else if (tuple.tester.address == error->tuple.tester.address) {
      conn.icmp_of_another(findings);
    }
  }
}

void Judge::Impl::stimulus_fragment(TimeSpan when, const wire::Decoded& frame) {
  if (dropped_by_ip(frame)) return;
  if (!is_fragment(frame.packet)) return;  // headers cut short, or another protocol: nothing for TCP
  switch (reassembler.add(frame)) {
    case Reassembler::Progress::waiting:
      return;
    case Reassembler::Progress::complete:
      if (const wire::TcpSegment* s = reassembler.whole().packet.tcp())
        stimulus_tcp(when, reassembler.whole(), *s, true);
      return;
    case Reassembler::Progress::unclear:
      for (auto& [tuple, conn] : connections) conn.suspend();
      return;
  }
}

void Judge::stimulus(TimeSpan at, const wire::Decoded& frame) {
  if (const wire::TcpSegment* s = frame.packet.tcp()) return impl_->stimulus_tcp(at, frame, *s);
  const auto* icmp = std::get_if<wire::IcmpMessage>(&frame.packet.payload);
  if (icmp == nullptr) return impl_->stimulus_fragment(at, frame);
  impl_->stimulus_icmp(at, frame, wire::decode(icmp->body));
}

// ---- the user ---------------------------------------------------------------------------------------------

void Judge::Impl::open_active(TimeSpan when, const UserCall& call) {
  if (!call.ok) return;
  if (call.connection.target.port.number == 0) {
    opens.push_back({call, when.latest + timing.prompt});
    return;
  }
  Tcb t{};
  t.state = State::syn_sent;
  t.origin = Origin::active;
  Obligation o{};
  o.forms = form_syn;
  o.rule = rule("RFC9293-3.10.1-OPEN-ACTIVE-CLOSED", "OPEN-ACTIVE", State::closed);
  o.due = when.latest + timing.prompt;
  t.owes.push_back(o);
  Connection connection{call.connection, t};
  connection.call(when, call, context(call.connection), findings);
  connections.insert_or_assign(call.connection, std::move(connection));
  opened.insert_or_assign(call.connection.tester, call.connection);
}

/// Nobody can be the peer there (MUST-46): the OPEN is refused, or at least no SYN goes out.
void Judge::Impl::open_to_group(const UserCall& call) {
  if (call.ok) return group_opens.push_back(call.connection.tester.address);
  findings.held(rule("RFC9293-MUST-46", "OPEN-ACTIVE", State::closed));
  findings.held(rule("RFC9293-3.10.1-OPEN-ACTIVE-INVALID-REMOTE-CLOSED", "OPEN-ACTIVE", State::closed));
}

void Judge::Impl::check_group_open(const wire::Decoded& frame, const wire::TcpSegment& s) {
  const auto open = std::find(group_opens.begin(), group_opens.end(), frame.packet.destination());
  if (open == group_opens.end() || !s.flags.has(wire::syn)) return;
  group_opens.erase(open);
  findings.broken({rule("RFC9293-MUST-46", "OPEN-ACTIVE", State::closed),
                   "an active OPEN to a broadcast or multicast address was taken",
                   {"no segment, and the OPEN refused"},
                   {}},
                  wire::to_notation(s, {}));
}

/// The fate of half-open and unaccepted children of a listener that closes is not covered by the RFC.
void Judge::Impl::close_listener(const UserCall& call) {
  listeners.erase(call.connection.target.port.number);
  for (auto& [tuple, conn] : connections) {
    if (tuple.target.port == call.connection.target.port) conn.may_be_deleted();
  }
}

void Judge::call(TimeSpan at, const UserCall& call) {
  if (call.kind == UserCall::Kind::open_passive) {
    if (call.ok) {
      if (call.connection.target.address != wire::IpAddress{})
        impl_->own.insert(call.connection.target.address);
      impl_->listeners.insert(call.connection.target.port.number);
      impl_->findings.held(rule("RFC9293-3.10.1-OPEN-PASSIVE-CLOSED", "OPEN-PASSIVE", State::closed));
    }
    return;
  }
  if (call.kind == UserCall::Kind::open_active) {
    if (group_destination(call.connection.tester.address)) return impl_->open_to_group(call);
    return impl_->open_active(at, call);
  }
  if (call.connection.tester.port.number == 0) return impl_->close_listener(call);
  impl_->at(call.connection).call(at, call, impl_->context(call.connection), impl_->findings);
}

void Judge::notice(TimeSpan at, const UserNotice& notice) {
  if (notice.kind == UserNotice::Kind::error) impl_->fast_open.attempt_failed(notice.connection);
  const auto it = impl_->connections.find(notice.connection);
  if (it == impl_->connections.end()) return;
  it->second.notice(at, notice, impl_->context(notice.connection), impl_->findings);
}

// ---- emissions --------------------------------------------------------------------------------------------

Connection* Judge::Impl::for_emission(const FourTuple& tuple, const wire::TcpSegment& s) {
  if (const auto it = connections.find(tuple); it != connections.end()) return &it->second;
  if (!s.flags.has(wire::syn) || s.flags.has(wire::ack)) return nullptr;
  const auto open = std::find_if(opens.begin(), opens.end(), [&](const PendingOpen& p) {
    return p.call.connection.tester == tuple.tester;
  });
  if (open == opens.end()) return nullptr;
  UserCall call = open->call;
  call.connection = tuple;
  const TimePoint due = open->due;
  opens.erase(open);
  open_active(exactly(due - timing.prompt), call);
  return &connections.at(tuple);
}

void Judge::Impl::check_icmp_sent(const wire::Decoded& frame) {
  const auto* message = std::get_if<wire::IcmpMessage>(&frame.packet.payload);
  constexpr std::uint8_t source_quench = 4;
  if (message != nullptr && refuses_port(*message, frame.packet.family())) {
    findings.broken({rule("RFC1122-3.2.2-1", "ICMP", State::closed),
                     "a segment for a closed port was answered by ICMP",
                     {"a reset"},
                     {}},
                    "port unreachable");
  }
  if (message == nullptr || frame.packet.family() != wire::Family::v4 || message->type != source_quench)
    return;
  findings.broken({rule("RFC6633-5-2", "ICMP", State::closed),
                   "the target sent a Source Quench",
                   {"no such message"},
                   {}},
                  "ICMP type 4");
}

EmissionClass Judge::Impl::emission_tcp(TimeSpan at, const wire::Decoded& frame, const wire::TcpSegment& s) {
  const FourTuple tuple{{frame.packet.source(), s.source}, {frame.packet.destination(), s.destination}};
  check_group_open(frame, s);
  Connection* conn = for_emission(tuple, s);
  if (conn == nullptr) return EmissionClass::foreign;
  fast_open.emission(tuple, s, findings);
  const bool closed =
      !listeners.contains(tuple.target.port.number) && !conn->hypotheses().empty() &&
      std::ranges::all_of(conn->hypotheses(), [](const Tcb& known) { return known.state == State::closed; });
  const EmissionClass what = conn->emission(at, frame, context(tuple), findings);
  if (closed && s.flags.has(wire::rst) && what == EmissionClass::progress)
    findings.held(rule("RFC1122-3.2.2-1", "ICMP", State::closed));
  return what;
}

/// A host may cut its own datagrams (RFC 791 section 3.2, RFC 8200 section 4.5): what arrives is the whole.
EmissionClass Judge::Impl::emission_fragment(TimeSpan at, const wire::Decoded& frame) {
  switch (sent.add(frame)) {
    case Reassembler::Progress::waiting:
      break;
    case Reassembler::Progress::complete:
      if (const wire::TcpSegment* s = sent.whole().packet.tcp()) return emission_tcp(at, sent.whole(), *s);
      break;
    case Reassembler::Progress::unclear:  // nobody knows what the peer makes of it
      for (auto& [tuple, conn] : connections) {
        if (tuple.tester.address == frame.packet.destination()) conn.suspend();
      }
      break;
  }
  return EmissionClass::foreign;
}

EmissionClass Judge::emission(TimeSpan at, const wire::Decoded& frame) {
  if (const wire::TcpSegment* s = frame.packet.tcp()) return impl_->emission_tcp(at, frame, *s);
  if (is_fragment(frame.packet)) return impl_->emission_fragment(at, frame);
  impl_->check_icmp_sent(frame);
  return EmissionClass::foreign;
}

void Judge::quiet_until(TimePoint now) {
  for (auto& [tuple, conn] : impl_->connections)
    conn.quiet_until(now, impl_->context(tuple), impl_->findings);
  std::erase_if(impl_->opens, [&](const PendingOpen& p) {
    if (p.due >= now) return false;
    impl_->findings.broken({rule("RFC9293-3.10.1-OPEN-ACTIVE-CLOSED", "OPEN-ACTIVE", State::closed),
                            "no SYN followed the active OPEN",
                            {"<SEQ=ISS><CTL=SYN>"},
                            {}},
                           "nothing", Findings::Effect::impossible);
    return true;
  });
}

// ---- questions --------------------------------------------------------------------------------------------

bool Judge::settled() const {
  return impl_->opens.empty() && std::all_of(impl_->connections.begin(), impl_->connections.end(),
                                             [](const auto& entry) { return entry.second.settled(); });
}

TimePoint Judge::next_deadline() const {
  TimePoint next = never;
  for (const auto& [tuple, conn] : impl_->connections) next = std::min(next, conn.next_deadline());
  for (const PendingOpen& p : impl_->opens) next = std::min(next, p.due + Duration{1});
  return next;
}

std::vector<State> Judge::states(const FourTuple& connection) const {
  const bool listening = impl_->listeners.contains(connection.target.port.number);
  const auto it = impl_->connections.find(connection);
  std::set<State> found;
  if (it == impl_->connections.end()) {
    found.insert(listening ? State::listen : State::closed);
  } else {
    for (const Tcb& t : it->second.hypotheses()) {
      found.insert(t.state == State::closed && listening ? State::listen : t.state);
    }
  }
  return {found.begin(), found.end()};
}

namespace {

std::optional<std::uint32_t> read_variable(const Tcb& t, std::string_view name) {
  const bool peer_known = t.state != State::closed && t.state != State::listen && t.state != State::syn_sent;
  if (name == "iss" && t.iss) return t.iss->raw;
  if (name == "snd.una" && t.iss) return t.snd_una.raw;
  if (name == "snd.nxt" && t.iss) return t.snd_nxt.raw;
  if (name == "snd.wnd" && peer_known) return t.snd_wnd;
  if (name == "irs" && peer_known) return t.irs.raw;
  if (name == "rcv.nxt" && peer_known && t.rcv_certain()) return t.rcv_nxt_least.raw;
  if (name == "rcv.wnd" && peer_known && t.window_known && t.rcv_certain())
    return (t.rcv_edge - t.rcv_nxt_least).octets;
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> Judge::variable(const FourTuple& connection, std::string_view name) const {
  const auto it = impl_->connections.find(connection);
  if (it == impl_->connections.end() || it->second.hypotheses().empty()) return std::nullopt;
  const auto& list = it->second.hypotheses();
  const auto value = read_variable(list.front(), name);
  const bool agreed =
      std::all_of(list.begin(), list.end(), [&](const Tcb& t) { return read_variable(t, name) == value; });
  return agreed ? value : std::nullopt;
}

std::optional<FourTuple> Judge::opened_towards(const wire::Endpoint& tester) const {
  const auto it = impl_->opened.find(tester);
  return it == impl_->opened.end() ? std::nullopt : std::optional{it->second};
}

std::size_t Judge::hypotheses() const {
  std::size_t most = 0;
  for (const auto& [tuple, conn] : impl_->connections) most = std::max(most, conn.hypotheses().size());
  return most;
}

const std::vector<Violation>& Judge::violations() const { return impl_->findings.violations; }
const std::string& Judge::undecided() const { return impl_->findings.undecided_why; }
const std::map<std::string, Evaluation, std::less<>>& Judge::evaluations() const {
  return impl_->findings.evaluations();
}
const std::map<std::string, std::string, std::less<>>& Judge::features() const {
  return impl_->findings.features;
}
const HostFacts& Judge::host_facts() const { return impl_->findings.host; }

}  // namespace tcpjury::model
