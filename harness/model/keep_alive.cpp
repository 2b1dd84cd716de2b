#include "harness/model/keep_alive.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

/// A timer that counts in ticks may be early by one.
Duration early(Duration idle) { return idle - std::min<Duration>(idle / 10, 1s); }
/// Who is asked for `idle` and is not heard of by then does something else.
Duration late(Duration idle, const Context& c) { return idle * 3 / 2 + c.timing->prompt; }

bool is_keepalive(const Emitted& e, const Tcb& t) {
  if (!t.keepalive || t.outstanding() || e.has(wire::rst) || e.has(wire::syn)) return false;
  return e.segment->seq == t.snd_nxt - SeqLen{1} && e.segment->text.size() <= 1;
}

}  // namespace

/// Keep-alives come after what was adopted as user timeout, lest they end the connection before it.
Duration KeepAlive::wanted_idle(const Tcb& t) const {
  const Duration idle = idle_.value_or(default_idle);
  return timeout_told_ && t.user_r2 ? std::max(idle, *t.user_r2) : idle;
}

void KeepAlive::follow(TimeSpan at, const View& view) {
  idle_since_.reset();
  due_ = never;
  const Tcb* t = agreed_sender(view.after);
  const bool open = t != nullptr && (t->state == State::established || t->state == State::close_wait);
  if (!open || t->outstanding() || t->stream_end() != t->snd_nxt || t->snd_wnd == 0) return;
  if (!on_) {
    idle_since_ = at;
    due_ = at.latest + (was_on_ && idle_ ? late(*idle_, view.context) : interval);
  } else if (idle_ && probes_ == 0) {
    due_ = at.latest + late(wanted_idle(*t), view.context);
  }
}

void KeepAlive::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  given_up_.reset();
  for (const Tcb& t : view.before) {
    if (t.gone_by && t.gone_by->event == "KEEPALIVE-FAIL") given_up_ = t.gone_by;
  }
  heard_ = a.at;
  probes_before_ = std::exchange(probes_, std::uint8_t{0});
  follow(a.at, view);
}

void KeepAlive::call(TimeSpan at, const UserCall& call, const View& view, Findings& /*f*/) {
  if (call.kind != UserCall::Kind::set || !call.ok) return;
  const Duration time{static_cast<Duration::rep>(call.value)};
  if (call.option == UserOption::keepalive) {
    on_ = call.value != 0;
    was_on_ = was_on_ || on_;
  }
  if (call.option == UserOption::keepalive_idle) idle_ = time;
  if (call.option == UserOption::keepalive_count) count_is_one_ = call.value == 1;
  follow(at, view);
}

void KeepAlive::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  const Tcb* before = agreed_sender(view.before);
  const bool garbage_octet = !on_ && before != nullptr && idle_since_ && !e.crossed &&
                             !before->outstanding() && e.segment->text.size() == 1 &&
                             e.segment->seq == before->snd_nxt - SeqLen{1} &&
                             elapsed(*idle_since_, e.at).least > 1s;
  if (garbage_octet) {
    report_.broken(blame(rule("RFC9293-MUST-25", "KEEPALIVE", before->state), f),
                   "a keep-alive that no user asked for", {"no segment"}, shown(e, view), f);
  }
  timeout_told_ = timeout_told_ || e.options.find(wire::option_kind::user_timeout) != nullptr;
  if (e.has(wire::rst)) {
    const Tcb& t = view.before.front();
    if (on_ && given_up_) {
      died(probes_before_, given_up_->state, t.origin, shown(e, view), f);
    } else if (on_ && t.keepalives > 0 && keeps_alive(t.state)) {
      died(probes_, t.state, t.origin, shown(e, view), f);
    }
  } else if (before != nullptr && is_keepalive(e, *before) && !e.crossed) {
    probed(e, *before, view, f);
    return;
  }
  probes_before_ = 0;
  given_up_.reset();
  follow(e.at, view);
}

