// RFC 9293 section 3.10.7.4, sixth to eighth step: urgent data, text and FIN.
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::before;
using wire::fin;

Connection::Next Connection::check_urg(Segment& segment) {
  if (!segment.has(wire::urg)) return Next::go_on;
  if (!is_in({State::established, State::fin_wait_1, State::fin_wait_2})) {
    const bool open = is_in({State::close_wait, State::closing, State::last_ack});
    return open && fault(Fault::urgent_after_fin_resets) ? reset_both(segment) : Next::go_on;
  }
  if (fault(Fault::urgent_segment_ignored)) return Next::stop;
  if (fault(Fault::urgent_resets)) return reset_both(segment);
  note_urgent(segment);
  const bool inside = segment.urgent > 0 && segment.urgent <= segment.text.size();
  if (fault(Fault::urgent_beyond_text_ignored) && !inside) return Next::stop;
  if (fault(Fault::urgent_octet_taken_out) && inside)
    tcb_.urgent_octet = segment.seq + SeqLen{segment.urgent - 1U};
  return Next::go_on;
}

Connection::Next Connection::process_text(Segment& segment) {
  note_congestion_marks(segment);
  if (!is_in({State::established, State::fin_wait_1, State::fin_wait_2})) {
    // A FIN was received: this should not occur, and the text is ignored.
    if (tcb_.state == State::time_wait && !segment.text.empty()) tcb_.owed.now = true;
    if (fault(Fault::text_after_fin_taken)) take_text(segment.text);
    const bool open = is_in({State::close_wait, State::closing, State::last_ack});
    if (fault(Fault::text_after_fin_resets) && open && !segment.text.empty()) return reset_both(segment);
    return Next::go_on;
  }
  if (segment.text.empty() || text_is_dropped(segment)) return take_held();
  if (tcb_.released && !fault(Fault::release_takes_text)) {
    // Text is lost, and the peer has to know (SHLD-3).
    if (!fault(Fault::release_without_reset)) send_reset(segment);
    delete_tcb(TCPJURY_EVENT_CLOSED);
    return Next::stop;
  }
  if (segment.seq == tcb_.rcv.nxt) {
    const bool fills_gap = !tcb_.held.empty();
    take_text(segment.text);
    acknowledge_later();
    if (fills_gap && !fault(Fault::gap_fill_ack_delayed)) tcb_.owed.now = true;
  } else {
    hold_text(segment);
  }
  return take_held();
}

/// Mistakes that lose text before it is looked at.
bool Connection::text_is_dropped(Segment& segment) {
  if (fault(Fault::text_with_fin_lost) && segment.has(fin)) {
    segment.flags = segment.flags - fin;
    return true;
  }
  const bool overflows = tcb_.incoming.size() + segment.text.size() > receive_buffer();
  if (fault(Fault::window_ignores_unread_text) && overflows) {
    tcb_.owed.now = true;
    return true;
  }
  if (fault(Fault::third_segment_text_ignored) && tcb_.rcv.nxt == tcb_.rcv.irs + SeqLen{1} && tcb_.passive &&
      tcb_.just_established)
    return true;
  if (is_in({State::fin_wait_1, State::fin_wait_2})) {
    if (fault(Fault::half_close_ignores_text)) return true;
    if (fault(Fault::half_close_resets_text)) return reset_both(segment) == Next::stop;
  }
  return false;
}

/// Takes text in order: the user gets it, and RCV.NXT moves over it.
void Connection::take_text(BytesView text) {
  if (text.empty()) return;
  Bytes altered;
  if (fault(Fault::text_altered_on_the_way)) {
    altered.assign(text.begin(), text.end());
    altered.back() ^= std::byte{0x20};
    text = altered;
  }
  tcb_.rcv.nxt = tcb_.rcv.nxt + octets(text.size());
  const std::uint32_t behind = tcb_.urgent_octet ? (tcb_.rcv.nxt - *tcb_.urgent_octet).octets : 0;
  if (behind > 0 && behind <= text.size()) {  // out of band, as BSD sockets have it
    tcb_.urgent_octet.reset();
    deliver(text.first(text.size() - behind));
    text = text.last(behind - 1);
  }
  if (fault(Fault::text_of_one_octet_lost) && text.size() == 1) return;
  deliver(text);
  if (fault(Fault::text_delivered_twice)) deliver(text);
}

void Connection::deliver(BytesView text) {
  if (text.empty()) return;
  const bool was_empty = tcb_.incoming.empty();
  tcb_.incoming.insert(tcb_.incoming.end(), text.begin(), text.end());
  if (was_empty) tell(TCPJURY_EVENT_READABLE);
}

/// Text that was beyond a gap, and is in order now.
Connection::Next Connection::take_held() {
  if (fault(Fault::gap_fill_forgets_held_text)) {
    if (!tcb_.held.empty() && tcb_.held.ranges().front().left == tcb_.rcv.nxt) tcb_.held.clear();
    return Next::go_on;
  }
  const Bytes text = tcb_.held.take(tcb_.rcv.nxt);
  if (text.empty()) return Next::go_on;
  const bool came_with_syn = tcb_.passive && tcb_.just_established;
  if (fault(Fault::gap_fill_loses_held_text) || fault(Fault::out_of_order_delivered_at_once) ||
      (came_with_syn && fault(Fault::syn_text_counted_but_lost)))
    tcb_.rcv.nxt = tcb_.rcv.nxt + octets(text.size());
  else
    take_text(text);
  if (!fault(Fault::gap_fill_ack_delayed)) tcb_.owed.now = true;
  return Next::go_on;
}

