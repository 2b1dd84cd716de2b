// Timestamps before everything else: RFC 7323 section 3.2 (a segment without the option) and section 5.3,
// R1 and R3 (PAWS), which take precedence over the check of the sequence number.
#include "harness/model/answers.h"
#include "harness/model/other_states.h"
#include "harness/model/timestamp_rules.h"

namespace tcpjury::model {
namespace {

/// After 24 days without an update TS.Recent is invalid (section 5.5): an older value proves nothing then.
constexpr Duration outdated_after = std::chrono::hours{24 * 24};

}  // namespace

/// "silently drop the segment", a SHOULD; never abort for want of the option. Whoever takes it all the same
/// is reported, and goes on.
void OtherStates::without_timestamps(Tcb& t) {
  Tcb dropped = t;
  stay_silent(dropped, rule("RFC7323-3.2-8", "NO-TSOPT", t.state));
  stay_silent(dropped, rule("RFC7323-3.2-9", "NO-TSOPT", t.state));
  ++dropped.ack_credit;
  drop(std::move(dropped));
  ++t.rank;
  // What would not be taken anyway is answered by other rules, a SYN by a challenge ACK above all.
  const Position where = position_of(t, a_.segment->seq, a_.segment->length());
  const bool taken = !a_.has(wire::syn) && (where == Position::at_nxt || where == Position::ahead);
  if (t.deviation || !taken) return;
  t.deviation = Deviation{rule("RFC7323-3.2-8", "NO-TSOPT", t.state),
                          "a segment without timestamps was processed although both SYNs carried them",
                          "acceptance keeps connections alive across middleboxes that strip the option"};
}

bool OtherStates::passes_paws(Tcb& t) {
  const auto ts = a_.options.timestamps();
  if (!ts) {
    without_timestamps(t);
    return true;
  }
  const bool perhaps = t.ts_recent && older_timestamp(ts->tsval, t.ts_recent->most);
  if (!perhaps || t.paws == false) {
    take_timestamp(t, ts->tsval);
    return true;
  }
  const bool surely = older_timestamp(ts->tsval, t.ts_recent->least);
  const ElapsedBounds idle = elapsed(t.ts_recent->at, a_.at);
  if (idle.least > outdated_after) {
    take_timestamp(t, ts->tsval);
    return true;
  }
  const bool valid = idle.most < outdated_after;
  const bool control = a_.has(wire::fin) || a_.has(wire::syn);
  // Deployed stacks let bare duplicate ACKs pass that carry nothing: that tells nothing about the rest.
  const bool telling = surely && valid && a_.segment->length().octets > 0;
  Tcb dropped = t;
  if (telling) dropped.paws = true;
  owe_challenge_ack(dropped, rule(control ? "RFC7323-5.3-2" : "RFC7323-5.3-1", "PAWS-FAIL", t.state), a_, c_,
                    out_);
  if (surely && valid && t.paws == true) return false;
  ++t.rank;  // PAWS is optional: "if the PAWS algorithm is used"
  if (telling) t.paws = false;
  if (!valid) take_timestamp(t, ts->tsval);
  return true;
}

/// R3: the highest value TS.Recent may have by now. Which segments update it is what TimestampEcho judges.
void OtherStates::take_timestamp(Tcb& t, std::uint32_t tsval) const {
  if (!t.ts_recent) {
    t.ts_recent = TsRecent{tsval, tsval, a_.at};
    return;
  }
  if (elapsed(t.ts_recent->at, a_.at).most >= outdated_after) t.ts_recent->least = t.ts_recent->most = tsval;
  if (older_timestamp(t.ts_recent->most, tsval)) t.ts_recent->most = tsval;
  t.ts_recent->at = a_.at;
}

}  // namespace tcpjury::model
