// What goes onto the wire: text as windows, Nagle and silly window avoidance allow; acknowledgments; resets.
#include <algorithm>
#include <utility>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::before;
using wire::fin;
using wire::rst;
using wire::syn;

// Runs at the end of everything that happens to the connection.
void Connection::output() {
  if (tcb_.state == State::closed) return;
  if (host_.now() >= tcb_.path_mtu_until) {
    tcb_.path_mtu = host_.mtu();
    tcb_.path_mtu_until = never;
  }
  const bool may_have_text =
      !is_in({State::syn_sent, State::syn_received, State::fin_wait_2, State::time_wait});
  if (may_have_text) {
    while (send_lost_text()) {
    }
    while (send_new_text()) {
    }
  }
  if (tcb_.owed.now) send_ack();
  arrange_timers();
}

// The number of the first octet that is not acknowledged: the SYN comes before all text.
SeqNum Connection::text_start() const {
  return tcb_.snd.una == tcb_.snd.iss ? tcb_.snd.iss + SeqLen{1} : tcb_.snd.una;
}
SeqNum Connection::text_end() const { return text_start() + octets(tcb_.outgoing.size()); }

std::uint32_t Connection::unsent() const {
  return before(tcb_.snd.nxt, text_end()) ? (text_end() - tcb_.snd.nxt).octets : 0;
}
bool Connection::fin_unsent() const { return tcb_.fin && !before(*tcb_.fin, tcb_.snd.nxt); }

void Connection::send_syn() {
  wire::TcpSegment segment;
  segment.seq = tcb_.snd.iss;
  segment.flags = tcb_.state == State::syn_sent ? syn : syn | wire::ack;
  if (tcb_.state == State::syn_sent) {
    if (host_.settings().ecn == Ecn::asked && !tcb_.syn_retransmitted)
      segment.flags = segment.flags | wire::ece | wire::cwr;
  } else if (tcb_.agreed.ecn) {
    segment.flags = segment.flags | wire::ece;
  }
  if (!tcb_.syn_retransmitted) {
    tcb_.timed = tcb_.snd.iss + SeqLen{1};
    tcb_.timed_since = host_.now();
  }
  tcb_.snd.nxt = wire::later(tcb_.snd.nxt, tcb_.snd.iss + SeqLen{1});
  transmit(std::move(segment));
}

void Connection::send_ack() {
  wire::TcpSegment segment;
  segment.seq = tcb_.snd.nxt;
  segment.flags = wire::ack;
  transmit(std::move(segment));
}

/// <SEQ=SND.NXT><CTL=RST>: the connection is aborted.
void Connection::send_reset() {
  wire::TcpSegment segment;
  segment.seq = tcb_.snd.nxt;
  segment.flags = rst;
  transmit(std::move(segment));
}

/// The reset that answers a segment.
void Connection::send_reset(const Segment& offending) {
  if (auto reset = reset_for(offending, host_, tcb_.state))
    host_.send(tcb_.local, tcb_.remote, std::move(*reset), EcnCodepoint::not_ect);
}

// After a timeout everything that was outstanding counts as lost, and goes out again as slow start allows;
// what the peer has reported since then is left out.
bool Connection::send_lost_text() {
  auto& congestion = tcb_.congestion;
  congestion.lost_next = wire::later(congestion.lost_next, tcb_.snd.una);
  while (const Range* held = congestion.sacked.find(congestion.lost_next)) congestion.lost_next = held->right;
  if (!before(congestion.lost_next, congestion.lost_end)) return false;
  if ((congestion.lost_next - tcb_.snd.una).octets >= std::min(congestion.cwnd, tcb_.snd.wnd)) return false;
  const SeqNum from = congestion.lost_next;
  retransmit_at(from);
  return congestion.lost_next != from;
}

