// How a session acts: segments, ICMP messages and user calls.
#include <fmt/format.h>

#include <algorithm>

#include "harness/base/assert.h"
#include "harness/base/random.h"
#include "harness/engine/icmp_message.h"
#include "harness/engine/session_impl.h"
#include "harness/engine/stream.h"

namespace tcpjury::engine {
namespace {

using namespace std::chrono_literals;
using scenario::Call;

/// How long a call waits until the target's user has been handed the connection it is about.
constexpr Duration handle_wait_virtual = 5s;
constexpr Duration handle_wait_real = 10s;

AppRequest::Kind request_kind(const Call& call) {
  struct Kinds {
    AppRequest::Kind operator()(const scenario::ListenCall&) const { return AppRequest::Kind::open_passive; }
    AppRequest::Kind operator()(const scenario::OpenCall&) const { return AppRequest::Kind::open_active; }
    AppRequest::Kind operator()(const scenario::SendCall&) const { return AppRequest::Kind::send; }
    AppRequest::Kind operator()(const scenario::ReceiveCall&) const { return AppRequest::Kind::receive; }
    AppRequest::Kind operator()(const scenario::CloseCall&) const { return AppRequest::Kind::close; }
    AppRequest::Kind operator()(const scenario::ReleaseCall&) const { return AppRequest::Kind::release; }
    AppRequest::Kind operator()(const scenario::AbortCall&) const { return AppRequest::Kind::abort; }
    AppRequest::Kind operator()(const scenario::SetCall&) const { return AppRequest::Kind::set; }
  };
  return std::visit(Kinds{}, call);
}

std::string_view call_name(AppRequest::Kind kind) {
  switch (kind) {
    case AppRequest::Kind::open_passive:
      return "OPEN passive";
    case AppRequest::Kind::open_active:
      return "OPEN active";
    case AppRequest::Kind::send:
      return "SEND";
    case AppRequest::Kind::receive:
      return "RECEIVE";
    case AppRequest::Kind::close:
      return "CLOSE";
    case AppRequest::Kind::release:
      return "RELEASE";
    case AppRequest::Kind::abort:
      return "ABORT";
    case AppRequest::Kind::status:
      return "STATUS";
    case AppRequest::Kind::set:
      return "SET";
  }
  TCPJURY_UNREACHABLE();
}

model::UserCall::Kind judged_kind(AppRequest::Kind kind) {
  switch (kind) {
    case AppRequest::Kind::open_passive:
      return model::UserCall::Kind::open_passive;
    case AppRequest::Kind::open_active:
      return model::UserCall::Kind::open_active;
    case AppRequest::Kind::send:
      return model::UserCall::Kind::send;
    case AppRequest::Kind::receive:
      return model::UserCall::Kind::receive;
    case AppRequest::Kind::close:
      return model::UserCall::Kind::close;
    case AppRequest::Kind::release:
      return model::UserCall::Kind::release;
    case AppRequest::Kind::abort:
      return model::UserCall::Kind::abort;
    case AppRequest::Kind::set:
      return model::UserCall::Kind::set;
    case AppRequest::Kind::status:
      break;
  }
  TCPJURY_UNREACHABLE();
}

std::string call_note(const AppRequest& request, const AppReply& reply) {
  std::string note{call_name(request.kind)};
  if (request.kind == AppRequest::Kind::send) note += fmt::format(" {} octets", request.octets.size());
  if (request.kind == AppRequest::Kind::receive) note += fmt::format(" at most {} octets", request.limit);
  if (request.kind == AppRequest::Kind::set)
    note += fmt::format(" {} = {}", to_string(request.option), request.value);
  if (request.urgent) note += ", urgent";
  if (!reply.ok) return note + fmt::format(": refused: {}", reply.error);
  if (request.kind == AppRequest::Kind::send) note += fmt::format(": {} accepted", reply.accepted);
  if (request.kind == AppRequest::Kind::receive) {
    note += fmt::format(": {} octets{}{}", reply.octets.size(),
                        reply.peer_closed ? ", end of the peer's text" : "",
                        reply.urgent ? ", more urgent data remains" : "");
  }
  return note;
}

/// Who can be no peer: all hosts of the link (RFC 1122 section 3.2.1.3, RFC 4291 section 2.7.1).
wire::IpAddress group_address(scenario::OpenCall::Peer peer, wire::Family family) {
  if (family == wire::Family::v6) return {family, {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  if (peer == scenario::OpenCall::Peer::broadcast) return wire::IpAddress::v4(255, 255, 255, 255);
  return wire::IpAddress::v4(224, 0, 0, 1);
}

/// Fills in whom an active OPEN goes to, and which way.
void direct(AppRequest& request, const scenario::OpenCall& open, const LiveConnection& connection) {
  request.local = connection.tuple.target;
  request.remote = connection.tuple.tester;
  if (open.to != scenario::OpenCall::Peer::tester)
    request.remote.address = group_address(open.to, request.local.address.family);
  if (!open.route) return;
  request.route = *open.route;
  request.route.insert(request.route.begin(), connection.tuple.tester.address);
}

bool to_nobody(const AppRequest& request, const LiveConnection& connection) {
  return request.kind == AppRequest::Kind::open_active &&
         request.remote.address != connection.tuple.tester.address;
}

}  // namespace

std::optional<Action> Session::Impl::next(TimePoint at) {
  now = std::max(now, at);
  if (in_flight || phase == Phase::finished) return std::nullopt;
  if (phase == Phase::cleaning) return cleaning_action();
  if (outgoing) return datagram_action(std::move(outgoing->filled), outgoing->label);
  pump();
  const scenario::Step* step = phase == Phase::running ? program->current() : nullptr;
  if (step == nullptr) return phase == Phase::cleaning ? cleaning_action() : std::nullopt;
  if (std::holds_alternative<scenario::ExpectStateStep>(step->what)) return status_action(*step);
  // Segments of one step go back to back; everything else waits until cause and effect are clear.
  if (progress.segments_sent == 0 && !is_settled()) return std::nullopt;
  if (const auto* send = std::get_if<scenario::SendStep>(&step->what)) return send_action(*step, *send);
  if (const auto* icmp = std::get_if<scenario::IcmpStep>(&step->what)) return icmp_action(*step, *icmp);
  if (const auto* call = std::get_if<scenario::CallStep>(&step->what)) return call_action(*step, call->call);
  return std::nullopt;
}

std::optional<Action> Session::Impl::send_action(const scenario::Step& step, const scenario::SendStep& send) {
  if (progress.segments_sent >= send.segments.size()) {
    program->advance();
    progress = {};
    return next(now);
  }
  auto filled = fill(send.segments[progress.segments_sent], *map, step.conn, now);
  if (!filled) {
    unknown_name(step, filled.error());
    return next(now);
  }
  return datagram_action(std::move(*filled), step.conn);
}

std::optional<Action> Session::Impl::datagram_action(Filled filled, const std::string& label) {
  if (!outgoing) {
    outgoing = Outgoing{.label = label, .filled = std::move(filled)};
  } else {
    outgoing->filled = std::move(filled);
  }
  in_flight = true;
  const Bytes& datagram = outgoing->filled.datagrams[outgoing->next];
  const wire::IpAddress source = wire::decode(datagram).packet.source();
  const auto& testers = config.slot.tester_addresses;
  if (std::find(testers.begin(), testers.end(), source) == testers.end()) other_peers.insert(source);
  return SendDatagram{datagram};
}

std::optional<Action> Session::Impl::icmp_action(const scenario::Step& step, const scenario::IcmpStep& icmp) {
  const LiveConnection& connection = map->connection(step.conn);
  std::optional<std::uint32_t> quoted_seq = judge.variable(connection.tuple, "snd.una");
  if (icmp.quoted_seq) {
    auto value = icmp.quoted_seq->evaluate(map->lookup(step.conn, now));
    if (!value) {
      unknown_name(step, value.error());
      return next(now);
    }
    quoted_seq = *value;
  }
  const wire::Packet packet = icmp_message(icmp, connection.tuple, mail(step.conn).last_segment, quoted_seq);
  Filled filled;
  filled.datagrams.push_back(wire::encode(packet));
  filled.whole = wire::decode(filled.datagrams.front());
  return datagram_action(std::move(filled), step.conn);
}

std::optional<Action> Session::Impl::status_action(const scenario::Step& step) {
  const auto handle = handles.connection_of(step.conn);
  if (!progress.wants_status) return std::nullopt;
  if (!handle) {  // it is gone since the question came up
    progress.wants_status = false;
    return next(now);
  }
  asked = Asked{step.conn, {.kind = AppRequest::Kind::status, .handle = *handle}};
  in_flight = true;
  return MakeCall{asked->request};
}

std::optional<Handle> Session::Impl::handle_for(const scenario::Step& step, const Call& call) {
  if (const auto handle = handles.connection_of(step.conn)) return handle;
  const bool is_virtual = config.traits->clock == ClockKind::virtual_time;
  const TimePoint limit = progress.since + (is_virtual ? handle_wait_virtual : handle_wait_real);
  const bool may_come = handles.any_listener() && map->connection(step.conn).side.synchronized();
  if (may_come && reported_until < limit) {
    progress.deadline = limit;
    return std::nullopt;
  }
  const bool of_connections = std::holds_alternative<scenario::SendCall>(call) ||
                              std::holds_alternative<scenario::ReceiveCall>(call) ||
                              std::holds_alternative<scenario::SetCall>(call);
  const auto listener = handles.listener_of(step.conn);
  if (listener && !of_connections && !may_come) return listener;
  conclude(
      Verdict::inconclusive,
      fmt::format("step {}: the target's user was never handed connection '{}', so no call can be made on it",
                  step.number, step.conn));
  return std::nullopt;
}

std::optional<Action> Session::Impl::call_action(const scenario::Step& step, const Call& call) {
  LiveConnection& connection = map->connection(step.conn);
  AppRequest request{.kind = request_kind(call)};
  if (const auto* listen = std::get_if<scenario::ListenCall>(&call)) {
    request.local = connection.tuple.target;
    request.backlog = listen->backlog;
  } else if (const auto* open = std::get_if<scenario::OpenCall>(&call)) {
    connection.target_opens = true;
    connection.tuple.target.port = {};
    direct(request, *open, connection);
    if (request.remote.address != connection.tuple.tester.address) other_peers.insert(request.remote.address);
  } else {
    const auto handle = handle_for(step, call);
    if (!handle) return phase == Phase::running ? std::nullopt : next(now);
    request.handle = *handle;
  }
  const auto number = [&](const scenario::Expression& e) -> std::optional<std::uint32_t> {
    auto value = e.evaluate(map->lookup(step.conn, now));
    if (value) return *value;
    unknown_name(step, value.error());
    return std::nullopt;
  };
  if (const auto* send = std::get_if<scenario::SendCall>(&call)) {
    const auto length = send->octets ? std::optional{0U} : number(send->length);
    if (!length) return next(now);
    request.urgent = send->urgent;
    request.octets =
        send->octets ? *send->octets : stream_octets(~config.seed, mail(step.conn).target_text, *length);
  } else if (const auto* receive = std::get_if<scenario::ReceiveCall>(&call)) {
    const auto limit = number(receive->length);
    if (!limit) return next(now);
    request.limit = *limit;
  } else if (const auto* set = std::get_if<scenario::SetCall>(&call)) {
    request.option = set->option;
    request.value = set->value;
  }
  asked = Asked{step.conn, std::move(request)};
  in_flight = true;
  return MakeCall{asked->request};
}

void Session::Impl::take_reply(TimeSpan at, const std::string& label, const AppRequest& request,
                               const AppReply& reply) {
  recorder.add({.kind = TranscriptEvent::Kind::call,
                .at = now,
                .step = step_number(),
                .conn = label,
                .note = call_note(request, reply)});
  const bool opens_passively = request.kind == AppRequest::Kind::open_passive;
  const bool opens = opens_passively || request.kind == AppRequest::Kind::open_active;
  const bool nobody = to_nobody(request, map->connection(label));
  const bool sets = request.kind == AppRequest::Kind::set;
  if ((opens || sets) && !reply.ok && !nobody) {
    conclude(Verdict::error, fmt::format("the target refused {}: {}", call_name(request.kind), reply.error));
    return;
  }
  if (opens_passively) handles.listener(label, reply.handle);
  if (request.kind == AppRequest::Kind::open_active && reply.ok) handles.connection(label, reply.handle);

  model::UserCall call{.kind = judged_kind(request.kind),
                       .connection = map->connection(label).tuple,
                       .ok = reply.ok,
                       .octets = reply.octets,
                       .peer_closed = reply.peer_closed,
                       .urgent = request.urgent || reply.urgent,
                       .option = request.option,
                       .value = request.value,
                       .route = request.route};
  if (nobody) call.connection.tester = request.remote;
  const bool about_listener = opens_passively || (!opens && handles.is_listener(request.handle));
  if (about_listener) call.connection.tester = {};
  if (about_listener && !opens && reply.ok) handles.gone(request.handle);
  if (request.kind == AppRequest::Kind::send) {
    const std::size_t accepted = std::min<std::size_t>(reply.accepted, request.octets.size());
    call.octets.assign(request.octets.begin(),
                       request.octets.begin() + static_cast<std::ptrdiff_t>(accepted));
    mail(label).target_text += static_cast<std::uint32_t>(accepted);
  }
  judge.call(at, call);
  note_states(label);
  collect_violations();
}

}  // namespace tcpjury::engine
