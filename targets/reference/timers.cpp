// RFC 9293 section 3.10.8: timeouts; with RFC 6298 (retransmission), section 3.8.6.1 (window probes) and
// section 3.8.4 (keep-alives).
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

namespace {

/// R2 and the user timeout (RFC 9293 sections 3.8.3 and 3.9.1.1): above 100 s, and above 3 min for a SYN.
constexpr Time user_timeout = 5 * minutes;
constexpr Time override_span = 200 * milliseconds;

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

/// RTO, unless a mistake makes it another.
Time Connection::retransmission_span() const {
  if (fault(Fault::timeout_too_short)) return 200 * milliseconds;
  const bool fresh = tcb_.round_trip.timeout() == RoundTrip::initial;
  return fresh && fault(Fault::timeout_too_long_at_first) ? 20 * seconds : tcb_.round_trip.timeout();
}

Time Connection::user_span() const {
  const bool opening = tcb_.snd.una == tcb_.snd.iss;
  if (fault(Fault::gives_up_never)) return never - host_.now() - 1;
  if (fault(Fault::gives_up_on_syn_early) && opening) return 30 * seconds;
  if (fault(Fault::gives_up_on_text_early) && !opening) return 20 * seconds;
  const bool asked = tcb_.user.timeout != 0 && !fault(Fault::user_timeout_ignored);
  return asked ? tcb_.user.timeout : user_timeout;
}

// Which timers have to run follows from what is outstanding and what waits.
void Connection::arrange_timers() {
  if (tcb_.state == State::closed || tcb_.state == State::time_wait) return;
  const bool outstanding = flight() > 0 || tcb_.congestion.waits_for_timer;
  const bool waiting = unsent() > 0 || fin_unsent();
  const bool syn_outstanding = tcb_.snd.una == tcb_.snd.iss;
  const bool closed_window = tcb_.snd.wnd == 0 && !syn_outstanding && (outstanding || waiting);
  if (closed_window) {
    stop(Timer::retransmission);
    const Time span = fault(Fault::window_probe_too_early) ? 20 * milliseconds : tcb_.round_trip.timeout();
    if (!runs(Timer::persist) && !fault(Fault::window_probe_missing)) start(Timer::persist, span);
  } else {
    stop(Timer::persist);
    if (tcb_.probes > 0) tcb_.probes = 0;
    if (outstanding && !runs(Timer::retransmission)) start(Timer::retransmission, retransmission_span());
    if (!outstanding) stop(Timer::retransmission);
  }
  const bool held_back = waiting && !outstanding && !closed_window;
  if (held_back && !runs(Timer::override_sws)) start(Timer::override_sws, override_span);
  if (!held_back) stop(Timer::override_sws);
  const bool half_closed = tcb_.state == State::fin_wait_2 && tcb_.user.timeout != 0;
  if (half_closed && !runs(Timer::user)) start(Timer::user, user_span());
  if (!(outstanding || waiting || half_closed)) stop(Timer::user);
  if ((outstanding || waiting) && !runs(Timer::user)) start(Timer::user, user_span());
  arrange_tail_loss_probe();
  arrange_keep_alive();
}

void Connection::arrange_keep_alive() {
  const bool too_early = fault(Fault::keep_alive_too_early);
  const bool on = tcb_.user.keep_alive || too_early || fault(Fault::keep_alive_on_by_default) ||
                  fault(Fault::keep_alive_gives_up_at_once);
  if (fault(Fault::fin_wait_2_times_out) && tcb_.state == State::fin_wait_2 && !runs(Timer::user))
    start(Timer::user, minutes);
  if (on && tcb_.state != State::syn_sent && tcb_.state != State::syn_received && !runs(Timer::keep_alive))
    start(Timer::keep_alive, too_early ? minutes : keep_alive_idle());
}

/// How long nothing may come before the first keep-alive (MUST-27).
Time Connection::keep_alive_idle() const {
  const Wishes defaults;
  if (fault(Fault::keepalive_interval_fixed)) return defaults.keep_alive_idle;
  if (fault(Fault::keepalive_before_interval)) return tcb_.user.keep_alive_idle / 2;
  const bool told = tcb_.user_timeout_told && !fault(Fault::keepalive_before_user_timeout);
  if (told && tcb_.user.keep_alive_idle <= tcb_.user.timeout) return tcb_.user.timeout + seconds;
  const bool by_default = tcb_.user.keep_alive_idle == defaults.keep_alive_idle;
  return by_default && fault(Fault::keepalive_default_too_short) ? 10 * minutes : tcb_.user.keep_alive_idle;
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
      give_up();
      break;
    case Timer::time_wait:
      if (fault(Fault::time_wait_ends_with_reset)) send_reset();
      delete_tcb(TCPJURY_EVENT_CLOSED);
      break;
    case Timer::keep_alive:
      keep_alive_timeout();
      break;
    case Timer::tail_loss:
      tail_loss_probe();
      break;
    case Timer::count_:
      break;
  }
  output();
}

