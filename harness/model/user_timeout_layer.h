// The user timeout (RFC 9293 sections 3.9.1.1 and 3.10.8): a connection whose segments nobody acknowledged is
// deleted, and what arrives afterwards finds it gone.
#pragma once

#include <optional>

#include "harness/model/giving_up.h"

namespace tcpjury::model {

class UserTimeoutLayer : public Layer {
 public:
  void quiet_until(TimePoint now, const View& view, Findings& /*f*/) {
    const Tcb* t = agreed_sender(view.before);
    if (t == nullptr || !t->timer.running || t->timer.due >= now) return;
    if (giving_up(*t, now) == GivingUp::in_time)
      expired_ = row("3.10.8", "USER-TIMEOUT", t->state, t->origin);
  }
  void emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
    const bool gone = std::all_of(view.after.begin(), view.after.end(),
                                  [](const Tcb& t) { return t.state == State::closed; });
    if (expired_ && e.has(wire::rst) && gone) {
      f.held(*expired_);
      f.held(rule("RFC9293-3.9.1.1-TIMEOUT", "USER-TIMEOUT", expired_->state));
    }
    expired_.reset();
  }
  [[nodiscard]] UserTimeoutLayer renewed() const { return *this; }

 private:
  std::optional<Rule> expired_ = {};
};

}  // namespace tcpjury::model
