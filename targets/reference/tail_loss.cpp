// RFC 8985 section 7: where the end of a flight is lost, no duplicate acknowledgments tell of it. A probe
// after about two round trips makes the peer report what it has.
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::at_or_before;
using wire::before;

// Section 7.2: armed after new text and after an acknowledgment of some, outside of recovery.
void Connection::arrange_tail_loss_probe() {
  const auto& congestion = tcb_.congestion;
  if (tcb_.tail_probe && at_or_before(*tcb_.tail_probe, tcb_.snd.una)) tcb_.tail_probe.reset();
  const bool repairs = congestion.recovering || before(congestion.lost_next, congestion.lost_end) ||
                       !congestion.sacked.ranges().empty() || tcb_.expiries > 0;
  const bool text = flight() > 0 && tcb_.snd.una != tcb_.snd.iss && tcb_.snd.wnd > 0;
  const bool again = tcb_.tail_probe.has_value() && !fault(Fault::tail_probe_repeated);
  const bool wanted = host_.settings().tail_loss_probe && tcb_.agreed.sack && text && !repairs && !again &&
                      (tcb_.tail_measured || fault(Fault::tail_probe_repeated));
  if (!wanted) return stop(Timer::tail_loss);
  if (!runs(Timer::tail_loss)) start(Timer::tail_loss, probe_span());
}

/// PTO: 2*SRTT, or a second; one segment alone may wait for a delayed acknowledgment. Not beyond the RTO.
Time Connection::probe_span() const {
  constexpr Time worst_delay = 200 * milliseconds;
  const auto smoothed = tcb_.round_trip.smoothed();
  Time span = smoothed ? 2 * *smoothed : 1 * seconds;
  if (flight() <= effective_mss()) span += worst_delay;
  if (fault(Fault::tail_probe_too_early)) span = smoothed ? *smoothed / 2 : 1 * seconds;
  const Time expiry = tcb_.timers[static_cast<std::size_t>(Timer::retransmission)];
  return expiry == never ? span : std::min(span, expiry - host_.now());
}

// Section 7.3: new text if there is some and the window takes it, else the last segment again.
void Connection::tail_loss_probe() {
  if (flight() == 0) return;
  tcb_.tail_measured = false;
  const std::uint32_t fresh = std::min({unsent(), usable_window(), effective_mss()});
  if (fresh > 0 && !fault(Fault::tail_probe_without_new_text)) {
    send_stretch(tcb_.snd.nxt, fresh, false, false);
  } else {
    const std::uint32_t length = std::min(flight(), effective_mss());
    const bool fin_too = tcb_.fin && before(*tcb_.fin, tcb_.snd.nxt);
    const std::uint32_t text = length - (fin_too ? 1 : 0);
    send_stretch(tcb_.snd.nxt - SeqLen{length}, text, fin_too, true);
  }
  tcb_.tail_probe = tcb_.snd.nxt;
  stop(Timer::tail_loss);
  if (fault(Fault::tail_probe_leaves_timer)) return start(Timer::retransmission, milliseconds);
  stop(Timer::retransmission);  // it is started anew with a full RTO
}

}  // namespace tcpjury::reference
