#include "harness/model/urgent_layer.h"

namespace tcpjury::model {
namespace {

bool exists(const Tcb& t) { return t.state != State::closed && t.state != State::listen; }

}  // namespace

void UrgentLayer::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  if (a.has(wire::rst)) row_.reset();
  without_bit_ = false;
  if (a.has(wire::rst) || a.has(wire::syn) || !a.has(wire::ack)) return;
  const Tcb* t = agreed_receiver(view.before);
  if (t == nullptr || !synchronized(t->state)) return;
  without_bit_ = !a.has(wire::urg) && a.segment->urgent != 0;
  if (!a.has(wire::urg) || a.segment->seq != t->rcv_nxt_least) return;
  row_ = row("3.10.7.4", "URG", t->state, t->origin);
  odd_pointer_ = a.segment->urgent == 0 || a.segment->urgent > a.segment->text.size();
}

void UrgentLayer::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  if (e.has(wire::rst) || !std::all_of(view.after.begin(), view.after.end(), exists)) return;
  if (without_bit_) f.held(rule("RFC9293-3.1-FLAGS-UNUSED", "URG", view.after.front().state));
  without_bit_ = false;
  if (!row_) return;
  f.held(*row_);
  if (odd_pointer_) f.held(rule("RFC9293-3.8.5-ROBUST-UP", "URG", row_->state));
  row_.reset();
}

void UrgentMarks::note(const Arrival& a) {
  if (!a.has(wire::urg) || a.has(wire::syn)) return;
  // The last urgent octet lies before the one pointed at (RFC 9293), or is that one (RFC 1122).
  const SeqNum following = a.segment->seq + SeqLen{a.segment->urgent};
  for (const SeqNum mark : {following - SeqLen{1}, following}) {
    if (marks_.size() == marks_max) marks_.erase(marks_.begin());
    marks_.push_back(mark);
  }
}

bool UrgentMarks::any_in(SeqNum first, SeqLen length) const {
  return std::any_of(marks_.begin(), marks_.end(),
                     [&](SeqNum m) { return wire::in_window(m, first, length); });
}

}  // namespace tcpjury::model
