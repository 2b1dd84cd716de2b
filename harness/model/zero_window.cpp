#include "harness/model/zero_window.h"

#include <fmt/format.h>

#include "harness/model/giving_up.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

/// How long the first probe may take: one RTO is asked for, which may have been backed off to its cap (60 s
/// or more, RFC 6298 section 2.5).
constexpr Duration first_probe_most = 60s;
/// Between probes at the least, before "no more" can be told from "not yet". Growth is not limited by the
/// RFC.
constexpr Duration interval_floor = 130s;
/// The first probe comes after about one RTO; initial values from 0.2 s to 6 s are in use, coarse timers add
/// to them.
constexpr Duration first_probe_late = 12s;
/// Intervals need not grow beyond this (RFC 6298 section 2.5 has 60 s for its cap).
constexpr Duration cap = 55s;
/// Lower bounds of several seconds keep the first intervals of some stacks equal; after this many that is
/// over.
constexpr std::uint32_t grown_after = 9;

/// Text or a FIN that the closed window holds back.
bool something_waits(const Tcb& t) {
  return t.stream_end() != t.snd_una || (t.close_requested && !(t.fin_sent && t.snd_una == t.snd_nxt));
}

/// The persist condition.
bool persists(const Tcb& t) { return sends_text(t.state) && t.snd_wnd == 0 && something_waits(t); }

}  // namespace

/// Begins or ends the persist condition as the hypotheses see it.
void ZeroWindow::follow(TimeSpan at, const View& view) {
  const Tcb* t = agreed_sender(view.after);
  const bool closed = t != nullptr && persists(*t);
  if (closed == closed_) return;
  closed_ = closed;
  due_ = never;
  if (!closed) return;
  const Tcb* before = agreed_sender(view.before);
  beginning_seen_ = before != nullptr && !persists(*before);
  shrunken_ = t->outstanding();
  since_ = last_ = at;
  probes_ = 0;
  interval_ = {};
  first_gap_.reset();
  unanswered_.reset();
  always_answered_ = true;
  const Duration wait = std::max<Duration>(first_probe_most, next_expiry(t->timer, view.context));
  due_ = at.latest + wait + view.context.timing->slack;
}

void ZeroWindow::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  if (a.has(wire::ack)) unanswered_.reset();
  follow(a.at, view);
}

void ZeroWindow::call(TimeSpan at, const UserCall& call, const View& view, Findings& /*f*/) {
  if (closed_ && (call.kind == UserCall::Kind::abort || call.kind == UserCall::Kind::release)) {
    due_ = never;  // the persist condition does not keep the user from ending the connection
    closed_ = call.kind == UserCall::Kind::release;
    always_answered_ = false;
    return;
  }
  follow(at, view);
}

void ZeroWindow::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  const bool aborted = e.has(wire::rst) && view.before.front().state == State::closed;
  if (aborted && probes_ > 0) report_.held("RFC6429-4-2", State::established, f);
  const bool probe = what == EmissionClass::probe || what == EmissionClass::retransmission ||
                     (e.segment->text.empty() && e.has(wire::fin));
  // A FIN that follows CLOSE at once asks for no window: it occupies sequence space but holds no text.
  const bool closing = e.segment->text.empty() && e.has(wire::fin) && elapsed(last_, e.at).most < at_once;
  const State state = view.after.front().state;  // before it the connection may have been thought gone
  if (!closed_ || !probe || closing || e.crossed || e.has(wire::rst) || !sends_text(state)) {
    follow(e.at, view);
    return;
  }
  judge_interval(e, view, f);
  report_.held("RFC9293-MUST-36", state, f);
  report_.held(row("3.8.6.1", "PERSIST", state, Origin::active).requirement->id, state, f);
  if (shrunken_) report_.held("RFC9293-MUST-35", state, f);
  if (always_answered_ && !unanswered_ && elapsed(since_, e.at).least > r2_data) {
    for (const std::string_view id : {"RFC9293-MUST-37", "RFC1122-4.2.2.17-1", "RFC6429-4-1"})
      report_.held(id, state, f);
    if (shrunken_) report_.held("RFC9293-SHLD-17", state, f);
  }
  if (!unanswered_) unanswered_ = e.at;
  interval_ = elapsed(last_, e.at);
  last_ = e.at;
  ++probes_;
  due_ = e.at.latest + std::max<Duration>(interval_floor, interval_.most * 4) + view.context.timing->slack;
}

void ZeroWindow::judge_interval(const Emitted& e, const View& view, Findings& f) {
  const ElapsedBounds gap = elapsed(last_, e.at);
  if (probes_ < 4) f.measured(fmt::format("zero-window-probe.interval.{}", probes_ + 1), seconds(gap.least));
  if (probes_ == 1) first_gap_ = gap.least;
  if (!view.context.timing->exact) return;
  const State state = view.after.front().state;
  if (probes_ == 0 && beginning_seen_) {
    const Duration late = std::max<Duration>(first_probe_late + view.context.timing->slack,
                                             next_expiry(view.after.front().timer, view.context));
    if (gap.most < at_once || gap.least > late) {
      report_.broken(rule("RFC9293-SHLD-29", "PERSIST", state),
                     fmt::format("the first probe came after {}", seconds(gap.least)),
                     {"a first probe after about one retransmission timeout"}, shown(e, view), f);
    } else {
      report_.held("RFC9293-SHLD-29", state, f);
    }
  }
  if (probes_ + 1 < grown_after || !first_gap_) return;
  if (gap.most < cap && gap.most + view.context.timing->slack < *first_gap_ * 3 / 2) {
    report_.broken(rule("RFC9293-SHLD-30", "PERSIST", state),
                   fmt::format("the interval between probes did not grow: {} after {} at first",
                               seconds(gap.least), seconds(*first_gap_)),
                   {"intervals that grow exponentially"}, shown(e, view), f);
  } else {
    report_.held("RFC9293-SHLD-30", state, f);
  }
}

void ZeroWindow::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (due_ >= now || !closed_) return;
  due_ = never;
  const bool may_have_given_up = unanswered_ && elapsed(*unanswered_, exactly(now)).most >= r2_data;
  const Tcb* t = agreed_sender(view.before);
  if (may_have_given_up || t == nullptr || !sends_text(t->state) || gave_up_probing(*t, now)) return;
  const bool long_enough = elapsed(since_, exactly(now)).least > r2_data && always_answered_ && !unanswered_;
  const Rule why = probes_ > 0 && long_enough ? rule("RFC9293-MUST-37", "PERSIST", t->state)
                   : probes_ > 0              ? rule("RFC9293-MUST-36", "PERSIST", t->state)
                   : shrunken_                ? rule("RFC9293-MUST-35", "SHRINK", t->state)
                                              : row("3.8.6.1", "PERSIST", t->state, t->origin);
  report_.broken(why,
                 probes_ > 0 ? "the probes of the closed window ceased" : "the closed window is not probed",
                 {"a probe of the window"}, "nothing", f);
}

}  // namespace tcpjury::model
