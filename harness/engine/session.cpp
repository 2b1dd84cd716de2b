#include "harness/engine/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

#include "harness/base/assert.h"
#include "harness/engine/judge_input.h"
#include "harness/engine/session_impl.h"
#include "harness/engine/walks.h"

namespace tcpjury::engine {
namespace {

const AddressPlan* plan_of(const TargetTraits& traits, wire::Family family) {
  const auto& plan = family == wire::Family::v4 ? traits.v4 : traits.v6;
  return plan ? &*plan : nullptr;
}

/// Calls `visit` for every step, those inside alternatives and repetitions too, in the order of the file.
template <class Visit>
void for_each_step(const scenario::Steps& steps, const Visit& visit) {
  for (const scenario::Step& step : steps) {
    visit(step);
    if (const auto* any = std::get_if<scenario::AnyOfStep>(&step.what)) {
      for (const auto& alternative : any->alternatives) for_each_step(alternative.then, visit);
    } else if (const auto* repeat = std::get_if<scenario::RepeatStep>(&step.what)) {
      for_each_step(repeat->body, visit);
    }
  }
}

scenario::Steps walk_of(const scenario::Variant& variant) {
  if (!variant.start_in) return {};
  scenario::Steps steps = walk_steps(*variant.start_in, variant.role);
  for (scenario::Step& step : steps) step.where.file = variant.file;
  return steps;
}

/// The capability a call of the walk needs; a scenario's own calls are in Variant::needs.
std::optional<scenario::Capability> needed_by(const scenario::Step& step) {
  const auto* call = std::get_if<scenario::CallStep>(&step.what);
  if (call == nullptr) return std::nullopt;
  if (std::holds_alternative<scenario::ListenCall>(call->call)) return scenario::Capability::open_passive;
  if (std::holds_alternative<scenario::OpenCall>(call->call)) return scenario::Capability::open_active;
  return scenario::Capability::close;
}

/// What the target lacks for this variant; empty when nothing.
std::string lacking(const scenario::Variant& variant, const scenario::Steps& walk,
                    const SessionConfig& config) {
  for (const scenario::Step& step : walk) {
    const auto need = needed_by(step);
    if (need && !config.traits->capabilities.contains(*need)) return std::string{scenario::to_string(*need)};
  }
  for (const scenario::Capability need : variant.needs) {
    if (!config.traits->capabilities.contains(need)) return std::string{scenario::to_string(need)};
  }
  if (plan_of(*config.traits, variant.family) == nullptr) {
    return variant.family == wire::Family::v4 ? "ipv4" : "ipv6";
  }
  std::size_t peers = 1;
  std::set<std::string_view> labels{"main"};
  for_each_step(variant.steps, [&](const scenario::Step& step) {
    peers = std::max(peers, peer_of(step.conn));
    labels.insert(step.conn);
  });
  if (peers > config.slot.tester_addresses.size()) return fmt::format("{} tester addresses", peers);
  if (labels.size() > ports_for_labels) return fmt::format("{} tester ports", labels.size());
  return {};
}

LiveMap make_map(const scenario::Variant& variant, const scenario::Steps& walk, const SessionConfig& config,
                 TimePoint started, LiveMap::TargetVariable target_variable) {
  LiveMap map{{.seed = config.seed,
               .started = started,
               .target = plan_of(*config.traits, variant.family)->target,
               .testers = config.slot.tester_addresses,
               .target_port = config.slot.target_port,
               .tester_port_first = config.slot.tester_port_first,
               .tester_ports = Slot::ports_per_slot,
               .mtu = config.traits->mtu,
               .constants = variant.constants,
               .target_variable = std::move(target_variable)}};
  // The first listener has the slot's port, and connections without a listener of their own go there.
  std::vector<std::string> listeners;
  const auto note_listener = [&listeners](const scenario::Step& step) {
    const auto* call = std::get_if<scenario::CallStep>(&step.what);
    if (call == nullptr || !std::holds_alternative<scenario::ListenCall>(call->call)) return;
    if (std::find(listeners.begin(), listeners.end(), step.conn) == listeners.end()) {
      listeners.push_back(step.conn);
    }
  };
  for_each_step(walk, note_listener);
  for_each_step(variant.steps, note_listener);
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const auto port = static_cast<std::uint16_t>(config.slot.target_port.number + i);
    map.set_target_port(listeners[i], wire::Port{port});
  }
  return map;
}

wire::Endpoint tester_end(const wire::Packet& from_target) {
  const wire::TcpSegment* segment = from_target.tcp();
  return {from_target.destination(), segment == nullptr ? wire::Port{} : segment->destination};
}

}  // namespace

