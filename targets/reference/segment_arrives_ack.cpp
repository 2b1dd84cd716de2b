// RFC 9293 section 3.10.7.4, fifth step: check the ACK field.
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::at_or_before;
using wire::before;

Connection::Next Connection::check_ack(Segment& segment) {
  if (!segment.has(wire::ack)) {
    // "Drop the segment and return": what trimming it to the window had called for is dropped with it.
    tcb_.owed.now = fault(Fault::no_ack_bit_answered);
    return fault(Fault::no_ack_bit_taken) ? Next::go_on : Next::stop;
  }
  if (tcb_.state == State::syn_received) {
    if (check_ack_of_syn(segment) == Next::stop) return Next::stop;
  } else if (!is_ack_in_range(segment)) {
    return ack_out_of_range(segment);
  }
  const bool of_syn = tcb_.snd.una == tcb_.snd.iss;
  if (fault(Fault::acks_never_noticed) && !of_syn) return Next::go_on;
  // The peer lives, and may keep its window closed or smaller than it was (MUST-37, SHLD-17).
  if (tcb_.snd.wnd == 0 || tcb_.snd.wnd < flight()) stop(Timer::user);
  const bool new_sack = note_sack(segment);
  note_congestion_echo(segment);
  if (fault(Fault::duplicate_ack_answered) && segment.ack == tcb_.snd.una && segment.length() == SeqLen{0})
    tcb_.owed.now = true;
  if (before(tcb_.snd.una, segment.ack))
    take_ack(segment);
  else if (segment.ack == tcb_.snd.una)
    duplicate_ack(segment, new_sack);
  update_send_window(segment);
  return after_ack_of_fin();
}

Connection::Next Connection::check_ack_of_syn(const Segment& segment) {
  bool acceptable = before(tcb_.snd.una, segment.ack) && at_or_before(segment.ack, tcb_.snd.nxt);
  if (fault(Fault::syn_received_takes_any_ack)) acceptable = true;
  if (fault(Fault::syn_received_takes_ack_of_iss) && segment.ack == tcb_.snd.una) acceptable = true;
  if (fault(Fault::syn_received_never_leaves) && acceptable) return Next::stop;
  if (acceptable) {
    tcb_.snd.wnd = scaled(segment);
    tcb_.snd.max_wnd = std::max(tcb_.snd.max_wnd, tcb_.snd.wnd);
    tcb_.snd.wl1 = segment.seq;
    tcb_.snd.wl2 = segment.ack;
    established();
    return Next::go_on;
  }
  if (!fault(Fault::syn_received_bad_ack_ignored)) send_reset(segment);
  if (fault(Fault::syn_received_bad_ack_ends)) delete_tcb(TCPJURY_EVENT_RESET, "connection reset");
  return Next::stop;
}

// (SND.UNA - MAX.SND.WND) =< SEG.ACK =< SND.NXT (RFC 5961 section 5).
bool Connection::is_ack_in_range(const Segment& segment) const {
  if (fault(Fault::ack_compared_without_wrap))
    return segment.ack.raw <= tcb_.snd.nxt.raw && segment.ack.raw >= tcb_.snd.una.raw;
  const SeqNum oldest = tcb_.snd.una - SeqLen{tcb_.snd.max_wnd};
  return (segment.ack - oldest).octets <= (tcb_.snd.nxt - oldest).octets;
}

Connection::Next Connection::ack_out_of_range(Segment& segment) {
  const bool future = before(tcb_.snd.nxt, segment.ack);
  if (future && fault(Fault::ack_of_future_ignored)) return Next::stop;
  if (future && fault(Fault::ack_of_future_resets)) return reset_both(segment);
  if (future && fault(Fault::ack_of_future_taken)) {
    segment.ack = tcb_.snd.nxt;
    take_ack(segment);
    return after_ack_of_fin();
  }
  challenge();
  return future && fault(Fault::ack_of_future_text_taken) ? Next::go_on : Next::stop;
}

