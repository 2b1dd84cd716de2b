// RFC 9293 section 3.10.7.4: SEGMENT ARRIVES in the states from SYN-RECEIVED on, first to fifth step.
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
    return;
  }
  const bool go_on = check_timestamps(segment) == Next::go_on &&       // RFC 7323 section 5.3
                     check_sequence_number(segment) == Next::go_on &&  // first
                     check_rst(segment) == Next::go_on &&              // second
                     check_syn(segment) == Next::go_on &&  // fourth; security (third) is not offered
                     check_ack(segment) == Next::go_on;    // fifth
  if (go_on) {
    check_urg(segment);                                            // sixth
    if (process_text(segment) == Next::go_on) check_fin(segment);  // seventh, eighth
  }
  output();
}

bool Connection::may_reopen(const Segment& segment) const {
  if (tcb_.state != State::time_wait || !segment.has(syn) || segment.flags.any(rst | wire::ack)) return false;
  const bool later_seq = before(tcb_.rcv.nxt, segment.seq);
  if (!tcb_.agreed.timestamps) return segment.timestamps.has_value() || later_seq;
  if (!segment.timestamps) return later_seq;
  const std::uint32_t newer = segment.timestamps->tsval - tcb_.ts_recent;
  if (newer == 0) return later_seq;
  return newer < 0x8000'0000U;
}

Connection::Next Connection::check_timestamps(const Segment& segment) {
  constexpr Time outdated = 24ULL * 24 * 60 * minutes;  // RFC 7323 section 5.5
  if (!tcb_.agreed.timestamps || segment.has(rst)) return Next::go_on;
  if (!segment.timestamps) return segment.has(syn) ? Next::go_on : Next::stop;  // RFC 7323 section 3.2
  const bool older = static_cast<std::int32_t>(segment.timestamps->tsval - tcb_.ts_recent) < 0;
  if (!older || host_.now() - tcb_.ts_recent_at > outdated) return Next::go_on;
  challenge();
  return Next::stop;
}

bool Connection::is_acceptable(const Segment& segment) const {
  const SeqLen window{tcb_.rcv.wnd()};
  const SeqLen length = segment.length();
  if (length == SeqLen{0} && window == SeqLen{0}) return segment.seq == tcb_.rcv.nxt;
  if (length == SeqLen{0}) return in_window(segment.seq, tcb_.rcv.nxt, window);
  if (window == SeqLen{0}) return false;
  return in_window(segment.seq, tcb_.rcv.nxt, window) ||
         in_window(segment.end() - SeqLen{1}, tcb_.rcv.nxt, window);
}

Connection::Next Connection::check_sequence_number(Segment& segment) {
  if (segment.has(rst)) return Next::go_on;  // RFC 5961 section 3 has a test of its own: see check_rst()
  if (!is_acceptable(segment)) return unacceptable(segment);
  remember_timestamp(segment);
  if (!segment.has(syn)) trim(segment);
  return Next::go_on;
}

Connection::Next Connection::unacceptable(Segment& segment) {
  // The SYN,ACK of a simultaneous open (figure 7): its SYN is old, its acknowledgment is not.
  if (tcb_.state == State::syn_received && segment.has(syn | wire::ack) && segment.seq == tcb_.rcv.irs &&
      segment.ack == tcb_.snd.nxt) {
    segment.flags = segment.flags - syn;
    segment.seq = segment.seq + SeqLen{1};
    tcb_.owed.now = true;
    return Next::go_on;
  }
  if (tcb_.state == State::time_wait && segment.has(fin)) start(Timer::time_wait, 2 * host_.msl());
  note_duplicate(segment);
  tcb_.owed.now = true;
  // "If the RCV.WND is zero, no segments will be acceptable, but special allowance should be made to accept
  // valid ACKs, URGs, and RSTs."
  const bool allowance = tcb_.rcv.wnd() == 0 && segment.seq == tcb_.rcv.nxt && !segment.has(syn);
  if (!allowance) return Next::stop;
  segment.text.clear();
  segment.flags = segment.flags - fin;
  return Next::go_on;
}

// "Only the new parts are processed": what lies outside the window is cut off.
void Connection::trim(Segment& segment) {
  if (before(segment.seq, tcb_.rcv.nxt)) {
    note_duplicate(segment);
    const std::size_t old = std::min<std::size_t>((tcb_.rcv.nxt - segment.seq).octets, segment.text.size());
    segment.text.erase(segment.text.begin(), segment.text.begin() + static_cast<std::ptrdiff_t>(old));
    segment.seq = tcb_.rcv.nxt;
    tcb_.owed.now = true;
  }
  const std::uint32_t room = before(segment.seq, tcb_.rcv.edge) ? (tcb_.rcv.edge - segment.seq).octets : 0;
  if (segment.length().octets <= room) return;
  segment.text.resize(std::min<std::size_t>(segment.text.size(), room));
  segment.flags = segment.flags - fin;
  if (segment.length().octets > 0) tcb_.owed.now = true;
}

// RFC 7323 section 4.3, (2).
void Connection::remember_timestamp(const Segment& segment) {
  if (!tcb_.agreed.timestamps || !segment.timestamps) return;
  const bool newer = static_cast<std::int32_t>(segment.timestamps->tsval - tcb_.ts_recent) >= 0;
  if (!newer || !at_or_before(segment.seq, tcb_.last_ack_sent)) return;
  tcb_.ts_recent = segment.timestamps->tsval;
  tcb_.ts_recent_at = host_.now();
}