bool Connection::send_new_text() {
  const SeqNum edge = tcb_.snd.una + SeqLen{tcb_.snd.wnd};
  const std::uint32_t usable = before(tcb_.snd.nxt, edge) ? (edge - tcb_.snd.nxt).octets : 0;
  const std::uint32_t queued = unsent();
  const std::uint32_t limit = congestion_limit();
  const std::uint32_t allowed = limit > flight() ? limit - flight() : 0;
  const std::uint32_t length = std::min({queued, usable, effective_mss()});
  if (length > allowed && flight() > 0) return false;
  if (length > 0 && !may_send(length, usable)) return false;
  const bool with_fin = fin_unsent() && length == queued && usable > length;
  if (length == 0 && !with_fin) return false;
  tcb_.override_now = false;
  if (tcb_.congestion.duplicates > 0 && !tcb_.congestion.recovering) tcb_.congestion.limited += length;
  send_stretch(tcb_.snd.nxt, length, with_fin, false);
  return true;
}

// Silly window avoidance with Nagle's bracketed conditions (RFC 9293 sections 3.7.4 and 3.8.6.2.1).
bool Connection::may_send(std::uint32_t length, std::uint32_t usable) {
  const bool idle = tcb_.snd.una == tcb_.snd.nxt || !host_.settings().nagle;
  const bool all = length == unsent();  // every SEND counts as pushed
  if (length >= effective_mss()) return true;
  if (idle && all && length <= usable) return true;
  if (idle && length >= tcb_.snd.max_wnd / 2) return true;
  return tcb_.override_now;
}

/// Sends `length` octets of text from `seq` on, and the FIN where it is wanted.
void Connection::send_stretch(SeqNum seq, std::uint32_t length, bool with_fin, bool again) {
  wire::TcpSegment segment;
  segment.seq = seq;
  segment.flags = wire::ack;
  const auto from = tcb_.outgoing.begin() + (seq - text_start()).octets;
  segment.text.assign(from, from + length);
  if (length > 0 && seq + SeqLen{length} == text_end()) segment.flags = segment.flags | wire::psh;
  if (with_fin) segment.flags = segment.flags | fin;
  const SeqNum end = segment.end();
  const bool ect = tcb_.agreed.ecn && length > 0 && !again;
  if (ect && tcb_.congestion.owes_cwr) {
    segment.flags = segment.flags | wire::cwr;
    tcb_.congestion.owes_cwr = false;
  }
  if (!again && !tcb_.timed) {
    tcb_.timed = end;
    tcb_.timed_since = host_.now();
  }
  tcb_.snd.nxt = wire::later(tcb_.snd.nxt, end);
  tcb_.congestion.last_sent = host_.now();
  transmit(std::move(segment), ect);
}

/// Fills in what every segment carries; whatever has ACK settles the acknowledgments that are owed.
void Connection::transmit(wire::TcpSegment segment, bool ect) {
  if (segment.flags.has(wire::ack)) {
    move_window_edge();
    segment.ack = tcb_.rcv.nxt;
    if (fault(Fault::syn_ack_acks_irs) && segment.flags.has(syn)) segment.ack = tcb_.rcv.irs;
    if (fault(Fault::text_ack_one_short) && tcb_.owed.segments > 0) segment.ack = segment.ack - SeqLen{1};
    segment.window = window_field(segment.flags);
    if (tcb_.owed.echo_congestion && !segment.flags.any(syn | rst)) segment.flags = segment.flags | wire::ece;
  } else if (segment.flags.has(syn)) {
    segment.window = window_field(segment.flags);
  }
  segment.options = wire::encode_options(options_for(segment.flags));
  const auto size = fixed_headers(tcb_.remote.address.family) + segment.options.size() + segment.text.size();
  tcb_.largest_sent = std::max(tcb_.largest_sent, static_cast<std::uint32_t>(size));
  const bool settles = segment.flags.has(wire::ack);
  host_.send(tcb_.local, tcb_.remote, std::move(segment), ect ? EcnCodepoint::ect_0 : EcnCodepoint::not_ect);
  if (!settles) return;
  tcb_.last_ack_sent = tcb_.rcv.nxt;
  tcb_.owed.now = false;
  tcb_.owed.segments = 0;
  tcb_.owed.duplicate.reset();
  stop(Timer::delayed_ack);
}

std::uint16_t Connection::window_field(wire::FlagSet flags) const {
  const std::uint32_t window =
      tcb_.rcv.nxt == SeqNum{} && !flags.has(wire::ack) ? receive_buffer : tcb_.rcv.wnd();
  const std::uint32_t field = flags.has(syn) ? window : window >> tcb_.agreed.rcv_scale;
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(field, 0xffff));
}

}  // namespace tcpjury::reference