// Beyond a gap: a duplicate acknowledgment goes out at once (RFC 5681 section 4.2).
void Connection::hold_text(const Segment& segment) {
  if (fault(Fault::out_of_order_resets)) {
    static_cast<void>(reset_both(segment));
    return;
  }
  if (fault(Fault::out_of_order_ack_delayed))
    acknowledge_later();
  else if (!fault(Fault::out_of_order_not_acknowledged))
    tcb_.owed.now = true;
  if (fault(Fault::out_of_order_dropped)) return;
  if (fault(Fault::out_of_order_acknowledged_whole)) {
    tcb_.rcv.nxt = segment.seq;
    take_text(segment.text);
    return;
  }
  const Range fresh{segment.seq, segment.seq + octets(segment.text.size())};
  for (const Range& range : tcb_.held.ranges())
    if (range.covers(fresh)) tcb_.owed.duplicate = fresh;
  if (fault(Fault::out_of_order_delivered_at_once)) deliver(segment.text);
  const Range block = tcb_.held.insert(segment.seq, segment.text);
  std::erase_if(tcb_.owed.reported, [&](const Range& range) { return block.covers(range); });
  tcb_.owed.reported.insert(tcb_.owed.reported.begin(), block);
  constexpr std::size_t remembered = 8;  // more never fit an option
  if (tcb_.owed.reported.size() > remembered) tcb_.owed.reported.resize(remembered);
}

// D-SACK: the octets of a segment that were acknowledged before (RFC 2883 section 4).
void Connection::note_duplicate(const Segment& segment) {
  if (segment.text.empty() || !before(segment.seq, tcb_.rcv.nxt)) return;
  if ((tcb_.rcv.nxt - segment.seq).octets > 0x4000'0000U) return;  // nothing we ever acknowledged
  const SeqNum end = segment.seq + octets(segment.text.size());
  const SeqNum right = fault(Fault::dsack_of_whole_segment) ? end : wire::earlier(end, tcb_.rcv.nxt);
  tcb_.owed.duplicate = Range{segment.seq, right};
}

// RFC 3168 section 6.1.3: CE is echoed until the sender says CWR.
void Connection::note_congestion_marks(const Segment& segment) {
  if (!tcb_.agreed.ecn) return;
  if (segment.has(wire::cwr) && !fault(Fault::ece_never_ends)) tcb_.owed.echo_congestion = false;
  if (segment.congestion && !fault(Fault::ce_not_echoed)) tcb_.owed.echo_congestion = true;
}

void Connection::check_fin(const Segment& segment) {
  const SeqNum at = segment.end() - SeqLen{1};
  if (segment.has(fin) && !fault(Fault::fin_ignored)) {
    if (tcb_.peer_closed) {
      take_second_fin();
      return;
    }
    tcb_.peer_fin = at;
    if (!fault(Fault::fin_ack_delayed)) tcb_.owed.now = true;
    if (fault(Fault::fin_ack_delayed)) acknowledge_later();
    if (fault(Fault::fin_beyond_gap_taken) && at != tcb_.rcv.nxt) {
      tcb_.rcv.nxt = at;
      tcb_.held.clear();
    }
    if (fault(Fault::fin_beyond_gap_forgotten) && at != tcb_.rcv.nxt) tcb_.peer_fin.reset();
  }
  if (!tcb_.peer_closed && tcb_.peer_fin == tcb_.rcv.nxt) take_peer_fin();
}

void Connection::take_second_fin() {
  if (fault(Fault::second_fin_counted)) tcb_.rcv.nxt = tcb_.rcv.nxt + SeqLen{1};
  if (!fault(Fault::second_fin_ignored)) tcb_.owed.now = true;
  if (tcb_.state == State::time_wait) start(Timer::time_wait, 2 * host_.msl());
}

void Connection::take_peer_fin() {
  tcb_.peer_closed = true;
  if (!fault(Fault::fin_ack_delayed)) tcb_.owed.now = true;
  if (fault(Fault::fin_not_acknowledged)) tcb_.owed.now = false;
  if (!fault(Fault::fin_not_counted)) tcb_.rcv.nxt = tcb_.rcv.nxt + SeqLen{1};
  if (fault(Fault::fin_counted_twice)) tcb_.rcv.nxt = tcb_.rcv.nxt + SeqLen{1};
  if (!fault(Fault::fin_not_told))
    tell(fault(Fault::fin_told_as_reset) ? TCPJURY_EVENT_RESET : TCPJURY_EVENT_PEER_CLOSED);
  switch (tcb_.state) {
    case State::syn_received:
    case State::established:
      enter(State::close_wait);
      if (fault(Fault::fin_makes_own_fin)) start_close();
      return;
    case State::fin_wait_1:
      // Were our FIN acknowledged, this were FIN-WAIT-2.
      enter(fault(Fault::fin_wait_1_skips_closing) ? State::time_wait : State::closing);
      return;
    case State::fin_wait_2:
      if (fault(Fault::time_wait_missing)) {
        send_ack();
        delete_tcb(TCPJURY_EVENT_CLOSED);
        return;
      }
      enter(fault(Fault::fin_wait_2_enters_closing) ? State::closing : State::time_wait);
      return;
    case State::closed:
    case State::listen:
    case State::syn_sent:
    case State::close_wait:
    case State::closing:
    case State::last_ack:
    case State::time_wait:
      return;
  }
}

}  // namespace tcpjury::reference
