#include "harness/model/notices.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/model/giving_up.h"

namespace tcpjury::model {
namespace {

/// Text, a FIN or a window probe waits for its acknowledgment, and nothing but its timer could end this.
bool only_time_can_end(const Tcb& t) {
  return synchronized(t.state) && t.state != State::time_wait && t.outstanding() && t.timer.running &&
         !t.may_reset && !t.suspect && t.keepalives == 0 && !t.user_r2;
}

/// What came last had to be without effect, and is of this kind.
bool ignored(const Tcb& t, std::string_view event) {
  return synchronized(t.state) && !t.silent.empty() && t.silent.back().event.starts_with(event);
}

/// Time may have ended it: R2 or a limit to FIN-WAIT-2 is over, or keep-alives went unanswered.
bool may_have_run_out(const Tcb& t, TimePoint now) {
  const bool run_out =
      t.timer.running ? giving_up(t, now) == GivingUp::in_time : t.state == State::fin_wait_2;
  return run_out || gave_up_probing(t, now) || t.keepalives > 0;
}

}  // namespace

std::optional<Finding> contradiction(const UserNotice& notice, std::span<const Tcb> hypotheses, TimePoint now,
                                     TimePoint last_stimulus, const Context& c) {
  const auto each = [&](auto what) {
    return !hypotheses.empty() && std::all_of(hypotheses.begin(), hypotheses.end(), what);
  };
  const bool just_now = now - last_stimulus <= c.timing->slack;
  const bool by_error = notice.kind == UserNotice::Kind::error &&
                        each([&](const Tcb& t) { return ignored(t, "ICMP") && !may_have_run_out(t, now); });
  const bool by_reset =
      notice.kind == UserNotice::Kind::reset && each([&](const Tcb& t) { return ignored(t, "RST-OUT"); });
  if (just_now && (by_error || by_reset)) {
    return Finding{hypotheses.front().silent.back(),
                   "the connection is gone although what came had to be without effect",
                   {"no end of the connection"},
                   {}};
  }
  const bool half_closed = each([](const Tcb& t) { return t.state == State::close_wait; });
  if (notice.kind == UserNotice::Kind::reset && half_closed) {
    return Finding{rule("RFC9293-MUST-12", "FIN", State::close_wait),
                   "the user was told of a reset although the peer has closed",
                   {"the end of the peer's text"},
                   {}};
  }
  const bool too_early =
      notice.kind == UserNotice::Kind::error && c.timing->exact && each([&](const Tcb& t) {
        return only_time_can_end(t) && !gave_up_probing(t, now) && giving_up(t, now) != GivingUp::in_time;
      });
  if (!too_early) return std::nullopt;
  const Tcb& t = hypotheses.front();
  const auto waited = elapsed(t.timer.first, exactly(now)).most;
  return Finding{rule("RFC9293-SHLD-11", "R2", t.state),
                 fmt::format("the connection was given up {} s after the last progress",
                             std::chrono::duration_cast<std::chrono::seconds>(waited).count()),
                 {"retransmissions for 100 seconds"},
                 {}};
}

bool tells_of_giving_up(const UserNotice& notice, const Tcb& t, TimePoint now, const Context& c) {
  return notice.kind == UserNotice::Kind::error && c.timing->exact && t.state != State::closed &&
         t.timer.running && giving_up(t, now) == GivingUp::in_time;
}

}  // namespace tcpjury::model
