// When acknowledgments go out, and which window they tell (RFC 9293 sections 3.8.6.2.2 and 3.8.6.3).
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::before;
using wire::syn;

// At least every second segment with text, and after 0.2 s in any case.
void Connection::acknowledge_later() {
  Time longest_delay = 200 * milliseconds;
  unsigned every = 2;
  if (fault(Fault::ack_delayed_too_long)) longest_delay = 800 * milliseconds;
  if (fault(Fault::ack_every_third_segment)) every = 3;
  if (fault(Fault::ack_never_delayed)) every = 1;
  if (++tcb_.owed.segments >= every) tcb_.owed.now = true;
  if (fault(Fault::text_not_acknowledged)) tcb_.owed.now = false;
  if (!runs(Timer::delayed_ack) && !fault(Fault::text_not_acknowledged))
    start(Timer::delayed_ack, longest_delay);
}

std::uint32_t Connection::free_space() const {
  if (fault(Fault::window_ignores_unread_text)) return receive_buffer();
  return receive_buffer() -
         static_cast<std::uint32_t>(std::min<std::size_t>(tcb_.incoming.size(), receive_buffer()));
}

// Silly window avoidance: the edge moves in steps worth telling, and never back.
void Connection::move_window_edge() {
  const SeqNum possible = tcb_.rcv.nxt + SeqLen{free_space()};
  if (fault(Fault::window_shrinks) && !tcb_.incoming.empty()) {
    tcb_.rcv.edge = tcb_.rcv.nxt + SeqLen{free_space() / 2};
    return;
  }
  if (!before(tcb_.rcv.edge, possible)) return;
  std::uint32_t step = std::min<std::uint32_t>(receive_buffer() / 2, receive_mss());
  if (fault(Fault::silly_window_told)) step = 1;
  if ((possible - tcb_.rcv.edge).octets >= step) tcb_.rcv.edge = possible;
}

// After RECEIVE: the peer is told when the window opens again, or by a lot.
void Connection::window_may_have_opened() {
  if (!is_in({State::established, State::fin_wait_1, State::fin_wait_2})) return;
  const SeqNum possible = tcb_.rcv.nxt + SeqLen{free_space()};
  if (!before(tcb_.rcv.edge, possible)) return;
  const std::uint32_t growth = (possible - tcb_.rcv.edge).octets;
  const bool was_closed = tcb_.rcv.wnd() < receive_mss();
  if (growth >= receive_buffer() / 2 || (was_closed && growth >= receive_mss())) tcb_.owed.now = true;
  if (fault(Fault::silly_window_told)) tcb_.owed.now = true;
}

std::uint16_t Connection::window_field(wire::FlagSet flags) const {
  const bool opening = flags.has(syn) && !flags.has(wire::ack);
  const std::uint32_t window = opening ? receive_buffer() : tcb_.rcv.wnd();
  std::uint8_t shift = flags.has(syn) ? std::uint8_t{0} : tcb_.agreed.rcv_scale;
  if (fault(Fault::scale_applied_to_own_syn) && flags.has(syn)) shift = receive_scale;
  if (fault(Fault::scale_own_not_applied)) shift = 0;
  if (fault(Fault::scale_own_unagreed) && !flags.has(syn)) shift = receive_scale;
  if (fault(Fault::window_told_too_large)) return 0xffff;
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(window >> shift, 0xffff));
}

}  // namespace tcpjury::reference
