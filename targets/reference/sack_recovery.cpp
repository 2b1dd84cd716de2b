// Loss recovery from what the peer reports (RFC 6675): the scoreboard, the pipe, and which hole comes next.
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::at_or_before;
using wire::before;
using wire::earlier;
using wire::later;

/// Takes the peer's SACK blocks into the scoreboard; true when they told something new.
bool Connection::note_sack(const Segment& segment) {
  if (!tcb_.agreed.sack || fault(Fault::sack_ignored_by_sender)) return false;
  bool news = false;
  for (const wire::SackBlock& block : segment.sack) {
    const Range range{block.left, block.right};
    const bool sane = before(range.left, range.right) &&
                      before(later(segment.ack, tcb_.snd.una), range.right) &&
                      at_or_before(tcb_.snd.una, range.left) && at_or_before(range.right, tcb_.snd.nxt);
    if (!sane || !before(segment.ack, range.right)) continue;  // at or below SEG.ACK: a D-SACK
    const std::uint32_t before_it = tcb_.congestion.sacked.octets_after(tcb_.snd.una);
    tcb_.congestion.sacked.add(range);
    news = news || tcb_.congestion.sacked.octets_after(tcb_.snd.una) != before_it;
  }
  return news;
}

/// IsLost(): three ranges, or more than two segments, were reported above it.
bool Connection::is_lost(SeqNum number) const {
  constexpr std::ptrdiff_t duplicate_threshold = 3;
  const auto& sacked = tcb_.congestion.sacked;
  const auto above =
      std::ranges::count_if(sacked.ranges(), [&](Range range) { return before(number, range.left); });
  return above >= duplicate_threshold ||
         sacked.octets_after(number) > (duplicate_threshold - 1) * effective_mss();
}

/// SetPipe(): octets still on their way. What is lost counts only where it was sent again.
std::uint32_t Connection::pipe() const {
  const auto& congestion = tcb_.congestion;
  std::uint32_t sum = 0;
  SeqNum at = tcb_.snd.una;
  const auto count_gap = [&](SeqNum end) {
    if (!before(at, end)) return;
    if (!is_lost(at)) sum += (end - at).octets;
    if (before(at, congestion.retransmitted)) sum += (earlier(end, congestion.retransmitted) - at).octets;
  };
  for (const Range& held : congestion.sacked.ranges()) {
    count_gap(held.left);
    at = later(at, held.right);
  }
  count_gap(tcb_.snd.nxt);
  return sum;
}

/// NextSeg() (1) and (3): the lowest hole that was not sent again yet, while the window has room for a
/// segment. Holes that are lost come before new text, others behind it.
bool Connection::send_hole(Holes which) {
  auto& congestion = tcb_.congestion;
  if (!congestion.recovering || !congestion.by_sack || congestion.sacked.empty()) return false;
  if (pipe() + effective_mss() > congestion.cwnd) return false;
  SeqNum hole = later(congestion.retransmitted, tcb_.snd.una);
  while (const Range* held = congestion.sacked.find(hole)) hole = held->right;
  if (!before(hole, congestion.sacked.ranges().back().left)) return false;
  if (which == Holes::lost && !is_lost(hole)) return false;
  const SeqNum former = congestion.retransmitted;
  retransmit_at(hole);
  return congestion.retransmitted != former;
}

}  // namespace tcpjury::reference
