// RFC 9293 section 3.10.7.4: SEGMENT ARRIVES in the states from SYN-RECEIVED on, first to fourth step.
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::at_or_before;
using wire::before;
using wire::fin;
using wire::in_window;
using wire::rst;
using wire::syn;

void Connection::arrives(Segment segment) {
  tcb_.keep_alives = 0;
  stop(Timer::keep_alive);
  if (tcb_.state == State::syn_sent) {
    arrives_in_syn_sent(segment);
    output();
    tcb_.just_established = false;
    return;
  }
  const bool go_on = check_order(segment) == Next::go_on &&
                     check_timestamps(segment) == Next::go_on &&       // RFC 7323 section 5.3
                     check_sequence_number(segment) == Next::go_on &&  // first
                     check_rst(segment) == Next::go_on &&              // second
                     check_syn(segment) == Next::go_on &&  // fourth; security (third) is not offered
                     check_ack(segment) == Next::go_on;    // fifth
  if (go_on) {
    take_route(segment);
    const Next urgent = check_urg(segment);                                                 // sixth
    if (urgent == Next::go_on && process_text(segment) == Next::go_on) check_fin(segment);  // seventh, eighth
  }
  output();
  tcb_.just_established = false;
}

/// Mistakes in the order of the steps: one of them comes before the sequence number is looked at.
Connection::Next Connection::check_order(const Segment& segment) {
  if (fault(Fault::rst_before_sequence_number) && segment.has(rst)) {
    reset_by();
    return Next::stop;
  }
  if (fault(Fault::ack_before_rst) && segment.has(rst) && !segment.has(wire::ack)) return Next::stop;
  const bool open = is_in({State::established, State::fin_wait_1, State::fin_wait_2});
  if (fault(Fault::fin_before_sequence_number) && segment.has(fin | wire::ack) && open) take_peer_fin();
  return Next::go_on;
}

bool Connection::may_reopen(const Segment& segment) const {
  if (tcb_.state != State::time_wait || !segment.has(syn) || segment.flags.any(rst | wire::ack)) return false;
  if (fault(Fault::time_wait_reopens_for_any_syn)) return true;
  if (fault(Fault::time_wait_never_reopens)) return false;
  const bool later_seq = at_or_before(tcb_.rcv.nxt, segment.seq);  // RCV.NXT itself was never used
  if (!tcb_.agreed.timestamps) return segment.timestamps.has_value() || later_seq;
  if (!segment.timestamps) return later_seq;
  const std::uint32_t newer = segment.timestamps->tsval - tcb_.ts_recent;
  if (newer == 0) return later_seq;
  return newer < 0x8000'0000U;
}

Connection::Next Connection::check_timestamps(const Segment& segment) {
  constexpr Time outdated = 24ULL * 24 * 60 * minutes;  // RFC 7323 section 5.5
  if (fault(Fault::ts_unagreed_answered) && segment.timestamps) tcb_.agreed.timestamps = true;
  if (fault(Fault::ts_of_reset_recorded) && segment.has(rst) && segment.timestamps)
    tcb_.ts_recent = segment.timestamps->tsval;
  if (!tcb_.agreed.timestamps) return Next::go_on;
  if (segment.has(rst) && !fault(Fault::paws_applied_to_resets)) return Next::go_on;
  if (!segment.timestamps) return missing_timestamp(segment);
  if (fault(Fault::paws_missing)) return Next::go_on;
  bool older = static_cast<std::int32_t>(segment.timestamps->tsval - tcb_.ts_recent) < 0;
  if (fault(Fault::ts_compared_without_wrap)) older = segment.timestamps->tsval < tcb_.ts_recent;
  if (fault(Fault::paws_refuses_equal) && segment.timestamps->tsval == tcb_.ts_recent) older = true;
  if (!older || host_.now() - tcb_.ts_recent_at > outdated) return Next::go_on;
  if (fault(Fault::paws_resets)) return reset_both(segment);
  if (!fault(Fault::paws_silent) && !segment.has(rst)) challenge();
  return Next::stop;
}

// RFC 7323 section 3.2: such a segment is dropped. A SYN is not: a peer that started anew has to be answered.
Connection::Next Connection::missing_timestamp(const Segment& segment) {
  if (segment.flags.any(syn | rst) || fault(Fault::ts_missing_tolerated)) return Next::go_on;
  if (fault(Fault::ts_missing_resets)) return reset_both(segment);
  return Next::stop;
}

bool Connection::is_acceptable(const Segment& segment) const {
  if (fault(Fault::sequence_number_not_checked)) return true;
  SeqLen window{tcb_.rcv.wnd()};
  if (fault(Fault::window_edge_one_less) && window.octets > 0) --window.octets;
  const SeqLen length = segment.length();
  const auto inside = [&](SeqNum seq) {
    if (!fault(Fault::window_compared_without_wrap)) return in_window(seq, tcb_.rcv.nxt, window);
    return seq.raw >= tcb_.rcv.nxt.raw && seq.raw < (tcb_.rcv.nxt + window).raw;
  };
  if (length == SeqLen{0} && window == SeqLen{0}) return segment.seq == tcb_.rcv.nxt;
  if (length == SeqLen{0}) return inside(segment.seq);
  if (window == SeqLen{0}) return fault(Fault::zero_window_text_taken) && segment.seq == tcb_.rcv.nxt;
  return inside(segment.seq) || (inside(segment.end() - SeqLen{1}) && !fault(Fault::overlap_refused));
}

