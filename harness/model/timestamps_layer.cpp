#include "harness/model/timestamps_layer.h"

#include <fmt/format.h>

#include "harness/model/agreement.h"

namespace tcpjury::model {

void TimestampsLayer::arrival(const Arrival& a, const View& v, Findings& /*f*/) {
  abort_carries_ = false;
  echo_.arrival(a, v);
}

Rule TimestampsLayer::blame(const Rule& rule, const Findings& /*findings*/) const {
  const auto doubt = echo_.doubt();
  if (rule.event == "RST-EXACT" && echo_.old_reset())
    return TimestampRules::cite(TsRule::reset_obeyed, rule.event, rule.state);
  if (doubt && rule.requirement->id.starts_with("RFC9293-3.10.7.4-DATA-INORDER"))
    return TimestampRules::cite(*doubt, rule.event, rule.state);
  return rule;
}

void TimestampsLayer::call(TimeSpan /*at*/, const UserCall& call, const View& v, Findings& /*f*/) {
  abort_carries_ = call.kind == UserCall::Kind::abort && all_agree(v.before, [](const Tcb& t) {
                     return synchronized(t.state) && t.options.timestamps();
                   });
}

void TimestampsLayer::emission(const Emitted& e, EmissionClass what, const View& v, Findings& f) {
  const auto ts = e.options.timestamps();
  const State state = v.before.front().state;
  if (e.has(wire::rst)) return reset(e, ts.has_value(), state, f);
  const auto paws = common(v.after, [](const Tcb& t) { return t.paws; });
  if (paws && *paws) paws_shown(e, **paws, state, f);
  if (!ts) return;
  clock_.emission(e, ts->tsval, what, v, rules_, f);
  if (!e.has(wire::ack)) {
    if (ts->tsecr == 0) {
      rules_.held(TsRule::echo_zero, state, f);
    } else {
      rules_.broken(TsRule::echo_zero, state,
                    {"TS-SYN", fmt::format("TSecr is {} on a segment without ACK", ts->tsecr), "TSecr 0", {}},
                    wire::to_notation(*e.segment), f);
    }
    return;
  }
  if (all_agree(v.after, [](const Tcb& t) { return !t.options.peer_timestamps; }))
    return without_negotiation(e, v, f);
  if (all_agree(v.after, [](const Tcb& t) { return t.options.timestamps(); }))
    echo_.emission(e, ts->tsecr, v, rules_, f);
}

/// Section 3.2: an abort of a connection with timestamps carries the option. A reset that answers a segment
/// has no connection to know it from.
void TimestampsLayer::reset(const Emitted& e, bool carries, State state, Findings& f) {
  if (!abort_carries_) return;
  abort_carries_ = false;
  if (carries) {
    rules_.held(TsRule::reset_carries, state, f);
  } else {
    rules_.broken(TsRule::reset_carries, state,
                  {"TS-ABORT",
                   "the reset of an abort without timestamps although both SYNs carried them",
                   "a timestamps option",
                   {}},
                  wire::to_notation(*e.segment), f);
  }
}

/// Section 5.7: who uses PAWS also does Path MTU discovery, so that old fragments cannot slip in.
void TimestampsLayer::paws_shown(const Emitted& e, bool used, State state, Findings& f) {
  if (paws_ != used) f.measured("paws", used ? "used" : "not used");
  paws_ = used;
  const auto* v4 = std::get_if<wire::Ipv4Header>(&e.frame->packet.ip);
  if (!used || v4 == nullptr || e.segment->text.empty()) return;
  if (v4->dont_fragment) {
    rules_.held(TsRule::dont_fragment, state, f);
  } else {
    rules_.broken(TsRule::dont_fragment, state,
                  {"PAWS-DF", "text without Don't Fragment from a target that uses PAWS", "DF set", {}},
                  wire::to_notation(*e.segment), f);
  }
}

void TimestampsLayer::without_negotiation(const Emitted& e, const View& v, Findings& f) {
  if (e.has(wire::syn)) return;  // header_checks judges the SYN,ACK
  rules_.broken(
      TsRule::not_negotiated, v.before.front().state,
      {"TSOPT", "timestamps although the peer's SYN did not carry them", "no timestamps option", {}},
      wire::to_notation(*e.segment), f);
}

}  // namespace tcpjury::model
