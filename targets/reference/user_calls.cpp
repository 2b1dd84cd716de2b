// RFC 9293 sections 3.10.1 to 3.10.6: what the user asks of a connection.
#include <algorithm>
#include <utility>

#include "targets/reference/connection.h"
#include "targets/reference/reply.h"

namespace tcpjury::reference {

Connection::Connection(Host& host, const wire::Endpoint& local, const wire::Endpoint& remote) : host_{host} {
  tcb_.local = local;
  tcb_.remote = remote;
  tcb_.path_mtu = host.mtu();
  tcb_.user.nagle = host.settings().nagle;
  tcb_.user.keep_alive = host.settings().keep_alive;
  tcb_.ts_offset = host.timestamp_offset(local.address, remote.address);
  stop_all_timers();
}

bool Connection::is_in(std::initializer_list<State> states) const {
  return std::ranges::find(states, tcb_.state) != states.end();
}

void Connection::enter(State state) {
  tcb_.state = state;
  if (state != State::time_wait) return;
  stop_all_timers();
  if (fault(Fault::time_wait_never_ends)) return;
  start(Timer::time_wait, fault(Fault::time_wait_too_short) ? host_.msl() : 2 * host_.msl());
}

void Connection::tell(tcpjury_event_kind kind, const char* text) {
  if (handle_ == 0 || abandoned_) return;
  tcpjury_event event{};
  event.struct_size = sizeof event;
  event.kind = kind;
  event.handle = handle_;
  event.text = text;
  host_.tell(event);
}

void Connection::delete_tcb(tcpjury_event_kind event, const char* text) {
  tcb_.state = State::closed;
  stop_all_timers();
  tcb_.outgoing.clear();
  tcb_.held.clear();
  tcb_.owed = {};
  if (event != TCPJURY_EVENT_CLOSED) {  // "All segment queues should be flushed."
    tcb_.incoming.clear();
    tcb_.peer_closed = false;
  }
  end_ = text == nullptr ? "connection does not exist" : text;
  tell(event, text);
}

int Connection::too_late(tcpjury_reply& reply) const {
  return refuse(reply, tcb_.state == State::closed ? end_ : "connection closing");
}

// 3.10.1: OPEN
void Connection::open_active(std::vector<wire::IpAddress> route) {
  tcb_.route = std::move(route);
  tcb_.fast_open = host_.cookie_of(tcb_.remote, State::syn_sent);
  handle_ = host_.new_handle();
  tcb_.snd.iss = tcb_.snd.una = tcb_.snd.nxt =
      host_.initial_sequence_number(tcb_.local, tcb_.remote, State::closed);
  enter(State::syn_sent);
  send_syn();
  arrange_timers();
}

// 3.10.2: SEND. Before ESTABLISHED the text waits.
int Connection::send(const tcpjury_call& call, tcpjury_reply& reply) {
  if (abandoned_ || tcb_.fin || tcb_.close_waits || tcb_.state == State::closed) return too_late(reply);
  const std::size_t room = send_buffer - std::min<std::size_t>(send_buffer, tcb_.outgoing.size());
  reply.count = std::min(call.length, room);
  write_blocked_ = reply.count < call.length;
  // RFC 5681 section 4.1: after a pause of more than an RTO the congestion window starts anew.
  auto& congestion = tcb_.congestion;
  if (flight() == 0 && unsent() == 0 && congestion.cwnd > 0 &&
      host_.now() - congestion.last_sent > tcb_.round_trip.timeout() && !fault(Fault::idle_keeps_window))
    congestion.cwnd = std::min(congestion.cwnd, initial_window());
  for (std::size_t i = 0; i < reply.count; ++i) tcb_.outgoing.push_back(std::byte{call.data[i]});
  if (call.urgent != 0 && reply.count > 0) tcb_.snd.up = text_end();
  output();
  return TCPJURY_OK;
}

// 3.10.3: RECEIVE
int Connection::receive(const tcpjury_call& call, tcpjury_reply& reply) {
  if (abandoned_) return too_late(reply);
  reply.count = std::min(call.length, tcb_.incoming.size());
  const auto end = tcb_.incoming.begin() + static_cast<std::ptrdiff_t>(reply.count);
  std::transform(tcb_.incoming.begin(), end, call.data, [](std::byte b) { return octet(b); });
  tcb_.incoming.erase(tcb_.incoming.begin(), end);
  reply.peer_closed = tcb_.peer_closed && tcb_.incoming.empty() ? 1 : 0;
  reply.urgent = more_urgent() ? 1 : 0;
  if (tcb_.state == State::closed)
    return reply.count > 0 || reply.peer_closed != 0 ? TCPJURY_OK : too_late(reply);
  if (reply.count > 0) window_may_have_opened();
  output();
  return TCPJURY_OK;
}

// 3.10.4: CLOSE
int Connection::close(tcpjury_reply& reply) {
  if (fault(Fault::second_close_sends_fin) && tcb_.fin && !abandoned_)
    send_stretch(tcb_.snd.nxt - SeqLen{1}, 0, true, true);
  if (abandoned_ || tcb_.state == State::closed || tcb_.fin || tcb_.close_waits) return too_late(reply);
  if (tcb_.state == State::syn_sent) {
    delete_tcb(TCPJURY_EVENT_CLOSED);
    return TCPJURY_OK;
  }
  if (tcb_.state == State::syn_received && !tcb_.outgoing.empty()) {
    tcb_.close_waits = true;  // "queue for processing after entering ESTABLISHED state"
    return TCPJURY_OK;
  }
  if (fault(Fault::close_resets)) {
    send_reset();
    delete_tcb(TCPJURY_EVENT_CLOSED);
    return TCPJURY_OK;
  }
  if (fault(Fault::close_drops_text))
    tcb_.outgoing.resize(std::min<std::size_t>(flight(), tcb_.outgoing.size()));
  start_close();
  output();
  return TCPJURY_OK;
}

void Connection::start_close() {
  tcb_.close_waits = false;
  if (fault(Fault::close_stays_silent)) return;
  tcb_.fin = text_end();
  enter(tcb_.state == State::close_wait ? State::last_ack : State::fin_wait_1);
}

// RELEASE: CLOSE by a user who will not read any more (section 3.6.1, MAY-1).
int Connection::release(tcpjury_reply& reply) {
  if (abandoned_) return too_late(reply);
  const bool text_is_lost = !tcb_.incoming.empty();
  if (tcb_.state == State::closed || tcb_.fin || tcb_.close_waits || tcb_.state == State::syn_sent) {
    if (tcb_.state == State::syn_sent) delete_tcb(TCPJURY_EVENT_CLOSED);
  } else if (!text_is_lost) {
    static_cast<void>(close(reply));
  }
  abandoned_ = true;
  tcb_.released = true;
  const bool peer_is_open =
      is_in({State::established, State::fin_wait_1, State::fin_wait_2, State::close_wait});
  if (text_is_lost && peer_is_open) {  // SHLD-3
    if (!fault(Fault::release_without_reset)) send_reset();
    delete_tcb(TCPJURY_EVENT_CLOSED);
  }
  tcb_.incoming.clear();
  return TCPJURY_OK;
}

// 3.10.5: ABORT
int Connection::abort(tcpjury_reply& reply) {
  if (abandoned_ || tcb_.state == State::closed) return too_late(reply);
  if (is_in({State::syn_received, State::established, State::fin_wait_1, State::fin_wait_2,
             State::close_wait}) &&
      !fault(Fault::abort_silent))
    send_abort();
  if (fault(Fault::abort_keeps_connection)) return TCPJURY_OK;
  abandoned_ = true;
  tcb_.incoming.clear();
  delete_tcb(TCPJURY_EVENT_CLOSED);
  return TCPJURY_OK;
}

}  // namespace tcpjury::reference
