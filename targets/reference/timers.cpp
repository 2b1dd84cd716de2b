// RFC 9293 section 3.10.8: timeouts; with RFC 6298 (retransmission), section 3.8.6.1 (window probes) and
// section 3.8.4 (keep-alives).
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

namespace {

/// R2 and the user timeout (RFC 9293 sections 3.8.3 and 3.9.1.1): above 100 s, and above 3 min for a SYN.
constexpr Time user_timeout = 5 * minutes;
constexpr Time override_span = 200 * milliseconds;
constexpr Time keep_alive_interval = 120 * minutes;
constexpr Time keep_alive_probe_interval = 75 * seconds;
constexpr unsigned keep_alive_probes = 9;

}  // namespace

Time Connection::next_timer() const { return *std::ranges::min_element(tcb_.timers); }

void Connection::run_timers() {
  for (std::size_t i = 0; i < tcb_.timers.size(); ++i) {
    if (tcb_.timers[i] > host_.now()) continue;
    tcb_.timers[i] = never;
    expired(static_cast<Timer>(i));
  }
}

void Connection::stop_all_timers() { tcb_.timers.fill(never); }

// Which timers have to run follows from what is outstanding and what waits.
void Connection::arrange_timers() {
  if (tcb_.state == State::closed || tcb_.state == State::time_wait) return;
  const bool outstanding = flight() > 0;
  const bool waiting = unsent() > 0 || fin_unsent();
  const bool syn_outstanding = tcb_.snd.una == tcb_.snd.iss;
  const bool closed_window = tcb_.snd.wnd == 0 && !syn_outstanding && (outstanding || waiting);
  if (closed_window) {
    stop(Timer::retransmission);
    if (!runs(Timer::persist)) start(Timer::persist, tcb_.round_trip.timeout());
  } else {
    stop(Timer::persist);
    if (tcb_.probes > 0) tcb_.probes = 0;
    if (outstanding && !runs(Timer::retransmission)) start(Timer::retransmission, tcb_.round_trip.timeout());
    if (!outstanding) stop(Timer::retransmission);
  }
  const bool held_back = waiting && !outstanding && !closed_window;
  if (held_back && !runs(Timer::override_sws)) start(Timer::override_sws, override_span);
  if (!held_back) stop(Timer::override_sws);
  if (!(outstanding || waiting)) stop(Timer::user);
  if ((outstanding || waiting) && !runs(Timer::user)) start(Timer::user, user_timeout);
  if (host_.settings().keep_alive && tcb_.state != State::syn_sent && tcb_.state != State::syn_received &&
      !runs(Timer::keep_alive))
    start(Timer::keep_alive, keep_alive_interval);
}

void Connection::expired(Timer which) {
  switch (which) {
    case Timer::retransmission:
      retransmission_timeout();
      break;
    case Timer::persist:
      window_probe();
      break;
    case Timer::delayed_ack:
      tcb_.owed.now = true;
      break;
    case Timer::override_sws:
      tcb_.override_now = true;
      break;
    case Timer::user:
      delete_tcb(TCPJURY_EVENT_ERROR, "connection aborted due to user timeout");
      break;
    case Timer::time_wait:
      delete_tcb(TCPJURY_EVENT_CLOSED);
      break;
    case Timer::keep_alive:
      keep_alive_timeout();
      break;
    case Timer::count_:
      break;
  }
  output();
}

// RFC 6298 (5.4) to (5.6), RFC 5681 section 3.1.
void Connection::retransmission_timeout() {
  tcb_.timed.reset();
  tcb_.round_trip.back_off();
  if (tcb_.snd.una == tcb_.snd.iss) {
    tcb_.syn_retransmitted = true;
    send_syn();
    return;
  }
  auto& congestion = tcb_.congestion;
  const std::uint32_t mss = effective_mss();
  if (congestion.timed_out != tcb_.snd.una)
    congestion.ssthresh = std::max(std::min(flight(), congestion.cwnd) / 2, 2 * mss);
  congestion.timed_out = tcb_.snd.una;
  congestion.cwnd = mss;
  congestion.duplicates = 0;
  congestion.recovering = false;
  congestion.recover = congestion.lost_end = tcb_.snd.nxt;
  congestion.lost_next = tcb_.snd.una;
  congestion.sacked.clear();  // RFC 2018 section 5.1: the receiver may have thrown it away
  congestion.owes_cwr = tcb_.agreed.ecn;
  retransmit_at(tcb_.snd.una);
}

// RFC 9293 section 3.8.6.1: an octet (or the FIN) beyond a closed window, with growing intervals.
void Connection::window_probe() {
  ++tcb_.probes;
  tcb_.timed.reset();
  if (flight() > 0)
    retransmit_at(tcb_.snd.una);
  else
    send_stretch(tcb_.snd.nxt, unsent() > 0 ? 1 : 0, unsent() == 0, true);
  Time span = tcb_.round_trip.timeout();
  for (unsigned i = 0; i < tcb_.probes && span < RoundTrip::most; ++i) span *= 2;
  start(Timer::persist, std::min(span, RoundTrip::most));
}

void Connection::keep_alive_timeout() {
  if (flight() > 0) return;
  if (tcb_.keep_alives >= keep_alive_probes) {
    delete_tcb(TCPJURY_EVENT_ERROR, "connection timed out: no answer to keep-alives");
    return;
  }
  ++tcb_.keep_alives;
  wire::TcpSegment probe;
  probe.seq = tcb_.snd.nxt - SeqLen{1};
  probe.flags = wire::ack;
  transmit(std::move(probe));
  start(Timer::keep_alive, keep_alive_probe_interval);
}

}  // namespace tcpjury::reference