/// MUST-26 to MUST-29, SHLD-12: what one probe shows.
void KeepAlive::probed(const Emitted& e, const Tcb& before, const View& view, Findings& f) {
  due_ = never;
  if (e.segment->text.empty()) {
    report_.held("RFC9293-SHLD-12", before.state, f);
  } else {
    report_.broken(rule("RFC9293-SHLD-12", "KEEPALIVE", before.state), "a keep-alive with an octet of text",
                   {"a segment without text"}, shown(e, view), f);
  }
  if (probes_ < 0xff) ++probes_;
  if (keeps_alive(before.state)) f.held(row("3.8.4", "KEEPALIVE", before.state, before.origin));
  if (probes_ > 1) return report_.held("RFC9293-MUST-29", before.state, f);
  if (!heard_) return;
  const Duration idle = idle_.value_or(default_idle);
  const std::string_view id = idle_ ? "RFC9293-MUST-26" : "RFC9293-MUST-28";
  const ElapsedBounds quiet = elapsed(*heard_, e.at);
  if (quiet.most < early(idle)) {
    report_.broken(rule(id, "KEEPALIVE", before.state),
                   fmt::format("a keep-alive {} after the last segment came", seconds(quiet.most)),
                   {fmt::format("none before {}", seconds(idle))}, shown(e, view), f);
    return;
  }
  if (timeout_told_ && before.user_r2) {
    if (quiet.most < early(*before.user_r2)) {
      report_.broken(rule("RFC5482-4.2-1", "KEEPALIVE", before.state),
                     fmt::format("a keep-alive {} after the last segment came", seconds(quiet.most)),
                     {fmt::format("none before the user timeout of {}", seconds(*before.user_r2))},
                     shown(e, view), f);
    } else {
      report_.held("RFC5482-4.2-1", before.state, f);
    }
  }
  report_.held("RFC9293-MUST-24", before.state, f);
  report_.held(id, before.state, f);
  report_.held("RFC9293-MUST-26", before.state, f);
  if (idle_ && quiet.least < late(wanted_idle(before), view.context))
    report_.held("RFC9293-MUST-27", before.state, f);
}

/// One unanswered probe says nothing: the probe, or its answer, may be lost (MUST-29).
void KeepAlive::died(std::uint8_t after, State state, Origin origin, std::string got, Findings& f) {
  if (after == 1 && !count_is_one_) {
    report_.broken(rule("RFC9293-MUST-29", "KEEPALIVE-FAIL", state),
                   "the connection was given up after one keep-alive without an answer",
                   {"further keep-alives"}, std::move(got), f);
  } else if (after > 1) {
    f.held(row("3.8.4", "KEEPALIVE-FAIL", state, origin));
  }
  probes_ = probes_before_ = 0;
}

void KeepAlive::notice(TimeSpan /*at*/, const UserNotice& notice, const View& view, Findings& f) {
  const bool ended = notice.kind == UserNotice::Kind::reset || notice.kind == UserNotice::Kind::error;
  const Tcb& t = view.before.front();
  if (!ended || !on_ || probes_ == 0 || !keeps_alive(t.state)) return;
  died(probes_, t.state, t.origin, "the user was told of an error", f);
}

void KeepAlive::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (due_ >= now) return;
  due_ = never;
  const State state = view.before.front().state;
  if (!on_) {
    if (idle_since_) report_.held(was_on_ ? "RFC9293-MUST-24" : "RFC9293-MUST-25", state, f);
    return;
  }
  report_.broken(rule("RFC9293-MUST-27", "KEEPALIVE", state),
                 "no keep-alive after the interval the user has set",
                 {fmt::format("a keep-alive after {}", seconds(*idle_))}, "nothing", f);
}

Rule KeepAlive::blame(Rule why, const Findings& /*findings*/) const {
  const bool unasked = why.requirement->id == "RFC9293-MUST-25" && was_on_ && !on_;
  return unasked ? rule("RFC9293-MUST-24", why.event, why.state) : why;
}

}  // namespace tcpjury::model
