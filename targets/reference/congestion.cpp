// Congestion control: RFC 5681 with RFC 6928 (initial window), 6582 (fast recovery), 3042 (limited transmit),
// the scoreboard of RFC 6675 for choosing what to send again, and RFC 3168 (ECE as a sign of congestion).
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::at_or_before;
using wire::before;
using wire::later;

std::uint32_t Connection::initial_window() const {
  const std::uint32_t mss = effective_mss();
  if (fault(Fault::initial_window_too_large)) return 40 * mss;
  return std::min(10 * mss, std::max<std::uint32_t>(2 * mss, 14'600));
}

void Connection::start_congestion_control() {
  auto& congestion = tcb_.congestion;
  congestion.cwnd = initial_window();
  if (tcb_.syn_retransmitted) {
    if (!fault(Fault::initial_window_after_syn_loss))
      congestion.cwnd = effective_mss();  // RFC 5681 section 3.1
    if (!fault(Fault::timeout_after_syn_loss_kept))
      tcb_.round_trip.set_timeout(RoundTrip::after_syn_loss);  // RFC 6298 (5.7)
  }
  congestion.reduced_at = congestion.recover = congestion.lost_next = congestion.lost_end = tcb_.snd.una;
}

/// How many octets may be outstanding. Two duplicate acknowledgments let a new segment go each (RFC 3042).
std::uint32_t Connection::congestion_limit() const {
  const auto& congestion = tcb_.congestion;
  if (fault(Fault::congestion_window_ignored)) return 0x10'0000;
  if (fault(Fault::limited_transmit_missing)) return congestion.cwnd;
  if (congestion.recovering) return congestion.cwnd;
  return congestion.cwnd + std::min(congestion.releasing, 2U) * effective_mss();
}

/// `count` octets of new text were acknowledged.
void Connection::acknowledged(std::uint32_t count) {
  auto& congestion = tcb_.congestion;
  congestion.sacked.drop_before(tcb_.snd.una);
  congestion.duplicates = congestion.releasing = 0;
  congestion.limited = 0;
  if (congestion.recovering) {
    if (before(tcb_.snd.una, congestion.recover))
      partial_ack(count);
    else
      leave_recovery();
    return;
  }
  if (congestion.echoed) return;  // no growth by an acknowledgment that tells of congestion
  const std::uint32_t mss = effective_mss();
  if (congestion.cwnd < congestion.ssthresh || fault(Fault::congestion_avoidance_missing)) {
    congestion.cwnd += std::min(count, mss);  // slow start
    if (fault(Fault::slow_start_too_fast)) congestion.cwnd += 2 * count;
    return;
  }
  congestion.acked += count;  // congestion avoidance: one segment for each window of octets
  if (congestion.acked < congestion.cwnd) return;
  congestion.acked -= congestion.cwnd;
  congestion.cwnd += mss;
}

/// SEG.ACK = SND.UNA; RFC 5681 section 2 says which of these count as duplicates.
void Connection::duplicate_ack(const Segment& segment, bool new_sack) {
  auto& congestion = tcb_.congestion;
  const bool same_window = scaled(segment) == tcb_.snd.wnd;
  const bool loose = fault(Fault::duplicates_counted_loosely);
  if (flight() == 0 || (segment.length() != SeqLen{0} && !loose)) return;
  if (!(same_window || new_sack || loose)) return;
  if (tcb_.agreed.sack && !congestion.sacked.empty() && !new_sack) return;
  if (before(congestion.lost_next, congestion.lost_end)) return;  // a timeout is being mended
  if (tcb_.snd.wnd == 0) return;                                  // these answer window probes
  if (congestion.recovering) {
    if (!congestion.by_sack) congestion.cwnd += effective_mss();  // a segment has left the network
    return;
  }
  if (fault(Fault::fast_retransmit_missing)) return;
  ++congestion.duplicates;
  // "MUST NOT send new data unless the incoming duplicate acknowledgment contains new SACK information".
  if (!tcb_.agreed.sack || new_sack) ++congestion.releasing;
  if (fault(Fault::fast_retransmit_too_early)) congestion.duplicates = 3;
  const bool lost = congestion.duplicates >= 3 || is_lost(tcb_.snd.una);
  if (lost && at_or_before(congestion.recover, tcb_.snd.una)) enter_recovery();
}

void Connection::enter_recovery() {
  auto& congestion = tcb_.congestion;
  const std::uint32_t mss = effective_mss();
  const std::uint32_t in_flight = flight() - std::min(congestion.limited, flight());
  congestion.ssthresh = std::max(in_flight / 2, 2 * mss);
  if (fault(Fault::recovery_keeps_window)) congestion.ssthresh = std::max(congestion.cwnd, 2 * mss);
  congestion.recover = tcb_.snd.nxt;
  congestion.recovering = true;
  congestion.owes_cwr = tcb_.agreed.ecn;
  congestion.retransmitted = tcb_.snd.una;
  congestion.by_sack = !congestion.sacked.empty();
  retransmit_at(tcb_.snd.una);
  congestion.cwnd = congestion.by_sack ? congestion.ssthresh : congestion.ssthresh + 3 * mss;
}

// RFC 6582 section 3.2, step 3: the next hole at once, and the window deflated by what was acknowledged.
void Connection::partial_ack(std::uint32_t count) {
  auto& congestion = tcb_.congestion;
  const std::uint32_t mss = effective_mss();
  congestion.retransmitted = later(congestion.retransmitted, tcb_.snd.una);
  if (fault(Fault::partial_ack_waits_for_timeout)) return;
  if (congestion.by_sack && !congestion.sacked.empty()) return;  // see send_hole()
  retransmit_at(tcb_.snd.una);
  if (congestion.by_sack) return;
  congestion.cwnd -= std::min(count, congestion.cwnd);
  if (count >= mss) congestion.cwnd += mss;
  congestion.cwnd = std::max(congestion.cwnd, mss);
}

void Connection::leave_recovery() {
  auto& congestion = tcb_.congestion;
  const std::uint32_t mss = effective_mss();
  congestion.recovering = false;
  if (!congestion.by_sack && !fault(Fault::recovery_never_deflates))
    congestion.cwnd = std::min(congestion.ssthresh, std::max(flight(), mss) + mss);
  congestion.acked = 0;
}

/// Sends again what stands at `seq`: at most a segment, not into what the peer has reported, and not beyond a
/// window that shrank (SHLD-16).
void Connection::retransmit_at(SeqNum seq) {
  auto& congestion = tcb_.congestion;
  // A window probe that was not taken goes out anew together with what follows it.
  const bool window_opened = tcb_.probes > 0 && tcb_.snd.wnd > 0;
  const SeqNum end = window_opened ? text_end() : wire::earlier(text_end(), tcb_.snd.nxt);
  std::uint32_t length = before(seq, end) ? std::min((end - seq).octets, effective_mss()) : 0;
  for (const Range& held : congestion.sacked.ranges())
    if (before(seq, held.left)) length = std::min(length, (held.left - seq).octets);
  const SeqNum edge = tcb_.snd.una + SeqLen{tcb_.snd.wnd};
  const std::uint32_t room = before(seq, edge) ? (edge - seq).octets : 0;
  length = std::min(length, std::max<std::uint32_t>(room, 1));
  const bool fin_sent = tcb_.fin && !fin_unsent();
  const bool with_fin = fin_sent && seq + SeqLen{length} == *tcb_.fin;
  if (length == 0 && !with_fin) return;
  send_stretch(seq, length, with_fin, true);
  const SeqNum sent = seq + SeqLen{length + (with_fin ? 1 : 0)};
  tcb_.timed.reset();  // no measurement over a retransmission
  if (fault(Fault::karn_ignored)) {
    tcb_.timed = sent;
    tcb_.timed_since = host_.now();
  }
  congestion.retransmitted = later(congestion.retransmitted, sent);
  if (before(congestion.lost_next, sent)) congestion.lost_next = sent;
}

/// By mistake the end of the flight is sent again instead of its beginning.
SeqNum Connection::newest_unacknowledged() const {
  const SeqNum end = wire::earlier(text_end(), tcb_.snd.nxt);
  const std::uint32_t out = before(tcb_.snd.una, end) ? (end - tcb_.snd.una).octets : 0;
  return end - SeqLen{std::min(out, effective_mss())};
}

// RFC 3168 section 6.1.2: ECE is treated like a loss, once for a window of text.
void Connection::note_congestion_echo(const Segment& segment) {
  auto& congestion = tcb_.congestion;
  congestion.echoed = tcb_.agreed.ecn && segment.has(wire::ece) && !fault(Fault::ece_ignored_by_sender);
  if (!congestion.echoed || congestion.recovering) return;
  if (flight() == 0 || !before(congestion.reduced_at, segment.ack)) return;
  const std::uint32_t mss = effective_mss();
  congestion.waits_for_timer = congestion.cwnd <= mss;
  congestion.ssthresh = std::max(std::min(flight(), congestion.cwnd) / 2, 2 * mss);
  congestion.cwnd = std::max(congestion.cwnd / 2, mss);
  congestion.reduced_at = tcb_.snd.nxt;
  congestion.owes_cwr = true;
}

/// A round trip was seen: by timestamps where they are used (RFC 7323 section 4.1), else by the segment
/// timed.
void Connection::measure(const Segment& segment) {
  if (tcb_.agreed.timestamps && segment.timestamps) {
    const std::uint32_t ticks = timestamp_now() - segment.timestamps->tsecr;
    if (fault(Fault::timeout_not_collapsed)) return;
    if (segment.timestamps->tsecr == 0 || ticks >= 0x4000'0000U) return;
    tcb_.round_trip.sample(ticks * milliseconds);
    tcb_.tail_measured = true;
    return;
  }
  if (!tcb_.timed || before(segment.ack, *tcb_.timed) || fault(Fault::timeout_not_collapsed)) return;
  tcb_.round_trip.sample(host_.now() - tcb_.timed_since);
  tcb_.timed.reset();
  tcb_.tail_measured = true;
}

}  // namespace tcpjury::reference