Connection::Next Connection::check_sequence_number(Segment& segment) {
  if (segment.has(rst)) return Next::go_on;  // RFC 5961 section 3 has a test of its own: see check_rst()
  if (!is_acceptable(segment)) return unacceptable(segment);
  if (fault(Fault::sequence_number_not_checked) && !before(segment.seq, tcb_.rcv.nxt))
    segment.seq = tcb_.rcv.nxt;
  remember_timestamp(segment);
  // Without ACK the fifth check drops it, whatever is left of it.
  if (!segment.has(syn) && (segment.has(wire::ack) || fault(Fault::no_ack_bit_taken))) trim(segment);
  return Next::go_on;
}

Connection::Next Connection::unacceptable(Segment& segment) {
  // The SYN,ACK of a simultaneous open (figure 7): its SYN is old, its acknowledgment is not.
  if (tcb_.state == State::syn_received && !tcb_.passive && segment.has(syn | wire::ack) &&
      segment.seq == tcb_.rcv.irs && segment.ack == tcb_.snd.nxt) {
    segment.flags = segment.flags - syn;
    segment.seq = segment.seq + SeqLen{1};
    tcb_.owed.now = true;
    return Next::go_on;
  }
  // A second SYN that does not ask for ECN takes the request back (RFC 3168 section 6.1.1).
  if (tcb_.state == State::syn_received && segment.has(syn) && !segment.has(wire::ece | wire::cwr))
    tcb_.agreed.ecn = false;
  const bool retransmitted_fin = tcb_.state == State::time_wait && segment.has(fin);
  if (retransmitted_fin) start(Timer::time_wait, 2 * host_.msl());
  if (retransmitted_fin && fault(Fault::time_wait_ended_by_fin)) {
    send_ack();
    delete_tcb(TCPJURY_EVENT_CLOSED);
    return Next::stop;
  }
  note_duplicate(segment);
  tcb_.owed.now = !answers_wrongly(segment);
  if (tcb_.state == State::closed) return Next::stop;
  // "If the RCV.WND is zero, no segments will be acceptable, but special allowance should be made to accept
  // valid ACKs, URGs, and RSTs."
  const bool allowance = tcb_.rcv.wnd() == 0 && segment.seq == tcb_.rcv.nxt && !segment.has(syn) &&
                         !fault(Fault::zero_window_ack_ignored);
  if (!allowance) return Next::stop;
  segment.text.clear();
  segment.flags = segment.flags - fin;
  return Next::go_on;
}

/// Mistakes in answering a segment that is not acceptable; true when no acknowledgment follows.
bool Connection::answers_wrongly(const Segment& segment) {
  const bool old = before(segment.seq, tcb_.rcv.nxt);
  if (tcb_.rcv.wnd() == 0 && segment.seq == tcb_.rcv.nxt) return fault(Fault::zero_window_text_ignored);
  if (segment.has(syn)) {
    if (fault(Fault::syn_out_of_window_ignored)) return true;
    if (fault(Fault::syn_duplicate_reset)) return reset_both(segment) == Next::stop;
  }
  if (fault(Fault::old_segment_reset) && old) return reset_both(segment) == Next::stop;
  if (fault(Fault::future_segment_reset) && !old) return reset_both(segment) == Next::stop;
  if (fault(Fault::old_fin_ignored) && segment.has(fin)) return true;
  const bool probe =
      segment.text.size() <= 1 && !segment.flags.any(fin | syn) && segment.seq + SeqLen{1} == tcb_.rcv.nxt;
  if (fault(Fault::keep_alive_probe_ignored) && probe) return true;
  if (fault(Fault::old_text_delivered_again) && old && !segment.text.empty()) deliver(segment.text);
  if (fault(Fault::unacceptable_answered_twice)) send_ack();
  if (fault(Fault::unacceptable_answer_acks_segment)) tcb_.rcv.nxt = segment.end();
  return fault(old ? Fault::old_segment_ignored : Fault::future_segment_ignored);
}

// "Only the new parts are processed": what lies outside the window is cut off.
void Connection::trim(Segment& segment) {
  if (before(segment.seq, tcb_.rcv.nxt)) {
    note_duplicate(segment);
    const std::size_t old = std::min<std::size_t>((tcb_.rcv.nxt - segment.seq).octets, segment.text.size());
    if (!fault(Fault::overlap_taken_whole))
      segment.text.erase(segment.text.begin(), segment.text.begin() + static_cast<std::ptrdiff_t>(old));
    segment.seq = tcb_.rcv.nxt;
    tcb_.owed.now = true;
  }
  std::uint32_t room = before(segment.seq, tcb_.rcv.edge) ? (tcb_.rcv.edge - segment.seq).octets : 0;
  if (fault(Fault::window_edge_one_less) && room > 0) --room;
  if (segment.length().octets <= room || fault(Fault::zero_window_text_taken)) return;
  if (fault(Fault::text_beyond_window_counted) && segment.seq == tcb_.rcv.nxt && segment.text.size() > room) {
    const SeqLen cut{static_cast<std::uint32_t>(segment.text.size()) - room};
    segment.seq = tcb_.rcv.nxt = tcb_.rcv.nxt + cut;
  }
  segment.text.resize(std::min<std::size_t>(segment.text.size(), room));
  segment.flags = segment.flags - fin;
  if (segment.length().octets > 0) tcb_.owed.now = true;
}

