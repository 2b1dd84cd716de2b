#include "harness/model/keep_alive.h"

namespace tcpjury::model {

void KeepAlive::follow(TimeSpan at, const View& view) {
  idle_since_.reset();
  due_ = never;
  const Tcb* t = agreed_sender(view.after);
  const bool open = t != nullptr && (t->state == State::established || t->state == State::close_wait);
  if (!open || t->outstanding() || t->stream_end() != t->snd_nxt || t->snd_wnd == 0) return;
  idle_since_ = at;
  due_ = at.latest + interval;
}

void KeepAlive::arrival(const Arrival& a, const View& view, Findings& /*f*/) { follow(a.at, view); }

void KeepAlive::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  const Tcb* before = agreed_sender(view.before);
  const bool garbage_octet = before != nullptr && idle_since_ && !e.crossed && !before->outstanding() &&
                             e.segment->text.size() == 1 && e.segment->seq == before->snd_nxt - SeqLen{1} &&
                             elapsed(*idle_since_, e.at).least > std::chrono::seconds{1};
  if (garbage_octet) {
    report_.broken(rule("RFC9293-MUST-25", "KEEPALIVE", before->state), "a keep-alive that no user asked for",
                   {"no segment"}, shown(e, view), f);
  }
  follow(e.at, view);
}

void KeepAlive::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (!idle_since_ || due_ >= now) return;
  report_.held("RFC9293-MUST-25", view.before.front().state, f);
  due_ = never;
}

}  // namespace tcpjury::model
