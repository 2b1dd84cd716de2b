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
    while (send_lost_text() || send_hole(Holes::lost) || send_new_text() || send_hole(Holes::all)) {
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
  const bool answer = tcb_.state != State::syn_sent;
  segment.seq = tcb_.snd.iss;
  segment.flags = answer ? syn | wire::ack : syn;
  if (!answer && host_.settings().ecn == Ecn::asked && !tcb_.syn_retransmitted)
    segment.flags = segment.flags | wire::ece | wire::cwr;
  if (answer && tcb_.agreed.ecn) segment.flags = segment.flags | wire::ece;
  if (answer && tcb_.agreed.ecn && fault(Fault::ecn_setup_answered_with_cwr))
    segment.flags = segment.flags | wire::cwr;
  if (answer && fault(Fault::syn_answered_without_ack)) segment.flags = segment.flags - wire::ack;
  if (answer && fault(Fault::syn_answered_without_syn)) segment.flags = segment.flags - syn;
  if (!tcb_.syn_retransmitted) {
    tcb_.timed = tcb_.snd.iss + SeqLen{1};
    tcb_.timed_since = host_.now();
  }
  tcb_.snd.nxt = wire::later(tcb_.snd.nxt, tcb_.snd.iss + SeqLen{1});
  transmit(std::move(segment), fault(Fault::ect_on_syn));
}

void Connection::send_ack() {
  wire::TcpSegment segment;
  segment.seq = tcb_.snd.nxt;
  segment.flags = wire::ack;
  if (fault(Fault::ack_with_wrong_seq)) segment.seq = tcb_.snd.nxt - SeqLen{1};
  if (fault(Fault::ack_with_seq_of_una)) segment.seq = tcb_.snd.una;
  const bool third = tcb_.just_established && !tcb_.passive;
  if (fault(Fault::syn_ack_acked_by_old_seq) && third) segment.seq = tcb_.snd.iss;
  transmit(std::move(segment), tcb_.agreed.ecn && fault(Fault::ect_on_pure_ack));
}

/// <SEQ=SND.NXT><CTL=RST>
void Connection::send_reset() {
  wire::TcpSegment segment;
  segment.seq = tcb_.snd.nxt;
  segment.flags = rst;
  transmit(std::move(segment));
}

/// What ABORT sends: the same, but for mistakes.
void Connection::send_abort() {
  wire::TcpSegment segment;
  segment.seq = tcb_.snd.nxt;
  segment.flags = rst;
  if (fault(Fault::abort_with_wrong_seq)) segment.seq = tcb_.snd.nxt + SeqLen{1000};
  if (fault(Fault::abort_with_fin)) segment.flags = fin | wire::ack;
  transmit(std::move(segment));
}

/// The reset that answers a segment.
void Connection::send_reset(const Segment& offending) {
  if (auto reset = reset_for(offending, host_, tcb_.state))
    host_.send(tcb_.local, tcb_.remote, std::move(*reset), ip_fields(EcnCodepoint::not_ect), tcb_.state);
}

// After a timeout everything that was outstanding counts as lost, and goes out again as slow start allows;
// what the peer has reported since then is left out.
bool Connection::send_lost_text() {
  if (tcb_.snd.una == tcb_.snd.iss) return false;  // the SYN comes first, and its timer sees to that
  auto& congestion = tcb_.congestion;
  congestion.lost_next = wire::later(congestion.lost_next, tcb_.snd.una);
  while (const Range* held = congestion.sacked.find(congestion.lost_next)) congestion.lost_next = held->right;
  if (!before(congestion.lost_next, congestion.lost_end)) return false;
  const std::uint32_t out = (congestion.lost_next - tcb_.snd.una).octets;
  const std::uint32_t length = std::min((congestion.lost_end - congestion.lost_next).octets, effective_mss());
  if (out >= tcb_.snd.wnd || (out > 0 && out + length > congestion.cwnd)) return false;
  const SeqNum from = congestion.lost_next;
  retransmit_at(from);
  return congestion.lost_next != from;
}