Session::Impl::Impl(const scenario::Variant& v, SessionConfig c, TimePoint start)
    : variant{v},
      walk{walk_of(v)},
      config{std::move(c)},
      started{start},
      now{start},
      reported_until{start},
      judge{config.profile, facts_of(*config.traits)} {
  missing = lacking(variant, walk, config);
  if (!missing.empty()) {
    outcome.worsen(Verdict::not_applicable, fmt::format("the target does not offer {}", missing));
    phase = Phase::finished;
    return;
  }
  map.emplace(make_map(
      variant, walk, config, started,
      [this](const model::FourTuple& tuple, std::string_view name) { return judge.variable(tuple, name); }));
  program.emplace(variant.steps, map->names());
  program->prepend(walk);
}

void Session::Impl::frame(TimeSpan at, BytesView datagram) {
  now = std::max(now, at.latest);
  wire::Decoded decoded = wire::decode(datagram);
  const wire::TcpSegment* segment = decoded.packet.tcp();
  LiveConnection* connection =
      map && segment != nullptr ? map->at_tester_end(tester_end(decoded.packet)) : nullptr;
  const std::string label = connection == nullptr ? std::string{} : connection->label;
  const Recorder::Place place = recorder.add({.kind = TranscriptEvent::Kind::received,
                                              .at = at.latest,
                                              .step = step_number(),
                                              .conn = label,
                                              .octets = {datagram.begin(), datagram.end()}});
  if (phase != Phase::running) {
    recorder.remark(place, "not judged: the case is over");
    return;
  }
  if (connection != nullptr && connection->target_opens && segment->flags.has(wire::syn) &&
      connection->tuple.target.port.number == 0) {
    connection->tuple.target.port = segment->source;
  }
  const model::EmissionClass was = judge.emission(at, decoded);
  const bool of_connection = connection != nullptr && segment->source == connection->tuple.target.port;
  if (of_connection) {
    Mailbox& box = mail(label);
    box.last_segment = decoded.packet;
    const TesterSide before = connection->side;
    if (decoded.defects.empty()) connection->side.received(*segment);
    box.segments.push_back({at, std::move(decoded), was, before, place});
    note_states(label);
  } else {
    recorder.remark(place, "of no connection of the scenario");
  }
  collect_violations();
  pump();
}

void Session::Impl::notice(TimeSpan at, const AppEvent& event) {
  now = std::max(now, at.latest);
  std::string label = handles.owner(event.handle).value_or("");
  if (event.kind == scenario::UserEvent::accepted) {
    const LiveConnection* connection = map ? map->at_tester_end(event.remote) : nullptr;
    label = connection == nullptr ? std::string{} : connection->label;
    if (connection == nullptr) {
      handles.stray(event.child);
    } else {
      handles.connection(label, event.child);
    }
  }
  recorder.add({.kind = TranscriptEvent::Kind::notice,
                .at = at.latest,
                .step = step_number(),
                .conn = label,
                .note = event.text.empty()
                            ? std::string{scenario::to_string(event.kind)}
                            : fmt::format("{}: {}", scenario::to_string(event.kind), event.text)});
  if (phase == Phase::running && !label.empty()) {
    judge.notice(at, {notice_kind(event.kind), map->connection(label).tuple});
    mail(label).events.push_back(event);
    note_states(label);
    collect_violations();
  }
  if (ends_connection(event.kind)) handles.gone(event.handle);
  if (phase == Phase::running) pump();
}

void Session::Impl::quiet(TimePoint until) {
  now = std::max(now, until);
  reported_until = std::max(reported_until, until);
  if (phase == Phase::cleaning && cleaning.empty() && !in_flight) phase = Phase::finished;
  if (phase != Phase::running) return;
  judge.quiet_until(until);
  for (const auto& [label, box] : mailboxes) note_states(label);
  collect_violations();
  pump();
}

