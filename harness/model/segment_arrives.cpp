#include "harness/model/segment_arrives.h"

#include "harness/base/assert.h"
#include "harness/model/answers.h"

namespace tcpjury::model {
namespace {

/// RFC 9293 section 3.10.8: a TIME-WAIT whose 2MSL may be over, or must be.
void age_time_wait(const Tcb& t, const Arrival& a, const Context& c, std::vector<Tcb>& out) {
  if (t.state != State::time_wait) {
    out.push_back(t);
    return;
  }
  const bool may_be_over = elapsed(t.time_wait_entered, a.at).most >= c.timing->time_wait_least;
  const bool must_be_over =
      c.timing->time_wait_most && elapsed(t.time_wait_restarted, a.at).least > *c.timing->time_wait_most;
  if (!must_be_over) out.push_back(t);
  if (may_be_over) {
    Tcb gone = deleted(t);
    gone.time_wait_over = must_be_over;
    out.push_back(std::move(gone));
  }
}

/// RFC 793 names no limit for a half-open connection of a listener; RFC 4987 section 3.2 advises a short one.
/// Once a SYN,ACK was retransmitted in vain the listener may have forgotten it.
void age_syn_received(std::vector<Tcb>& aged, const Arrival& a) {
  const std::size_t known = aged.size();
  for (std::size_t i = 0; i < known; ++i) {
    const Tcb& t = aged[i];
    if (t.state != State::syn_received || t.origin != Origin::passive || t.timer.count == 0) continue;
    if (elapsed(t.timer.first, a.at).most < std::chrono::seconds{9}) continue;
    Tcb forgotten = deleted(t);
    ++forgotten.rank;
    aged.push_back(std::move(forgotten));
  }
}

/// A connection that a SYN had reopened from TIME-WAIT is gone: it "returns to TIME-WAIT state if the SYN
/// turns out to be an old duplicate" (section 3.6.1, MAY-2). Nothing shows which it was before the next
/// segment.
void return_to_time_wait(const Tcb& t, const Arrival& a, const Context& c, std::vector<Tcb>& aged) {
  if (t.former.empty() || t.state != State::closed) return;
  Tcb old = t.former.front();
  old.rank = static_cast<std::uint8_t>(t.rank + 1);
  old.owes = t.owes;
  old.deviation = t.deviation;
  age_time_wait(old, a, c, aged);
}

/// Begins a new stimulus: the silence asked for by the last one is over, but what should have had no effect
/// stays suspect until the target shows that the connection lives.
void begin_stimulus(Tcb& t) {
  for (const Rule& r : t.silent) {
    if (r.event.starts_with("RST-") || r.event.starts_with("ICMP-") || r.event == "ACK-BAD+RST" ||
        r.event == "BAD-CHECKSUM" || r.event == "DOFFSET-RX")
      t.suspect = r;
  }
  t.silent.clear();
  t.may_reset = false;
}

}  // namespace

Tcb segment_discarded(const Tcb& tcb, Rule why) {
  Tcb t = tcb;
  begin_stimulus(t);
  stay_silent(t, why);
  return t;
}

Branches segment_arrives(const Tcb& tcb, const Arrival& arrival, const Context& context) {
  std::vector<Tcb> aged;
  age_time_wait(tcb, arrival, context, aged);
  age_syn_received(aged, arrival);
  return_to_time_wait(tcb, arrival, context, aged);
  if (tcb.state == State::closed) aged.front().former.clear();
  Branches out;
  for (Tcb& t : aged) {
    begin_stimulus(t);
    t.timer.undisturbed = false;
    switch (t.state) {
      case State::closed:
      case State::listen:
        if (context.listening) {
          arrives_in_listen(t, arrival, context, out);
        } else {
          arrives_in_closed(t, arrival, context, out);
        }
        break;
      case State::syn_sent:
        arrives_in_syn_sent(t, arrival, context, out);
        break;
      default:
        arrives_in_other_states(t, arrival, context, out);
        break;
    }
  }
  TCPJURY_ASSERT(!out.empty());
  return out;
}

}  // namespace tcpjury::model