void Connection::take_ack(const Segment& segment) {
  const bool first = tcb_.snd.una == tcb_.snd.iss;  // our SYN is acknowledged
  if (!(first && tcb_.syn_retransmitted)) measure(segment);
  // Only a mistake takes an acknowledgment of what was never sent.
  const SeqNum ack =
      before(tcb_.snd.nxt, segment.ack) || before(segment.ack, tcb_.snd.una) ? tcb_.snd.nxt : segment.ack;
  const std::uint32_t count = (ack - tcb_.snd.una).octets - (first && ack != tcb_.snd.una ? 1 : 0);
  std::size_t text = std::min<std::size_t>(count, tcb_.outgoing.size());
  tcb_.snd.una = ack;
  if (fault(Fault::partial_ack_frees_flight) && text > 0 && before(ack, tcb_.snd.nxt)) {
    const std::size_t sent = text + (tcb_.snd.nxt - ack).octets;
    text = std::min(sent, tcb_.outgoing.size());  // the rest of the flight is taken for acknowledged, too
    tcb_.snd.una = tcb_.snd.una + octets(text - count);
  }
  tcb_.outgoing.erase(tcb_.outgoing.begin(), tcb_.outgoing.begin() + static_cast<std::ptrdiff_t>(text));
  if (!fault(Fault::user_timeout_restarts_never)) stop(Timer::user);
  // (5.3) of RFC 6298: what is left gets a full RTO.
  if (!fault(Fault::timer_not_restarted) || flight() == 0) stop(Timer::retransmission);
  if (count > 0) acknowledged(count);
  if (count > 0) tcb_.expiries = 0;
  if (count > 0) stop(Timer::tail_loss);
  if (tcb_.snd.up && at_or_before(*tcb_.snd.up, ack)) tcb_.snd.up.reset();
  if (write_blocked_ && tcb_.outgoing.size() <= send_buffer / 2) {
    write_blocked_ = false;
    tell(TCPJURY_EVENT_WRITABLE);
  }
}

void Connection::update_send_window(const Segment& segment) {
  if (before(segment.ack, tcb_.snd.una) && !fault(Fault::window_of_old_segment_taken)) return;
  if (fault(Fault::window_update_ignored)) return;
  bool newest = before(tcb_.snd.wl1, segment.seq) ||
                (tcb_.snd.wl1 == segment.seq && at_or_before(tcb_.snd.wl2, segment.ack));
  if (fault(Fault::window_of_old_segment_taken)) newest = true;
  if (fault(Fault::window_update_needs_new_ack) && segment.ack == tcb_.snd.wl2 && segment.seq == tcb_.snd.wl1)
    newest = false;
  if (!newest) return;
  if (tcb_.snd.wnd == 0 && segment.window > 0 && flight() > 0) {
    tcb_.congestion.lost_next = tcb_.snd.una;  // the window opens: the probe was in vain
    tcb_.congestion.lost_end = tcb_.snd.nxt;
  }
  tcb_.snd.wnd = scaled(segment);
  tcb_.snd.max_wnd = std::max(tcb_.snd.max_wnd, tcb_.snd.wnd);
  tcb_.snd.wl1 = segment.seq;
  tcb_.snd.wl2 = segment.ack;
}

Connection::Next Connection::after_ack_of_fin() {
  bool acknowledged = tcb_.fin && before(*tcb_.fin, tcb_.snd.una);
  if (fault(Fault::ack_of_fin_not_noticed)) return Next::go_on;
  if (fault(Fault::any_ack_counts_for_fin) && tcb_.fin) acknowledged = true;
  if (!acknowledged) return Next::go_on;
  if (tcb_.state == State::fin_wait_1) enter(State::fin_wait_2);
  if (tcb_.state == State::closing) {
    if (fault(Fault::time_wait_missing)) {
      delete_tcb(TCPJURY_EVENT_CLOSED);
      return Next::stop;
    }
    enter(State::time_wait);
  }
  if (tcb_.state != State::last_ack) return Next::go_on;
  if (fault(Fault::last_ack_ends_in_time_wait)) {
    enter(State::time_wait);
    return Next::stop;
  }
  delete_tcb(TCPJURY_EVENT_CLOSED);
  return Next::stop;
}

}  // namespace tcpjury::reference
