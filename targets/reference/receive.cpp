// RFC 9293 section 3.10.7.4, sixth to eighth step: urgent data, text and FIN; acknowledgments and the window.
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::at_or_before;
using wire::before;
using wire::fin;
using wire::later;

void Connection::check_urg(const Segment& segment) {
  if (!segment.has(wire::urg) || !is_in({State::established, State::fin_wait_1, State::fin_wait_2})) return;
  const SeqNum pointer = segment.seq + SeqLen{segment.urgent};
  tcb_.rcv.up = tcb_.rcv.up ? later(*tcb_.rcv.up, pointer) : pointer;
}

Connection::Next Connection::process_text(Segment& segment) {
  note_congestion_marks(segment);
  if (!is_in({State::established, State::fin_wait_1, State::fin_wait_2})) {
    // A FIN was received: this should not occur, and the text is ignored.
    if (tcb_.state == State::time_wait && !segment.text.empty()) tcb_.owed.now = true;
    return Next::go_on;
  }
  if (!segment.text.empty() && tcb_.released) {
    // Text is lost, and the peer has to know (SHLD-3).
    send_reset(segment);
    delete_tcb(TCPJURY_EVENT_CLOSED);
    return Next::stop;
  }
  if (!segment.text.empty()) {
    if (segment.seq == tcb_.rcv.nxt) {
      const bool fills_gap = !tcb_.held.empty();
      take_text(segment.text);
      if (fills_gap) tcb_.owed.now = true;
      acknowledge_later();
    } else {
      hold_text(segment);
    }
  }
  take_held();
  return Next::go_on;
}

void Connection::take_text(BytesView text) {
  const bool was_empty = tcb_.incoming.empty();
  tcb_.incoming.insert(tcb_.incoming.end(), text.begin(), text.end());
  tcb_.rcv.nxt = tcb_.rcv.nxt + octets(text.size());
  if (was_empty && !text.empty()) tell(TCPJURY_EVENT_READABLE);
}

void Connection::take_held() {
  const Bytes text = tcb_.held.take(tcb_.rcv.nxt);
  if (text.empty()) return;
  take_text(text);
  tcb_.owed.now = true;
}

// Beyond a gap: a duplicate acknowledgment goes out at once (RFC 5681 section 4.2).
void Connection::hold_text(const Segment& segment) {
  const Range fresh{segment.seq, segment.seq + octets(segment.text.size())};
  for (const Range& range : tcb_.held.ranges())
    if (range.covers(fresh)) tcb_.owed.duplicate = fresh;
  const Range block = tcb_.held.insert(segment.seq, segment.text);
  std::erase_if(tcb_.owed.reported, [&](const Range& range) { return block.covers(range); });
  tcb_.owed.reported.insert(tcb_.owed.reported.begin(), block);
  tcb_.owed.now = true;
}

// D-SACK: the octets of a segment that were acknowledged before (RFC 2883 section 4).
void Connection::note_duplicate(const Segment& segment) {
  if (segment.text.empty()) return;
  const SeqNum end = segment.seq + octets(segment.text.size());
  if (!before(segment.seq, tcb_.rcv.nxt)) return;
  if ((tcb_.rcv.nxt - segment.seq).octets > 0x4000'0000U) return;  // nothing we ever acknowledged
  tcb_.owed.duplicate = Range{segment.seq, wire::earlier(end, tcb_.rcv.nxt)};
}

// RFC 3168 section 6.1.3: CE is echoed until the sender says CWR.
void Connection::note_congestion_marks(const Segment& segment) {
  if (!tcb_.agreed.ecn) return;
  if (segment.has(wire::cwr)) tcb_.owed.echo_congestion = false;
  if (segment.congestion) tcb_.owed.echo_congestion = true;
}

void Connection::check_fin(const Segment& segment) {
  if (segment.has(fin)) {
    if (tcb_.peer_closed) {
      tcb_.owed.now = true;
      if (tcb_.state == State::time_wait) start(Timer::time_wait, 2 * host_.msl());
      return;
    }
    tcb_.peer_fin = segment.end() - SeqLen{1};
    tcb_.owed.now = true;
  }
  if (!tcb_.peer_closed && tcb_.peer_fin == tcb_.rcv.nxt) take_peer_fin();
}

void Connection::take_peer_fin() {
  tcb_.peer_closed = true;
  tcb_.owed.now = true;
  if (!fault(Fault::fin_not_counted)) tcb_.rcv.nxt = tcb_.rcv.nxt + SeqLen{1};
  tell(TCPJURY_EVENT_PEER_CLOSED);
  if (is_in({State::syn_received, State::established})) {
    enter(State::close_wait);
  } else if (tcb_.state == State::fin_wait_1) {
    enter(State::closing);  // were our FIN acknowledged, this were FIN-WAIT-2
  } else if (tcb_.state == State::fin_wait_2) {
    enter(State::time_wait);
  }
}

// RFC 9293 section 3.8.6.3: at least every second segment with text, and after 0.2 s in any case.
void Connection::acknowledge_later() {
  constexpr Time longest_delay = 200 * milliseconds;
  if (++tcb_.owed.segments >= 2) tcb_.owed.now = true;
  if (!runs(Timer::delayed_ack)) start(Timer::delayed_ack, longest_delay);
}

std::uint32_t Connection::free_space() const {
  return receive_buffer -
         static_cast<std::uint32_t>(std::min<std::size_t>(tcb_.incoming.size(), receive_buffer));
}

// Silly window avoidance (RFC 9293 section 3.8.6.2.2): the edge moves in steps worth telling, and never back.
void Connection::move_window_edge() {
  const SeqNum possible = tcb_.rcv.nxt + SeqLen{free_space()};
  if (!before(tcb_.rcv.edge, possible)) return;
  const std::uint32_t step = std::min<std::uint32_t>(receive_buffer / 2, receive_mss());
  if ((possible - tcb_.rcv.edge).octets >= step) tcb_.rcv.edge = possible;
}

// After RECEIVE: the peer is told when the window opens again, or by a lot.
void Connection::window_may_have_opened() {
  if (!is_in({State::established, State::fin_wait_1, State::fin_wait_2})) return;
  const SeqNum possible = tcb_.rcv.nxt + SeqLen{free_space()};
  if (!before(tcb_.rcv.edge, possible)) return;
  const std::uint32_t growth = (possible - tcb_.rcv.edge).octets;
  const bool was_closed = tcb_.rcv.wnd() < receive_mss();
  if (growth >= receive_buffer / 2 || (was_closed && growth >= receive_mss())) tcb_.owed.now = true;
}

}  // namespace tcpjury::reference
