#include "harness/model/reassembly_layer.h"

namespace tcpjury::model {

void ReassemblyLayer::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  filled_.reset();
  acknowledged_ = false;
  const Tcb* t = agreed_receiver(view.before);
  if (t == nullptr || !takes_text(t->state) || (t->held.empty() && !t->held_fin)) return;
  // What came with a SYN is not beyond a gap.
  if (std::any_of(t->held.begin(), t->held.end(),
                  [&](const SeqRange& r) { return wire::at_or_before(r.first, t->rcv_nxt_least); }))
    return;
  if (a.has(wire::fin) || !a.has(wire::ack) || a.segment->seq != t->rcv_nxt_least) return;
  const SeqNum end = a.segment->seq + a.text_length();
  // A held FIN counts or does not: two hypotheses, one sequence number apart.
  SeqNum most = view.after.front().rcv_nxt_most;
  for (const Tcb& after : view.after) most = wire::later(most, after.rcv_nxt_most);
  const bool bounded = std::all_of(view.after.begin(), view.after.end(), [&](const Tcb& after) {
    return after.rcv_nxt_most == most ||
           (t->held_fin && after.rcv_nxt_most == *t->held_fin && most == *t->held_fin + SeqLen{1});
  });
  if (!bounded || !wire::before(end, most)) return;
  filled_ = Filled{end, most, a.at.latest + view.context.timing->acknowledgment};
}

void ReassemblyLayer::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  if (!filled_ || !e.has(wire::ack)) return;
  if (wire::at_or_before(filled_->most, e.segment->ack)) {
    report_.held("RFC9293-SHLD-31", view.after.front().state, f);
    filled_.reset();
  } else if (wire::at_or_before(filled_->end, e.segment->ack)) {
    acknowledged_ = true;
  }
}

void ReassemblyLayer::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (!filled_ || filled_->due >= now) return;
  if (acknowledged_) {
    report_.broken(rule("RFC9293-SHLD-31", "DATA-FILLGAP", view.before.front().state),
                   "text beyond the gap was not kept", {"an acknowledgment of all that arrived"},
                   "an acknowledgment of what filled the gap", f);
  }
  filled_.reset();
}

}  // namespace tcpjury::model
