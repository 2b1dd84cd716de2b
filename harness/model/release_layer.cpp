#include "harness/model/release_layer.h"

namespace tcpjury::model {

void ReleaseLayer::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  const Tcb* t = agreed_receiver(view.before);
  if (t == nullptr || !t->released || t->peer_fin || !takes_text(t->state)) {
    lost_.reset();
    return;
  }
  const SeqNum end = a.segment->seq + a.text_length();
  const bool plain = a.has(wire::ack) && !a.has(wire::syn) && !a.has(wire::rst) && !a.segment->text.empty();
  if (!plain || a.segment->seq != t->rcv_nxt_least || wire::before(t->rcv_edge, end)) return;
  if (passes_paws(a, *t)) lost_ = Lost{end, a.at.latest + 2 * view.context.timing->prompt, false};
}

void ReleaseLayer::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  if (!e.has(wire::rst)) {
    if (lost_ && e.has(wire::ack) && wire::at_or_before(lost_->end, e.segment->ack))
      lost_->acknowledged = true;
    return;
  }
  lost_.reset();
  for (const Tcb& t : view.before) {
    for (const Obligation& o : t.owes) {
      if (o.rule.event != "CLOSE-UNREAD") continue;
      f.held(rule("RFC9293-SHLD-3", "CLOSE-UNREAD", o.rule.state));
      f.measured("release.unread", "resets");
      return;
    }
  }
}

void ReleaseLayer::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (!lost_ || lost_->due >= now) return;
  if (lost_->acknowledged) {
    report_.broken(rule("RFC9293-SHLD-3", "DATA-AFTER-RELEASE", view.before.front().state),
                   "text that nobody will read was acknowledged, and no reset tells that it is lost",
                   {"<CTL=RST>"}, "an acknowledgment", f);
  }
  lost_.reset();
}

}  // namespace tcpjury::model
