#include "harness/model/giving_up.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

/// R1 corresponds to at least three retransmissions (SHLD-10): after so many the timer did its work.
constexpr std::uint32_t r1_retransmissions = 3;

bool is_syn(const Tcb& t) { return t.state == State::syn_sent || t.state == State::syn_received; }

}  // namespace

GivingUp giving_up(const Tcb& t, TimePoint now) {
  // The timeout of the user runs whether or not anything was sent again.
  if (t.user_r2 && elapsed(t.timer.first, exactly(now)).most >= *t.user_r2) return GivingUp::in_time;
  if (t.timer.count == 0) return GivingUp::no;
  // RFC 4987 section 3.3 lets a listener give up a SYN,ACK early.
  if (t.state == State::syn_received && t.origin == Origin::passive) return GivingUp::in_time;
  const Duration r2 = t.user_r2.value_or(is_syn(t) ? r2_syn : r2_data);
  if (elapsed(t.timer.first, exactly(now)).most >= r2) return GivingUp::in_time;
  return t.timer.count >= r1_retransmissions ? GivingUp::too_early : GivingUp::no;
}

bool gave_up_probing(const Tcb& t, TimePoint now) {
  return sends_text(t.state) && t.unanswered &&
         elapsed(*t.unanswered, exactly(now)).most >= t.user_r2.value_or(r2_data);
}

Rule r2_exceeded(const Tcb& t) {
  return row_or("RFC9293-MUST-20", "3.8.3", "R2-EXCEEDED", t.state, t.origin);
}

void Thresholds::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  const Tcb& t = view.after.front();
  advised_ = advised_ || (t.user_r2 && a.options.find(wire::option_kind::user_timeout) != nullptr);
}

void Thresholds::in_time(const Tcb& t, Findings& f) {
  report_.held("RFC9293-MUST-21", t.state, f);
  if (advised_) report_.held("RFC5482-3.1-1", t.state, f);  // what a user sets is not changeable
}

/// Who is asked to give up after R2 and still retransmits at twice that time does not know of it (MUST-21).
void Thresholds::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  const Tcb* t = agreed_sender(view.before);
  if (t == nullptr || what != EmissionClass::retransmission || !t->timer.running || !t->user_r2) return;
  const Duration tried = elapsed(t->timer.first, e.at).least;
  if (tried < 2 * *t->user_r2 + view.context.timing->slack) return;
  report_.broken(
      rule(advised_ ? "RFC5482-3.1-1" : "RFC9293-MUST-21", "R2", t->state),
      fmt::format("still retransmitting after {}", seconds(tried)),
      {fmt::format("the connection closed after {}, as the user has set it", seconds(*t->user_r2))},
      shown(e, view), f);
}

void Thresholds::notice(TimeSpan at, const UserNotice& notice, const View& view, Findings& f) {
  const Tcb& t = view.before.front();
  if (notice.kind == UserNotice::Kind::error && t.timer.running) gave_up(t, at.latest, f);
}

void Thresholds::quiet_until(TimePoint now, const View& view, Findings& f) {
  const Tcb* t = agreed_sender(view.before);
  if (t != nullptr && t->timer.running && t->timer.due < now) gave_up(*t, now, f);
}

void Thresholds::gave_up(const Tcb& t, TimePoint now, Findings& f) {
  if (giving_up(t, now) != GivingUp::in_time) return;
  if (t.user_r2) return in_time(t, f);
  if (t.timer.count < r1_retransmissions) return;
  f.measured("r2.retransmissions", fmt::format("{}", t.timer.count));
  f.measured("r2.last", seconds(t.timer.last.latest - t.timer.first.latest));
  report_.held(r2_exceeded(t).requirement->id, t.state, f);
  report_.held("RFC9293-MUST-20", t.state, f);
  if (t.state == State::syn_sent) {
    report_.held("RFC9293-MUST-22", t.state, f);
    report_.held("RFC9293-MUST-23", t.state, f);
  } else if (!is_syn(t)) {
    report_.held("RFC9293-SHLD-11", t.state, f);
  }
}

}  // namespace tcpjury::model