bool Connection::send_new_text() {
  if (fault(Fault::half_closed_peer_gets_no_text) && tcb_.peer_closed && unsent() > 0) return false;
  if (tcb_.congestion.waits_for_timer) return false;
  const std::uint32_t usable = usable_window();
  const std::uint32_t queued = unsent();
  const auto& congestion = tcb_.congestion;
  const std::uint32_t limit = congestion_limit();
  const std::uint32_t out = congestion.recovering && congestion.by_sack ? pipe() : flight();
  const std::uint32_t allowed = limit > out ? limit - out : 0;
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

/// SND.UNA + SND.WND - SND.NXT.
std::uint32_t Connection::usable_window() const {
  std::uint32_t window = tcb_.snd.wnd;
  if (fault(Fault::send_window_one_more)) ++window;
  if (fault(Fault::send_window_ignored)) window = 0x10'0000;
  if (fault(Fault::window_shrunk_ignored)) window = std::max(window, tcb_.snd.max_wnd);
  const SeqNum edge = (fault(Fault::send_window_from_nxt) ? tcb_.snd.nxt : tcb_.snd.una) + SeqLen{window};
  return before(tcb_.snd.nxt, edge) ? (edge - tcb_.snd.nxt).octets : 0;
}

// Silly window avoidance with Nagle's bracketed conditions (RFC 9293 sections 3.7.4 and 3.8.6.2.1).
bool Connection::may_send(std::uint32_t length, std::uint32_t usable) {
  const bool nagle = (tcb_.user.nagle || fault(Fault::nagle_switch_ignored)) && !fault(Fault::nagle_missing);
  const bool idle = tcb_.snd.una == tcb_.snd.nxt || !nagle;
  const bool all = length == unsent();  // every SEND counts as pushed
  if (length >= effective_mss()) return true;
  if (fault(Fault::small_text_waits_for_more)) return false;
  if (fault(Fault::silly_window_filled)) return true;
  if (idle && all && length <= usable) return true;
  if (idle && length >= tcb_.snd.max_wnd / 2) return true;
  return tcb_.override_now;
}

/// Sends `length` octets of text from `seq` on, and the FIN where it is wanted.
void Connection::send_stretch(SeqNum seq, std::uint32_t length, bool with_fin, bool again) {
  wire::TcpSegment segment;
  segment.seq = seq;
  segment.flags = wire::ack;
  if (length > 0) {
    const auto from = tcb_.outgoing.begin() + (seq - text_start()).octets;
    segment.text.assign(from, from + length);
  }
  const bool last = seq + SeqLen{length} == text_end();
  if (length > 0 && last && !fault(Fault::push_missing)) segment.flags = segment.flags | wire::psh;
  if (with_fin) segment.flags = segment.flags | fin;
  mark_urgent(segment);
  const SeqNum end = segment.end();
  const bool sent_before = before(seq, tcb_.snd.nxt);
  const bool ect = tcb_.agreed.ecn && length > 0 && (!again || fault(Fault::ect_on_retransmission));
  if (ect && tcb_.congestion.owes_cwr) {
    if (!fault(Fault::cwr_missing)) segment.flags = segment.flags | wire::cwr;
    tcb_.congestion.owes_cwr = fault(Fault::cwr_never_ends);
  }
  if (!again && !tcb_.timed) {
    tcb_.timed = end;
    tcb_.timed_since = host_.now();
  }
  if (before(tcb_.snd.nxt, end)) stop(Timer::tail_loss);
  tcb_.snd.nxt = wire::later(tcb_.snd.nxt, end);
  tcb_.congestion.last_sent = host_.now();
  misshape(segment, sent_before);
  transmit(std::move(segment), ect || (length > 0 && fault(Fault::ect_unagreed)));
}

/// Mistakes in putting a segment of text or FIN together.
void Connection::misshape(wire::TcpSegment& segment, bool sent_before) {
  auto& text = segment.text;
  if (segment.flags.has(fin)) {
    if (fault(Fault::fin_sent_without_ack_bit)) segment.flags = segment.flags - wire::ack;
    if (fault(Fault::fin_sent_one_too_far) && text.empty()) segment.seq = segment.seq + SeqLen{1};
    if (fault(Fault::fin_sent_one_too_early) && text.empty()) segment.seq = segment.seq - SeqLen{1};
    if (fault(Fault::fin_moves_when_retransmitted) && sent_before && text.empty())
      segment.seq = segment.seq + SeqLen{1};
  }
  if (text.empty()) return;
  if (fault(Fault::text_sent_without_ack_bit)) segment.flags = segment.flags - wire::ack;
  if (fault(Fault::text_sent_altered)) text.back() ^= std::byte{1};
  if (fault(Fault::text_sent_one_too_far) && !sent_before) segment.seq = segment.seq + SeqLen{1};
  if (!sent_before || tcb_.snd.wnd == 0) return;  // a window probe is another matter
  if (fault(Fault::retransmission_altered)) text.front() ^= std::byte{1};
  if (fault(Fault::retransmission_shifted)) segment.seq = segment.seq + SeqLen{1};
}

/// Fills in what every segment carries; whatever has ACK settles the acknowledgments that are owed.
void Connection::transmit(wire::TcpSegment segment, bool ect) {
  const bool settles = segment.flags.has(wire::ack);
  if (settles) {
    move_window_edge();
    segment.ack = acknowledgment_for(segment);
    if (tcb_.owed.echo_congestion && !segment.flags.any(syn | rst)) segment.flags = segment.flags | wire::ece;
    if (fault(Fault::ece_only_once)) tcb_.owed.echo_congestion = false;
  }
  if (!segment.flags.has(rst)) segment.window = window_field(segment.flags);
  segment.options = wire::encode_options(options_for(segment.flags));
  const bool stamped =
      segment.options.size() >= 12 && segment.options[2] == std::byte{wire::option_kind::timestamps};
  if (stamped && fault(Fault::ts_not_aligned) && !segment.flags.has(syn))
    std::rotate(segment.options.begin(), segment.options.begin() + 2, segment.options.begin() + 12);
  add_fast_open(segment);
  add_user_timeout(segment);
  const auto size = fixed_headers(tcb_.remote.address.family) + segment.options.size() + segment.text.size();
  tcb_.largest_sent = std::max(tcb_.largest_sent, static_cast<std::uint32_t>(size));
  const auto ecn = ect ? EcnCodepoint::ect_0 : EcnCodepoint::not_ect;
  if (settles) {
    tcb_.last_ack_sent = tcb_.rcv.nxt;
    tcb_.owed.now = false;
    tcb_.owed.segments = 0;
    if (!fault(Fault::dsack_repeated)) tcb_.owed.duplicate.reset();
    stop(Timer::delayed_ack);
  }
  host_.send(tcb_.local, tcb_.remote, std::move(segment), ip_fields(ecn), tcb_.state);
}

SeqNum Connection::acknowledgment_for(const wire::TcpSegment& segment) const {
  const bool answer = segment.flags.has(syn);
  if (answer && fault(Fault::syn_ack_acks_irs)) return tcb_.rcv.irs;
  if (answer && fault(Fault::syn_ack_acks_one_more)) return tcb_.rcv.nxt + SeqLen{1};
  const bool of_text = tcb_.owed.segments > 0 && !answer;
  if (of_text && fault(Fault::text_ack_one_short)) return tcb_.rcv.nxt - SeqLen{1};
  if (of_text && fault(Fault::text_ack_one_more)) return tcb_.rcv.nxt + SeqLen{1};
  const bool carries = !segment.text.empty() || segment.flags.has(fin);
  if (carries && fault(Fault::text_carries_stale_ack)) return tcb_.rcv.irs + SeqLen{1};
  return tcb_.rcv.nxt;
}

}  // namespace tcpjury::reference