void Connection::give_up() {
  if (tcb_.state == State::syn_sent && tcb_.fast_open) host_.remember_failure(tcb_.remote);
  if (fault(Fault::gives_up_in_name_only)) {
    tell(TCPJURY_EVENT_ERROR, "connection aborted due to user timeout");
    abandoned_ = true;
    return;
  }
  if (fault(Fault::gives_up_silently))
    delete_tcb(TCPJURY_EVENT_CLOSED);
  else
    delete_tcb(TCPJURY_EVENT_ERROR, "connection aborted due to user timeout");
}

// RFC 6298 (5.4) to (5.6), RFC 5681 section 3.1.
void Connection::retransmission_timeout() {
  tcb_.congestion.waits_for_timer = false;
  if (flight() == 0) return;
  constexpr unsigned r1 = 3;  // SHLD-10
  if (++tcb_.expiries == r1 && !fault(Fault::undelivered_text_not_told))
    report_error("excessive retransmissions");  // SHLD-9
  tcb_.timed.reset();
  if (!fault(Fault::timeout_not_doubled)) tcb_.round_trip.back_off();
  if (tcb_.snd.una == tcb_.snd.iss) {
    retransmit_syn();
    return;
  }
  const bool fin_alone = tcb_.fin == tcb_.snd.una;
  if (fault(fin_alone ? Fault::fin_never_retransmitted : Fault::text_never_retransmitted)) return;
  auto& congestion = tcb_.congestion;
  const std::uint32_t mss = effective_mss();
  if (congestion.timed_out != tcb_.snd.una && !fault(Fault::timeout_keeps_threshold))
    congestion.ssthresh = std::max(std::min(flight(), congestion.cwnd) / 2, 2 * mss);
  congestion.timed_out = tcb_.snd.una;
  if (!fault(Fault::timeout_keeps_window)) congestion.cwnd = mss;
  congestion.duplicates = congestion.releasing = 0;
  congestion.recovering = false;
  congestion.recover = congestion.lost_end = tcb_.snd.nxt;
  congestion.lost_next = tcb_.snd.una;
  // The receiver may have thrown it away (RFC 2018 section 5.1).
  if (!fault(Fault::sack_marks_survive_timeout)) congestion.sacked.clear();
  congestion.owes_cwr = tcb_.agreed.ecn;
  if (fault(Fault::sack_marks_survive_timeout) && congestion.sacked.find(tcb_.snd.una) != nullptr) return;
  const bool newest = fault(Fault::retransmission_of_newest_first);
  retransmit_at(newest ? newest_unacknowledged() : tcb_.snd.una);
}

void Connection::retransmit_syn() {
  const bool active = tcb_.state == State::syn_sent;
  if (fault(active ? Fault::syn_never_retransmitted : Fault::syn_ack_never_retransmitted)) return;
  if (fault(Fault::syn_moves_when_retransmitted)) tcb_.snd.iss = tcb_.snd.una = tcb_.snd.iss + SeqLen{64'000};
  tcb_.syn_retransmitted = true;
  send_syn();
}

// RFC 9293 section 3.8.6.1: an octet (or the FIN) beyond a closed window, with growing intervals.
void Connection::window_probe() {
  constexpr unsigned patience = 3;
  if (fault(Fault::window_probes_give_up) && tcb_.probes >= patience) {
    delete_tcb(TCPJURY_EVENT_ERROR, "connection timed out");
    return;
  }
  ++tcb_.probes;
  tcb_.timed.reset();
  if (flight() > 0)
    retransmit_at(tcb_.snd.una);
  else
    send_stretch(tcb_.snd.nxt, unsent() > 0 ? 1 : 0, unsent() == 0, true);
  Time span = tcb_.round_trip.timeout();
  if (fault(Fault::window_probes_not_backed_off)) {
    start(Timer::persist, span);
    return;
  }
  for (unsigned i = 0; i < tcb_.probes && span < RoundTrip::most; ++i) span *= 2;
  start(Timer::persist, std::min(span, RoundTrip::most));
}

void Connection::keep_alive_timeout() {
  if (flight() > 0 && !fault(Fault::keepalive_despite_text)) return;
  const unsigned patience = fault(Fault::keep_alive_gives_up_at_once) ? 1 : tcb_.user.keep_alive_count;
  if (tcb_.keep_alives >= patience) {
    delete_tcb(TCPJURY_EVENT_ERROR, "connection timed out: no answer to keep-alives");
    return;
  }
  ++tcb_.keep_alives;
  wire::TcpSegment probe;
  probe.seq = tcb_.snd.nxt - SeqLen{1};
  probe.flags = wire::ack;
  if (fault(Fault::keepalive_with_text)) probe.text = {std::byte{0}};
  transmit(std::move(probe));
  start(Timer::keep_alive, tcb_.user.keep_alive_interval);
}

}  // namespace tcpjury::reference
