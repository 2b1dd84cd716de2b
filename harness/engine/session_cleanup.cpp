// How a session leaves a live target: every handle closed, every connection reset. A virtual target needs
// none of that, since its driver resets it.
#include "harness/engine/session_impl.h"

namespace tcpjury::engine {

void Session::Impl::start_cleaning() {
  if (config.traits->clock == ClockKind::virtual_time) {
    phase = Phase::finished;
    return;
  }
  phase = Phase::cleaning;
  outgoing.reset();
  asked.reset();
  mark("cleaning up: what follows is not judged");
  const auto& offered = config.traits->capabilities;
  for (const Handle handle : handles.all()) {
    const bool abort = !handles.is_listener(handle) && offered.contains(scenario::Capability::abort);
    const bool release = offered.contains(scenario::Capability::release);
    const auto kind = abort     ? AppRequest::Kind::abort
                      : release ? AppRequest::Kind::release
                                : AppRequest::Kind::close;
    cleaning.push_back(MakeCall{{.kind = kind, .handle = handle}});
  }
  for (const auto& [label, connection] : map->connections()) {
    const auto at = connection.side.last_acknowledged();
    if (!connection.side.alive() || !at || connection.tuple.target.port.number == 0) continue;
    wire::TcpSegment reset;
    reset.source = connection.tuple.tester.port;
    reset.destination = connection.tuple.target.port;
    reset.seq = *at;
    reset.flags = wire::rst;
    wire::Packet packet;
    packet.ip = default_ip_header(connection.tuple, wire::protocol::tcp);
    packet.payload = reset;
    cleaning.push_back(SendDatagram{wire::encode(packet)});
  }
}

std::optional<Action> Session::Impl::cleaning_action() {
  if (cleaning.empty()) return std::nullopt;
  Action action = std::move(cleaning.front());
  cleaning.pop_front();
  if (const auto* send = std::get_if<SendDatagram>(&action)) {
    recorder.add({.kind = TranscriptEvent::Kind::sent,
                  .at = now,
                  .step = step_number(),
                  .octets = send->datagram,
                  .note = "cleaning up"});
  }
  in_flight = true;
  return action;
}

}  // namespace tcpjury::engine
