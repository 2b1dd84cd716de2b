// Resets from the target: who may send one, and with which numbers (RFC 9293 section 3.5.2).
#include "harness/model/emission.h"

#include "harness/base/assert.h"
#include "harness/model/answers.h"
#include "harness/model/giving_up.h"

namespace tcpjury::model {
namespace {

enum class Fit : std::uint8_t { no, yes, ack_bit_too_much };

bool in_send_space(const Tcb& t, SeqNum seq) {
  return t.iss && wire::at_or_before(t.snd_una, seq) && wire::at_or_before(seq, t.snd_nxt);
}

Fit fits(const Obligation& o, const Emitted& e) {
  const wire::TcpSegment& s = *e.segment;
  switch (o.reset.kind) {
    case ResetNumbers::Kind::from_ack:
      if (s.seq != o.reset.seq) return Fit::no;
      return s.flags.has(wire::ack) ? Fit::ack_bit_too_much : Fit::yes;
    case ResetNumbers::Kind::no_ack:
      return s.flags.has(wire::ack) && s.seq == o.reset.seq && s.ack == o.reset.ack ? Fit::yes : Fit::no;
    case ResetNumbers::Kind::abort:
      // An aborting target deletes its TCB at once, so the numbers were kept in the obligation.
      return wire::at_or_before(o.reset.ack, s.seq) && wire::at_or_before(s.seq, o.reset.seq) ? Fit::yes
                                                                                              : Fit::no;
    case ResetNumbers::Kind::either:
      return s.seq == o.reset.seq || s.seq == o.reset.ack ? Fit::yes : Fit::no;
  }
  TCPJURY_UNREACHABLE();
}

/// A connection that could not deliver for R2 may be given up with a reset (USER-TIMEOUT-RST).
bool gave_up(const Tcb& t, const Emitted& e) {
  const bool is_syn = t.state == State::syn_sent || t.state == State::syn_received;
  if (gave_up_probing(t, e.at.latest)) return true;
  return (is_syn || t.snd_wnd != 0) && t.timer.running && t.timer.count > 0 &&
         elapsed(t.timer.first, e.at).most >= t.user_r2.value_or(is_syn ? r2_syn : r2_data);
}

Rejected reset_in_time_wait(const Tcb& t, const Emitted& e, const Context& c) {
  const bool over = t.owes.empty() && elapsed(t.time_wait_entered, e.at).most >= c.timing->time_wait_least;
  if (over && elapsed(t.time_wait_restarted, e.at).least > Duration::zero())
    return {{row("3.10.8", "TIME-WAIT", State::time_wait, t.origin),
             "the end of 2MSL sent a reset",
             wanted(t),
             {}}};
  return {{rule("RFC9293-MUST-13", "TIME-WAIT", State::time_wait),
           "the connection was gone before 2MSL had passed",
           wanted(t),
           {}}};
}

Rejected unexpected_reset(const Tcb& t, const Emitted& e, const Context& c) {
  for (const Obligation& o : t.owes) {
    if ((o.forms & form_reset) == 0) continue;
    return {{o.rule, "the reset does not carry the prescribed numbers", wanted(t), {}}};
  }
  // Whatever ended TIME-WAIT, it ended too early: what came last need not be the cause.
  const bool nearer_cause = t.state == State::syn_sent && !t.silent.empty();  // what arrived last
  if (t.suspect && t.state != State::closed && t.state != State::time_wait && !nearer_cause) {
    return {{*t.suspect, "the connection is gone although the segment had to leave it alone", wanted(t), {}}};
  }
  if (t.state == State::time_wait) return reset_in_time_wait(t, e, c);
  if (t.owes.empty() && synchronized(t.state) && t.snd_wnd == 0 && t.probes > 0) {
    return {{rule("RFC9293-MUST-37", "PERSIST", t.state),
             "the connection was given up although the probes of its closed window were answered",
             wanted(t),
             {}}};
  }
  const Rule why = to_blame(t, "RFC9293-3.5.2-ONLYWHENCLEAR");
  return {{why,
           t.owes.empty() ? "a reset that nothing calls for" : "a reset instead of the prescribed answer",
           wanted(t),
           {}}};
}

}  // namespace

Match match_reset(const Tcb& t, const Emitted& e, const Context& c) {
  for (std::size_t i = 0; i < t.owes.size(); ++i) {
    const Obligation& o = t.owes[i];
    if ((o.forms & form_reset) == 0) continue;
    const Fit fit = fits(o, e);
    if (fit == Fit::no) continue;
    Accepted a{.next = t};
    if (fit == Fit::ack_bit_too_much) {
      a.findings.push_back({o.rule, "the reset carries ACK although it answers a segment with ACK", wanted(t),
                            "some stacks always set ACK on a reset; receivers do not mind"});
    } else {
      a.held.push_back(o.rule);
    }
    a.next.owes.erase(a.next.owes.begin() + static_cast<std::ptrdiff_t>(i));
    if (o.reset.kind == ResetNumbers::Kind::abort) {
      a.next = deleted(t);
      a.next.gone_by = t.gone_by;
    }
    return a;
  }
  const bool unanswered = t.keepalives > 0;  // KEEPALIVE-FAIL
  if (((t.may_reset || unanswered) && in_send_space(t, e.segment->seq)) || gave_up(t, e)) {
    Accepted a{.next = {}};
    a.next.rank = t.rank;
    a.next.deviation = t.deviation;
    return a;
  }
  return unexpected_reset(t, e, c);
}

}  // namespace tcpjury::model
