// RFC 9293 section 3.10.7.2, third, and section 3.10.7.3: SEGMENT ARRIVES in LISTEN and SYN-SENT.
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::at_or_before;
using wire::before;
using wire::fin;
using wire::rst;
using wire::syn;

void Connection::open_passive(Handle listener, const Segment& segment, std::optional<SeqNum> least_iss) {
  listener_ = listener;
  tcb_.passive = true;
  SeqNum iss = host_.initial_sequence_number(tcb_.local, tcb_.remote);
  // A new incarnation begins beyond what the former one used (MAY-2).
  if (least_iss && at_or_before(iss, *least_iss)) iss = *least_iss + SeqLen{0x1'0000};
  tcb_.snd.iss = tcb_.snd.una = tcb_.snd.nxt = iss;
  tcb_.rcv.irs = segment.seq;
  tcb_.rcv.nxt = tcb_.last_ack_sent = segment.seq + SeqLen{1};
  tcb_.rcv.edge = tcb_.rcv.nxt + SeqLen{receive_buffer};
  agree_on_options(segment);
  keep_for_later(segment);
  enter(State::syn_received);
  send_syn();
  arrange_timers();
}

// "Any other incoming control or data (combined with SYN) will be processed in the SYN-RECEIVED state, but
// processing of SYN and ACK should not be repeated": it waits for ESTABLISHED.
void Connection::keep_for_later(const Segment& segment) {
  const std::size_t room = std::min<std::size_t>(segment.text.size(), tcb_.rcv.wnd());
  if (room > 0) tcb_.held.insert(tcb_.rcv.nxt, BytesView{segment.text}.first(room));
  if (segment.has(fin) && room == segment.text.size()) tcb_.peer_fin = tcb_.rcv.nxt + octets(room);
}

void Connection::arrives_in_syn_sent(Segment& segment) {
  // First, check the ACK bit.
  const bool has_ack = segment.has(wire::ack);
  if (has_ack && (at_or_before(segment.ack, tcb_.snd.iss) || before(tcb_.snd.nxt, segment.ack))) {
    if (!segment.has(rst)) send_reset(segment);
    return;
  }
  // Second, check the RST bit: only an acknowledgment of our SYN makes it valid.
  if (segment.has(rst)) {
    if (has_ack) delete_tcb(TCPJURY_EVENT_RESET, "connection refused");
    return;
  }
  // Third, security, is not offered. Fourth, check the SYN bit. Fifth: neither SYN nor RST.
  if (!segment.has(syn)) return;
  tcb_.rcv.irs = segment.seq;
  tcb_.rcv.nxt = tcb_.last_ack_sent = segment.seq + SeqLen{1};
  tcb_.rcv.edge = tcb_.rcv.nxt + SeqLen{receive_buffer};
  agree_on_options(segment);
  if (has_ack)
    syn_answered(segment);
  else
    syn_crossed(segment);
}

void Connection::syn_answered(Segment& segment) {
  take_ack(segment);
  tcb_.snd.wnd = segment.window;  // the window of a SYN is never scaled
  tcb_.snd.max_wnd = std::max(tcb_.snd.max_wnd, tcb_.snd.wnd);
  tcb_.snd.wl1 = segment.seq;
  tcb_.snd.wl2 = segment.ack;
  established();
  tcb_.owed.now = true;
  // "If there are other controls or text in the segment, then continue processing at the sixth step".
  segment.flags = segment.flags - syn;
  segment.seq = segment.seq + SeqLen{1};
  trim(segment);
  check_urg(segment);
  if (process_text(segment) == Next::go_on) check_fin(segment);
}

void Connection::syn_crossed(Segment& segment) {
  tcb_.snd.wnd = segment.window;
  tcb_.snd.max_wnd = std::max(tcb_.snd.max_wnd, tcb_.snd.wnd);
  tcb_.snd.wl1 = segment.seq;
  tcb_.snd.wl2 = segment.ack;
  keep_for_later(segment);
  enter(State::syn_received);
  send_syn();
}

void Connection::established() {
  enter(State::established);
  start_congestion_control();
  if (tcb_.close_waits) start_close();
  if (!tcb_.passive) {
    tell(TCPJURY_EVENT_OPENED);
    return;
  }
  handle_ = host_.new_handle();
  tcpjury_event event{};
  event.struct_size = sizeof event;
  event.kind = TCPJURY_EVENT_ACCEPTED;
  event.handle = listener_;
  event.child = handle_;
  event.family = tcb_.remote.address.family == wire::Family::v4 ? 4 : 6;
  std::ranges::copy(tcb_.remote.address.octets, event.remote);
  event.remote_port = tcb_.remote.port.number;
  host_.tell(event);
}

}  // namespace tcpjury::reference
