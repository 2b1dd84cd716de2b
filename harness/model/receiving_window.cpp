#include "harness/model/receiving_window.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

/// A single small step may come from rounding by the scale factor, or from a buffer that grows.
constexpr std::uint32_t sustained = 3;

}  // namespace

void ReceivingWindow::call(TimeSpan /*at*/, const UserCall& call, const View& view, Findings& f) {
  if (call.kind != UserCall::Kind::receive || call.octets.empty()) return;
  const Tcb* t = agreed_receiver(view.after);
  if (t == nullptr || !takes_text(t->state)) return;
  // A read before this one brought no update although the window is all but closed: that is the avoidance.
  const bool nearly_closed =
      (t->rcv_edge - t->rcv_nxt_least).octets < std::min<std::uint32_t>(536, largest_ / 4);
  if (read_little_ && nearly_closed) report_.held("RFC9293-MUST-39", t->state, f);
  read_little_ = nearly_closed;
}

void ReceivingWindow::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  const Tcb* before = agreed_receiver(view.before);
  const Tcb* after = agreed_receiver(view.after);
  if (before == nullptr || after == nullptr || e.has(wire::rst) || e.has(wire::syn)) return;
  read_little_ = false;
  largest_ = std::max(largest_, after->last_wnd);
  if (what != EmissionClass::window_update || !wire::before(before->rcv_edge, after->rcv_edge)) return;
  const std::uint32_t step = (after->rcv_edge - before->rcv_edge).octets;
  const std::uint32_t worth = std::min<std::uint32_t>({largest_ / 2, sender_mss(*after, view.context), 536});
  if (step >= worth) {
    tiny_ = 0;
    return report_.held("RFC9293-MUST-39", after->state, f);
  }
  if (++tiny_ < sustained) return;
  report_.broken(rule("RFC9293-MUST-39", "SILLY-WINDOW", after->state),
                 fmt::format("{} window updates in a row, the last one by {} octets", tiny_, step),
                 {fmt::format("no update before {} octets can be offered", worth)}, shown(e, view), f);
}

}  // namespace tcpjury::model
