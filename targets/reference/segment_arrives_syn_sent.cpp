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
  tcb_.state = State::listen;
  SeqNum iss = host_.initial_sequence_number(tcb_.local, tcb_.remote, State::listen);
  // A new incarnation begins beyond what the former one used (MAY-2).
  const bool beyond = least_iss && !fault(Fault::time_wait_reopens_with_lower_iss);
  if (beyond && at_or_before(iss, *least_iss)) iss = *least_iss + SeqLen{0x1'0000};
  if (least_iss && !beyond) iss = *least_iss - SeqLen{0x1'0000};
  tcb_.snd.iss = tcb_.snd.una = tcb_.snd.nxt = iss;
  take_peer_iss(segment);
  take_fast_open(segment);
  if (!tcb_.fast_opened) keep_for_later(segment);
  if (fault(Fault::syn_text_acknowledged_early)) tcb_.rcv.nxt = segment.end();
  if (fault(Fault::syn_fin_acknowledged_early) && segment.has(fin)) tcb_.rcv.nxt = segment.end();
  enter(State::syn_received);
  tcb_.snd.wnd = segment.window;
  send_syn();
  if (fault(Fault::syn_ack_sent_twice)) send_syn();
  if (host_.settings().early_accept) hand_over();
  if (fault(Fault::syn_establishes)) {
    tcb_.snd.wnd = segment.window;
    established();
  }
  arrange_timers();
}

void Connection::take_peer_iss(const Segment& syn_segment) {
  if (!syn_segment.return_route.empty()) tcb_.return_route = syn_segment.return_route;
  tcb_.rcv.irs = syn_segment.seq;
  tcb_.rcv.nxt = tcb_.last_ack_sent = syn_segment.seq + SeqLen{1};
  tcb_.rcv.edge = tcb_.rcv.nxt + SeqLen{receive_buffer()};
  agree_on_options(syn_segment);
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
  const bool outside = at_or_before(segment.ack, tcb_.snd.iss) || before(tcb_.snd.nxt, segment.ack);
  if (has_ack && outside && !fault(Fault::syn_sent_takes_any_ack)) {
    unacceptable_in_syn_sent(segment);
    return;
  }
  // Second, check the RST bit: only an acknowledgment of our SYN makes it valid.
  if (segment.has(rst)) {
    if (has_ack && fault(Fault::syn_sent_reset_ignored)) return;
    if (has_ack || fault(Fault::syn_sent_takes_reset_without_ack))
      delete_tcb(fault(Fault::rst_not_told) ? TCPJURY_EVENT_CLOSED : TCPJURY_EVENT_RESET,
                 "connection refused");
    return;
  }
  // Third, security, is not offered. Fourth, check the SYN bit. Fifth: neither SYN nor RST.
  if (!segment.has(syn)) {
    if (fault(Fault::syn_sent_answers_anything) && !has_ack) send_reset(segment);
    const bool establishes = has_ack && fault(Fault::syn_sent_needs_no_syn);
    if (!establishes) return;
    segment.seq = segment.seq - SeqLen{1};
    segment.flags = segment.flags | syn;
  }
  if (has_ack) {
    take_peer_iss(segment);
    syn_answered(segment);
  } else if (!fault(Fault::simultaneous_open_ignored)) {
    take_peer_iss(segment);
    syn_crossed(segment);
  }
}

void Connection::unacceptable_in_syn_sent(const Segment& segment) {
  if (segment.has(rst)) {
    if (fault(Fault::syn_sent_takes_reset_of_any_ack))
      delete_tcb(TCPJURY_EVENT_RESET, "connection refused");
    else if (fault(Fault::reset_answered))
      send_reset(segment);
    return;
  }
  if (!fault(Fault::syn_sent_bad_ack_ignored)) send_reset(segment);
  if (fault(Fault::syn_sent_bad_ack_ends)) delete_tcb(TCPJURY_EVENT_RESET, "connection reset");
}

void Connection::syn_answered(Segment& segment) {
  if (fault(Fault::syn_sent_takes_any_ack)) segment.ack = tcb_.snd.nxt;
  if (segment.fast_open && !segment.fast_open->empty() && tcb_.fast_open)
    host_.remember_cookie(tcb_.remote.address, *segment.fast_open);
  take_ack(segment);
  take_syn_window(segment);
  const bool silent = fault(Fault::syn_ack_not_acknowledged);
  const bool loses_text = fault(Fault::syn_ack_text_ignored);
  const bool loses_fin = fault(Fault::syn_ack_fin_ignored);
  if (fault(Fault::syn_ack_not_counted)) tcb_.rcv.nxt = tcb_.rcv.irs;
  established();
  tcb_.owed.now = !silent;
  // "If there are other controls or text in the segment, then continue processing at the sixth step".
  segment.flags = segment.flags - syn;
  segment.seq = segment.seq + SeqLen{1};
  if (loses_text) segment.text.clear();
  if (loses_fin) segment.flags = segment.flags - fin;
  trim(segment);
  if (check_urg(segment) == Next::go_on && process_text(segment) == Next::go_on) check_fin(segment);
}

void Connection::syn_crossed(Segment& segment) {
  take_syn_window(segment);
  keep_for_later(segment);
  if (fault(Fault::simultaneous_open_acknowledged_only)) {
    enter(State::syn_received);
    send_ack();
    return;
  }
  if (fault(Fault::simultaneous_open_with_new_iss)) {
    tcb_.snd.iss = tcb_.snd.una = tcb_.snd.nxt = tcb_.snd.iss + SeqLen{1};
  }
  enter(State::syn_received);
  send_syn();
}

/// The window of a SYN is never scaled (RFC 7323 section 2.2).
void Connection::take_syn_window(const Segment& segment) {
  tcb_.snd.wnd = fault(Fault::scale_applied_to_peer_syn) ? scaled(segment) : segment.window;
  tcb_.snd.max_wnd = std::max(tcb_.snd.max_wnd, tcb_.snd.wnd);
  tcb_.snd.wl1 = segment.seq;
  tcb_.snd.wl2 = segment.ack;
}

void Connection::established() {
  enter(State::established);
  tcb_.just_established = true;
  start_congestion_control();
  if (tcb_.close_waits) start_close();
  if (!tcb_.passive) {
    tell(TCPJURY_EVENT_OPENED);
    return;
  }
  if (handle_ == 0) hand_over();
  if (tcb_.fast_opened) tell(TCPJURY_EVENT_READABLE);
}

/// The user of the listener gets the connection.
void Connection::hand_over() {
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