Connection::Next Connection::check_rst(const Segment& segment) {
  if (!segment.has(rst)) return Next::go_on;
  const bool exact = segment.seq == tcb_.rcv.nxt;
  if (!exact && !in_window(segment.seq, tcb_.rcv.nxt, SeqLen{tcb_.rcv.wnd()})) return Next::stop;
  if (!exact) {
    challenge();
    return Next::stop;
  }
  if (tcb_.state == State::time_wait) return Next::stop;  // RFC 1337, fix F1
  reset_by(segment);
  return Next::stop;
}

void Connection::reset_by(const Segment&) {
  const bool refused = tcb_.state == State::syn_received;
  if (refused && tcb_.passive) {
    delete_tcb(TCPJURY_EVENT_CLOSED);  // back to LISTEN: "The user need not be informed."
    return;
  }
  tcb_.incoming.clear();
  delete_tcb(TCPJURY_EVENT_RESET, refused ? "connection refused" : "connection reset");
}

Connection::Next Connection::check_syn(const Segment& segment) {
  if (!segment.has(syn)) return Next::go_on;
  if (tcb_.state == State::syn_received && tcb_.passive) {
    delete_tcb(TCPJURY_EVENT_CLOSED);  // back to LISTEN
    return Next::stop;
  }
  challenge();
  return Next::stop;
}

Connection::Next Connection::check_ack(Segment& segment) {
  if (!segment.has(wire::ack)) return Next::stop;
  if (tcb_.state == State::syn_received) {
    if (check_ack_of_syn(segment) == Next::stop) return Next::stop;
  } else if (!is_ack_in_range(segment)) {
    challenge();
    return Next::stop;
  }
  // The peer lives, and may keep its window closed or smaller than it was (MUST-37, SHLD-17).
  if (tcb_.snd.wnd == 0 || tcb_.snd.wnd < flight()) stop(Timer::user);
  const bool new_sack = note_sack(segment);
  note_congestion_echo(segment);
  if (before(tcb_.snd.una, segment.ack))
    take_ack(segment);
  else if (segment.ack == tcb_.snd.una)
    duplicate_ack(segment, new_sack);
  update_send_window(segment);
  return after_ack_of_fin(segment);
}

Connection::Next Connection::check_ack_of_syn(const Segment& segment) {
  if (before(tcb_.snd.una, segment.ack) && at_or_before(segment.ack, tcb_.snd.nxt)) {
    tcb_.snd.wnd = scaled(segment);
    tcb_.snd.max_wnd = std::max(tcb_.snd.max_wnd, tcb_.snd.wnd);
    tcb_.snd.wl1 = segment.seq;
    tcb_.snd.wl2 = segment.ack;
    established();
    return Next::go_on;
  }
  send_reset(segment);
  return Next::stop;
}

// (SND.UNA - MAX.SND.WND) =< SEG.ACK =< SND.NXT (RFC 5961 section 5).
bool Connection::is_ack_in_range(const Segment& segment) const {
  const SeqNum oldest = tcb_.snd.una - SeqLen{tcb_.snd.max_wnd};
  return (segment.ack - oldest).octets <= (tcb_.snd.nxt - oldest).octets;
}

void Connection::take_ack(const Segment& segment) {
  const bool first = tcb_.snd.una == tcb_.snd.iss;  // our SYN is acknowledged
  if (!(first && tcb_.syn_retransmitted)) measure(segment);
  std::uint32_t count = (segment.ack - tcb_.snd.una).octets - (first ? 1 : 0);
  const auto text = static_cast<std::ptrdiff_t>(std::min<std::size_t>(count, tcb_.outgoing.size()));
  tcb_.outgoing.erase(tcb_.outgoing.begin(), tcb_.outgoing.begin() + text);
  tcb_.snd.una = segment.ack;
  stop(Timer::user);
  stop(Timer::retransmission);  // (5.3) of RFC 6298: what is left gets a full RTO
  if (count > 0) acknowledged(count);
  if (write_blocked_ && tcb_.outgoing.size() <= send_buffer / 2) {
    write_blocked_ = false;
    tell(TCPJURY_EVENT_WRITABLE);
  }
}

void Connection::update_send_window(const Segment& segment) {
  if (before(segment.ack, tcb_.snd.una)) return;
  const bool newest = before(tcb_.snd.wl1, segment.seq) ||
                      (tcb_.snd.wl1 == segment.seq && at_or_before(tcb_.snd.wl2, segment.ack));
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

Connection::Next Connection::after_ack_of_fin(const Segment&) {
  const bool acknowledged = tcb_.fin && before(*tcb_.fin, tcb_.snd.una);
  if (!acknowledged) return Next::go_on;
  if (tcb_.state == State::fin_wait_1) enter(State::fin_wait_2);
  if (tcb_.state == State::closing) enter(State::time_wait);
  if (tcb_.state != State::last_ack) return Next::go_on;
  delete_tcb(TCPJURY_EVENT_CLOSED);
  return Next::stop;
}

// Sent for what RFC 5961 distrusts. Its throttle (section 7) only stops a flood: 100 a second and connection.
void Connection::challenge() {
  constexpr unsigned most = 100;
  if (host_.now() - challenges_since_ >= seconds) {
    challenges_since_ = host_.now();
    challenges_ = 0;
  }
  if (++challenges_ <= most) tcb_.owed.now = true;
}

}  // namespace tcpjury::reference
