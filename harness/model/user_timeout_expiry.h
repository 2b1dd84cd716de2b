// The user timeout (RFC 9293 sections 3.9.1.1 and 3.10.8): a connection whose segments nobody acknowledged is
// deleted, and what arrives afterwards finds it gone.
#pragma once

#include <optional>
#include <string>

#include "harness/model/giving_up.h"

namespace tcpjury::model {

class UserTimeoutExpiry : public Layer {
 public:
  void arrival(const Arrival& /*a*/, const View& view, Findings& /*f*/) {
    for (const Tcb& t : view.before) {
      if (t.state == State::closed && t.gone_by && t.gone_by->event == "R2-EXCEEDED")
        expired_ = same_row(*t.gone_by);
    }
  }
  void notice(TimeSpan /*at*/, const UserNotice& notice, const View& view, Findings& f) {
    if (notice.kind != UserNotice::Kind::error) return;
    for (const Tcb& t : view.before) {
      if (t.gone_by && t.gone_by->event == "USER-TIMEOUT") f.held(*t.gone_by);
    }
  }
  void quiet_until(TimePoint now, const View& view, Findings& /*f*/) {
    for (const Tcb& t : view.before) {
      const bool over = t.timer.running && t.timer.due < now && giving_up(t, now) == GivingUp::in_time;
      if (over) expired_ = row("3.10.8", "USER-TIMEOUT", t.state, t.origin);
    }
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
  [[nodiscard]] UserTimeoutExpiry renewed() const { return *this; }

 private:
  std::optional<Rule> expired_ = {};

  /// Interfaces in use know one limit for both: R2 ends a connection as the user timeout does.
  static Rule same_row(const Rule& r2) {
    constexpr std::string_view r2_rows = "RFC9293-3.8.3-R2-EXCEEDED-";
    const std::string id =
        "RFC9293-3.10.8-USER-TIMEOUT-" + std::string{r2.requirement->id.substr(r2_rows.size())};
    return rule(id, "USER-TIMEOUT", r2.state);
  }
};

}  // namespace tcpjury::model