// RFC 7323 section 4.3, (2).
void Connection::remember_timestamp(const Segment& segment) {
  if (!tcb_.agreed.timestamps || !segment.timestamps) return;
  if (fault(Fault::ts_recent_never_updated)) return;
  const bool newer = static_cast<std::int32_t>(segment.timestamps->tsval - tcb_.ts_recent) >= 0;
  const bool in_order = at_or_before(segment.seq, tcb_.last_ack_sent) || fault(Fault::ts_echo_of_latest);
  if (!in_order || !(newer || fault(Fault::paws_missing))) return;
  tcb_.ts_recent = segment.timestamps->tsval;
  tcb_.ts_recent_at = host_.now();
}

Connection::Next Connection::check_rst(const Segment& segment) {
  if (!segment.has(rst)) return Next::go_on;
  if (fault(Fault::rst_with_text_ignored) && !segment.text.empty()) return Next::stop;
  if (fault(Fault::rst_at_zero_window_ignored) && tcb_.rcv.wnd() == 0) return Next::stop;
  const bool exact = segment.seq == tcb_.rcv.nxt;
  const bool inside = in_window(segment.seq, tcb_.rcv.nxt, SeqLen{tcb_.rcv.wnd()});
  if (exact) {
    if (fault(Fault::rst_ignored)) return Next::stop;
    if (fault(Fault::rst_exact_challenged)) challenge();
    if (fault(Fault::rst_exact_challenged)) return Next::stop;
    if (fault(Fault::rst_answered)) send_reset(Segment{.ack = segment.seq, .flags = wire::ack});
    if (tcb_.state == State::time_wait) return Next::stop;  // RFC 1337, fix F1
    reset_by();
    return Next::stop;
  }
  if (inside) {
    if (fault(Fault::rst_inside_window_obeyed))
      reset_by();
    else if (!fault(Fault::rst_inside_window_ignored))
      challenge();
    return Next::stop;
  }
  if (fault(Fault::rst_outside_window_obeyed)) reset_by();
  if (fault(Fault::rst_outside_window_challenged)) challenge();
  if (fault(Fault::rst_left_of_window_obeyed) && segment.seq + SeqLen{1} == tcb_.rcv.nxt) reset_by();
  return Next::stop;
}

void Connection::reset_by() {
  const bool refused = tcb_.state == State::syn_received;
  if (refused && tcb_.passive) {
    if (fault(Fault::syn_received_reset_closes_listener)) listener_is_gone_ = true;
    delete_tcb(TCPJURY_EVENT_CLOSED);  // back to LISTEN: "The user need not be informed."
    return;
  }
  if (fault(Fault::rst_not_told)) {
    delete_tcb(TCPJURY_EVENT_CLOSED);
    return;
  }
  delete_tcb(TCPJURY_EVENT_RESET, refused ? "connection refused" : "connection reset");
}

/// What only mistakes do in a synchronized state: answer by a reset, and end the connection.
Connection::Next Connection::reset_both(const Segment& segment) {
  send_reset(segment);
  delete_tcb(TCPJURY_EVENT_RESET, "connection reset");
  return Next::stop;
}

Connection::Next Connection::check_syn(const Segment& segment) {
  if (!segment.has(syn)) return Next::go_on;
  if (tcb_.state == State::syn_received && tcb_.passive) {
    if (fault(Fault::syn_in_syn_received_ignored)) return Next::stop;
    delete_tcb(TCPJURY_EVENT_CLOSED);  // back to LISTEN
    return Next::stop;
  }
  if (fault(Fault::syn_in_window_resets)) return reset_both(segment);
  if (fault(Fault::syn_in_window_ignored)) return Next::stop;
  if (fault(Fault::syn_in_window_tolerated)) return Next::go_on;
  if (fault(Fault::challenge_acks_syn)) tcb_.rcv.nxt = segment.seq + SeqLen{1};
  challenge();
  return Next::stop;
}

// Sent for what RFC 5961 distrusts. Its throttle (section 7) only stops a flood: 100 a second and connection.
void Connection::challenge() {
  const unsigned most = fault(Fault::challenge_only_once) ? 1 : 100;
  if (host_.now() - challenges_since_ >= seconds && !fault(Fault::challenge_only_once)) {
    challenges_since_ = host_.now();
    challenges_ = 0;
  }
  if (++challenges_ <= most || fault(Fault::challenge_unlimited)) tcb_.owed.now = true;
}

}  // namespace tcpjury::reference