void Session::Impl::sent(TimeSpan at) {
  now = std::max(now, at.latest);
  in_flight = false;
  if (!outgoing) return;
  Outgoing& out = *outgoing;
  recorder.add({.kind = TranscriptEvent::Kind::sent,
                .at = at.latest,
                .step = step_number(),
                .conn = out.label,
                .octets = out.filled.datagrams[out.next],
                .note = out.filled.datagrams.size() > 1
                            ? fmt::format("fragment {} of {}", out.next + 1, out.filled.datagrams.size())
                            : std::string{}});
  if (++out.next < out.filled.datagrams.size()) return;
  const Outgoing done = std::move(*outgoing);
  outgoing.reset();
  judge.stimulus(at, done.filled.whole);
  if (done.filled.honest) map->sent(map->connection(done.label), *done.filled.honest, now);
  note_states(done.label);
  collect_violations();
  if (phase != Phase::running) return;
  ++progress.segments_sent;
  const auto* send = std::get_if<scenario::SendStep>(&program->current()->what);
  if (send == nullptr || progress.segments_sent >= send->segments.size()) {
    program->advance();
    progress = {};
  }
  pump();
}

void Session::Impl::replied(TimeSpan at, const AppReply& reply) {
  now = std::max(now, at.latest);
  in_flight = false;
  if (!asked) return;
  const Asked done = std::move(*asked);
  asked.reset();
  if (phase != Phase::running) return;
  if (done.request.kind == AppRequest::Kind::status) {
    progress.wants_status = false;
    progress.status = reply.state;
    mark(fmt::format("STATUS says {}", reply.state ? model::to_string(*reply.state) : "nothing"), done.label);
  } else {
    take_reply(at, done.label, done.request, reply);
    if (phase != Phase::running) return;
    program->advance();
    progress = {};
  }
  pump();
}

// ---- the public face ---------------------------------------------------------------------------------

Session::Session(const scenario::Variant& variant, SessionConfig config, TimePoint now)
    : impl_{std::make_unique<Impl>(variant, std::move(config), now)} {
  impl_->pump();
}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

std::optional<Action> Session::next(TimePoint now) { return impl_->next(now); }
void Session::sent(TimeSpan at) { impl_->sent(at); }
void Session::replied(TimeSpan at, const AppReply& reply) { impl_->replied(at, reply); }
void Session::frame(TimeSpan at, BytesView datagram) { impl_->frame(at, datagram); }
void Session::notice(TimeSpan at, const AppEvent& event) { impl_->notice(at, event); }
void Session::quiet(TimePoint now) { impl_->quiet(now); }
TimePoint Session::deadline() const { return impl_->deadline(); }
bool Session::finished() const { return impl_->phase == Phase::finished; }

bool Session::owns(BytesView datagram) const {
  if (!impl_->map) return false;
  const wire::Packet packet = wire::decode(datagram).packet;
  const auto& testers = impl_->config.slot.tester_addresses;
  // What goes to an address that the case only claimed, or named in an OPEN, concerns it as well.
  const bool known = std::find(testers.begin(), testers.end(), packet.destination()) != testers.end() ||
                     impl_->other_peers.contains(packet.destination());
  if (!known) return false;
  const wire::TcpSegment* segment = packet.tcp();
  if (segment == nullptr) return true;
  const auto offset = segment->destination.number - impl_->config.slot.tester_port_first.number;
  return offset >= 0 && offset < Slot::ports_per_slot;
}

bool Session::owns(Handle handle) const { return impl_->handles.owner(handle).has_value(); }

void Session::stop(Verdict verdict, std::string reason) {
  if (finished()) return;
  impl_->mark(fmt::format("stopped: {}", reason));
  impl_->outcome.worsen(verdict, std::move(reason));
  impl_->phase = Phase::finished;
}

std::uint32_t Session::current_step() const { return impl_->step_number(); }
const Transcript& Session::transcript() const { return impl_->recorder.transcript(); }

CaseResult Session::take_result() {
  TCPJURY_ASSERT(finished());
  return impl_->result();
}

}  // namespace tcpjury::engine
