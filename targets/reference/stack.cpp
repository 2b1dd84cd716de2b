#include "targets/reference/stack.h"

#include <algorithm>
#include <utility>

#include "targets/reference/reply.h"
#include "targets/reference/routes.h"

namespace tcpjury::reference {

using wire::Endpoint;
using wire::rst;
using wire::syn;

void Stack::reset(std::uint64_t seed, Time now) {
  connections_.clear();
  listeners_.clear();
  deaf_ = false;
  fragments_.clear();
  host_.reset(seed, now);
}

Time Stack::next_timer() const {
  Time next = never;
  for (const auto& connection : connections_) next = std::min(next, connection->next_timer());
  return next;
}

void Stack::advance(Time now) {
  for (Time due = next_timer(); due <= now; due = next_timer()) {
    host_.set_now(std::max(due, host_.now()));
    for (const auto& connection : connections_) connection->run_timers();
    tidy();
  }
  host_.set_now(now);
}

// What nobody can reach any more goes; so does a TIME-WAIT that a new incarnation has left behind.
void Stack::tidy() {
  for (const auto& connection : connections_) {
    if (connection->took_listener_along())
      std::erase_if(listeners_,
                    [&](const auto& listener) { return listener.handle == connection->listener(); });
    const auto listener = std::ranges::find(listeners_, connection->listener(), &Listener::handle);
    if (listener != listeners_.end() && connection->state() != State::syn_received) listener->served = true;
  }
  std::erase_if(connections_, [&](const auto& connection) {
    if (connection->is_gone()) return true;
    if (connection->state() != State::time_wait) return false;
    const Connection* newest = find(connection->tcb().local, connection->tcb().remote);
    const bool left_behind = newest != connection.get() && newest->state() != State::syn_received;
    if (left_behind) connection->forget();
    return left_behind && connection->is_gone();
  });
}

Connection* Stack::find(const Endpoint& local, const Endpoint& remote) {
  const auto found = std::find_if(connections_.rbegin(), connections_.rend(), [&](const auto& connection) {
    return connection != nullptr && connection->state() != State::closed &&
           connection->tcb().local == local && connection->tcb().remote == remote;
  });
  return found == connections_.rend() ? nullptr : found->get();
}

Connection* Stack::find(Handle handle) {
  const auto found = std::ranges::find_if(
      connections_, [&](const auto& connection) { return connection->handle() == handle; });
  return found == connections_.end() ? nullptr : found->get();
}

Listener* Stack::find_listener(wire::Family family, wire::Port port) {
  const auto found = std::ranges::find_if(listeners_, [&](const Listener& listener) {
    return listener.family == family && listener.port == port;
  });
  return found == listeners_.end() ? nullptr : &*found;
}

/// What a segment between these two meets: a connection, a listener, or nothing.
State Stack::state_for(const Endpoint& local, const Endpoint& remote) {
  if (const Connection* connection = find(local, remote)) return connection->state();
  return find_listener(local.address.family, local.port) != nullptr ? State::listen : State::closed;
}

void Stack::dispatch(const Endpoint& local, const Endpoint& remote, const wire::Packet& packet) {
  const wire::TcpSegment& segment = *packet.tcp();
  Connection* connection = find(local, remote);
  const Listener* listener = find_listener(local.address.family, local.port);
  const State state = state_for(local, remote);
  if (is_refused(segment, host_, state)) return;
  const wire::OptionDefect defect = wire::parse_options(segment.options).defect;
  const bool malformed =
      defect != wire::OptionDefect::none && defect != wire::OptionDefect::nonzero_after_end;
  if (malformed && host_.fault(Fault::option_malformed_deafens, state)) deaf_ = true;
  Segment arrived = read_segment(segment, ecn_of(packet), host_, state);
  arrived.return_route = return_route_of(packet);
  const bool reopens = connection != nullptr && listener != nullptr && connection->may_reopen(arrived);
  if (connection != nullptr && !reopens)
    connection->arrives(arrived);
  else if (listener != nullptr)
    arrives_in_listen(*listener, local, remote, arrived,
                      reopens ? std::optional{connection->tcb().snd.nxt} : std::nullopt);
  else
    answer_in_closed(local, remote, arrived, packet);  // 3.10.7.1
  tidy();
}

void Stack::answer_in_closed(const Endpoint& local, const Endpoint& remote, const Segment& segment,
                             const wire::Packet& packet) {
  if (host_.fault(Fault::closed_port_told_by_icmp, State::closed)) host_.refuse_port(packet);
  answer_by_reset(local, remote, segment, State::closed);
}

void Stack::answer_by_reset(const Endpoint& local, const Endpoint& remote, const Segment& segment,
                            State state) {
  Endpoint from = local;
  if (host_.fault(Fault::reset_from_wrong_port, state)) from.port.number ^= 1U;
  if (auto reset = reset_for(segment, host_, state)) host_.send(from, remote, std::move(*reset), {}, state);
}

// 3.10.7.2
void Stack::arrives_in_listen(const Listener& listener, const Endpoint& local, const Endpoint& remote,
                              const Segment& segment, std::optional<SeqNum> least_iss) {
  const auto fault = [&](Fault which) { return host_.fault(which, State::listen); };
  if (segment.has(rst)) {  // first
    if (fault(Fault::reset_answered)) answer_by_reset(local, remote, segment, State::listen);
    return;
  }
  if (segment.has(wire::ack)) {  // second
    if (!fault(Fault::listener_ignores_ack)) answer_by_reset(local, remote, segment, State::listen);
    return;
  }
  if (!segment.has(syn)) {  // fourth
    if (fault(Fault::listener_answers_anything)) answer_by_reset(local, remote, segment, State::listen);
    return;
  }
  if (fault(Fault::syn_ignored)) return;
  if (fault(Fault::syn_with_text_ignored) && !segment.text.empty()) return;
  if (fault(Fault::syn_with_fin_ignored) && segment.has(wire::fin)) return;
  if (fault(Fault::syn_answered_by_reset)) answer_by_reset(local, remote, segment, State::listen);
  if (fault(Fault::syn_answered_by_reset)) return;
  const auto half_open = std::ranges::count_if(connections_, [&](const auto& connection) {
    return connection->listener() == listener.handle && connection->state() == State::syn_received;
  });
  if (half_open >= static_cast<std::ptrdiff_t>(listener.backlog)) return;  // the peer will try again
  if (fault(Fault::listener_serves_once) && listener.served) return;
  connections_.push_back(std::make_unique<Connection>(host_, local, remote));
  connections_.back()->open_passive(listener.handle, segment, least_iss);  // third
}

int Stack::call(const tcpjury_call& call, tcpjury_reply& reply) {
  if (call.kind == TCPJURY_CALL_OPEN_PASSIVE) return open_passive(call, reply);
  if (call.kind == TCPJURY_CALL_OPEN_ACTIVE) return open_active(call, reply);
  if (call.handle == 0 || call.handle > host_.last_handle()) return refuse(reply, "no such handle");
  reply.handle = call.handle;
  const auto listener = std::ranges::find(listeners_, call.handle, &Listener::handle);
  if (listener != listeners_.end()) return call_listener(*listener, call, reply);
  Connection* connection = find(call.handle);
  int outcome = TCPJURY_OK;
  if (connection != nullptr)
    outcome = call_connection(*connection, call, reply);
  else if (call.kind == TCPJURY_CALL_STATUS)
    reply.state = TCPJURY_CLOSED;
  else
    outcome = refuse(reply, "connection does not exist");
  tidy();
  return outcome;
}

int Stack::call_listener(Listener& listener, const tcpjury_call& call, tcpjury_reply& reply) {
  switch (call.kind) {
    case TCPJURY_CALL_STATUS:
      reply.state = TCPJURY_LISTEN;
      return TCPJURY_OK;
    case TCPJURY_CALL_CLOSE:
    case TCPJURY_CALL_RELEASE:
    case TCPJURY_CALL_ABORT: {
      const Handle handle = listener.handle;
      for (const auto& connection : connections_)
        if (connection->listener() == handle && connection->state() == State::syn_received)
          connection->forget();
      std::erase_if(listeners_, [&](const Listener& other) { return other.handle == handle; });
      tidy();
      return TCPJURY_OK;
    }
    case TCPJURY_CALL_SEND:
      return refuse(reply, "foreign socket unspecified");
    case TCPJURY_CALL_RECEIVE:
      return refuse(reply, "a listener receives no text");
    default:
      return TCPJURY_UNSUPPORTED;
  }
}

int Stack::call_connection(Connection& connection, const tcpjury_call& call, tcpjury_reply& reply) {
  switch (call.kind) {
    case TCPJURY_CALL_SEND:
      return connection.send(call, reply);
    case TCPJURY_CALL_RECEIVE:
      return connection.receive(call, reply);
    case TCPJURY_CALL_CLOSE:
      return connection.close(reply);
    case TCPJURY_CALL_RELEASE:
      return connection.release(reply);
    case TCPJURY_CALL_ABORT:
      return connection.abort(reply);
    case TCPJURY_CALL_SET:
      return connection.set(call, reply);
    case TCPJURY_CALL_STATUS:
      reply.state = static_cast<std::uint32_t>(connection.state());
      return TCPJURY_OK;
    default:
      return TCPJURY_UNSUPPORTED;
  }
}

int Stack::open_passive(const tcpjury_call& call, tcpjury_reply& reply) {
  const auto family = call.family == 6 ? wire::Family::v6 : wire::Family::v4;
  if (call.local_port == 0) return refuse(reply, "a listener needs a local port");
  if (find_listener(family, {call.local_port}) != nullptr) return refuse(reply, "connection already exists");
  listeners_.push_back({.handle = host_.new_handle(),
                        .family = family,
                        .port = {call.local_port},
                        .backlog = std::max<std::uint32_t>(call.backlog, 1)});
  reply.handle = listeners_.back().handle;
  return TCPJURY_OK;
}

int Stack::open_active(const tcpjury_call& call, tcpjury_reply& reply) {
  const auto family = call.family == 6 ? wire::Family::v6 : wire::Family::v4;
  Endpoint remote{.address = {.family = family}, .port = {call.remote_port}};
  std::copy_n(call.remote, remote.address.size(), remote.address.octets.begin());
  if (call.remote_port == 0) return refuse(reply, "foreign socket unspecified");
  if (!host_.is_valid_peer(remote.address) && !host_.fault(Fault::open_to_group_taken, State::closed))
    return refuse(reply, "foreign socket is no host's");  // MUST-46
  Endpoint local{.address = host_.address(family), .port = {call.local_port}};
  constexpr int tries = 1000;
  for (int i = 0; call.local_port == 0 && i < tries; ++i) {
    local.port = {host_.ephemeral_port()};
    if (find(local, remote) == nullptr && find_listener(family, local.port) == nullptr) break;
  }
  if (find(local, remote) != nullptr) return refuse(reply, "connection already exists");
  connections_.push_back(std::make_unique<Connection>(host_, local, remote));
  connections_.back()->open_active(route_of(call));
  reply.handle = connections_.back()->handle();
  return TCPJURY_OK;
}

}  // namespace tcpjury::reference
