#include "harness/model/timestamp_echo.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/model/agreement.h"
#include "harness/model/layer_support.h"

namespace tcpjury::model {
namespace {

bool contains(const std::vector<std::uint32_t>& list, std::uint32_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// The segment initialises TS.Recent for every hypothesis that is left.
bool opens(const Arrival& a, const View& v) {
  return all_agree(v.before,
                   [](const Tcb& t) {
                     return t.state == State::closed || t.state == State::listen ||
                            t.state == State::syn_sent;
                   }) &&
         all_agree(v.after,
                   [&](const Tcb& t) { return t.irs == a.segment->seq && t.state != State::closed; });
}

}  // namespace

void TimestampEcho::add(std::uint32_t tsval) {
  if (recent_.empty() || contains(recent_, tsval)) return;
  recent_.push_back(tsval);
  if (recent_.size() > candidates_max) recent_.clear();
}

bool TimestampEcho::pending(std::uint32_t tsval) const { return contains(pending_, tsval); }

/// Rule (2) of section 4.3 and R3 of section 5.3: taken if SEG.TSval >= TS.Recent and SEG.SEQ =<
/// Last.ACK.sent. Where the text leaves open what comes first (a segment that is not acceptable, a bare ACK
/// that RFC 1323 would not have counted), it may be either.
TimestampEcho::Fate TimestampEcho::fate(const Arrival& a, std::uint32_t tsval, const View& v) const {
  const Tcb& t = v.before.front();
  const bool certain = all_agree(v.before, [&](const Tcb& o) {
    return takes_text(o.state) && !o.peer_fin && o.rcv_certain() && o.window_known &&
           o.rcv_nxt_least == t.rcv_nxt_least && o.last_ack == t.last_ack && o.snd_una == t.snd_una &&
           o.snd_nxt == t.snd_nxt;
  });
  if (!certain || a.options.defect != wire::OptionDefect::none) return Fate::unclear;
  const SeqNum seq = a.segment->seq;
  if (wire::before(t.last_ack, seq)) return Fate::ignored;
  const auto older = [&](std::uint32_t recent) { return older_timestamp(tsval, recent); };
  if (std::all_of(recent_.begin(), recent_.end(), older)) return Fate::ignored;
  if (std::any_of(recent_.begin(), recent_.end(), older)) return Fate::unclear;
  const bool in_order = a.segment->length().octets > 0 && seq == t.rcv_nxt_least &&
                        wire::before(seq, t.rcv_edge) && !wire::before(t.rcv_edge, a.segment->end());
  const bool ack_ok = a.has(wire::ack) && wire::at_or_before(t.snd_una, a.segment->ack) &&
                      wire::at_or_before(a.segment->ack, t.snd_nxt);
  return in_order && ack_ok ? Fate::taken : Fate::unclear;
}

void TimestampEcho::note(const Arrival& a, std::uint32_t tsval, const View& v) {
  const Tcb& t = v.before.front();
  if (a.segment->length().octets == 0) {
    last_ = {tsval, Kind::bare};
  } else if (t.rcv_certain() && wire::before(t.rcv_nxt_least, a.segment->seq)) {
    last_ = {tsval, Kind::ahead};
  } else {
    last_ = {tsval, t.held.empty() ? Kind::in_order : Kind::fills_gap};
  }
  if (echoed_ && older_timestamp(*echoed_, tsval) && tsval < *echoed_) wrapped_ = true;
  doubt_.reset();
  if (last_.kind != Kind::in_order) return;
  if (wrapped_) doubt_ = TsRule::modular;
  if (echoed_ == tsval) doubt_ = TsRule::paws;
  if (reset_ && older_timestamp(tsval, *reset_)) doubt_ = TsRule::reset_ignored;
  doubtful_end_ = a.segment->end();
}

void TimestampEcho::arrival(const Arrival& a, const View& v) {
  const auto ts = a.options.timestamps();
  if (a.has(wire::rst)) {
    old_reset_ = echoed_ && (!ts || older_timestamp(ts->tsval, *echoed_));
    if (ts) reset_ = ts->tsval;
    return;
  }
  if (!ts) return;
  if (a.has(wire::syn)) {
    if (opens(a, v) && a.options.defect == wire::OptionDefect::none) {
      recent_ = pending_ = {ts->tsval};
    } else {
      add(ts->tsval);
    }
    return;
  }
  if (pending_.size() <= candidates_max && !pending(ts->tsval)) pending_.push_back(ts->tsval);
  note(a, ts->tsval, v);
  switch (fate(a, ts->tsval, v)) {
    case Fate::taken:
      recent_ = {ts->tsval};
      break;
    case Fate::unclear:
      add(ts->tsval);
      break;
    case Fate::ignored:
      break;
  }
}

void TimestampEcho::emission(const Emitted& e, std::uint32_t tsecr, const View& v, TimestampRules& rules,
                             Findings& f) {
  const State state = v.before.front().state;
  if (wire::at_or_before(doubtful_end_, e.segment->ack)) doubt_.reset();
  if (e.crossed) {  // Last.ACK.sent was another one when the last segments reached the target
    if (pending_.size() > candidates_max) recent_.clear();
    for (const std::uint32_t tsval : pending_) add(tsval);
    return;
  }
  if (!recent_.empty()) {
    contains(recent_, tsecr) ? approve(tsecr, state, rules, f) : accuse(e, tsecr, state, rules, f);
  }
  recent_ = {tsecr};
  pending_.clear();
  echoed_ = tsecr;
  last_ = {};
  reset_.reset();
  wrapped_ = false;
}

void TimestampEcho::approve(std::uint32_t tsecr, State state, TimestampRules& rules, Findings& f) const {
  rules.held(TsRule::echo_recent, state, f);
  if (reset_ && *reset_ != tsecr) rules.held(TsRule::reset_ignored, state, f);
  if (last_.kind == Kind::none || last_.kind == Kind::bare) return;
  rules.held(TsRule::update, state, f);
  if (wrapped_ && last_.tsval == tsecr) rules.held(TsRule::modular, state, f);
  if (last_.tsval == tsecr && last_.kind == Kind::fills_gap) rules.held(TsRule::echo_filling, state, f);
  if (last_.tsval == tsecr) return;
  if (last_.kind == Kind::ahead) rules.held(TsRule::echo_before_gap, state, f);
  if (last_.kind == Kind::in_order && pending_.size() > 1) rules.held(TsRule::echo_earliest, state, f);
  if (older_timestamp(last_.tsval, tsecr)) rules.held(TsRule::monotone, state, f);
}

/// Names the sentence that the wrong echo breaks.
void TimestampEcho::accuse(const Emitted& e, std::uint32_t tsecr, State state, TimestampRules& rules,
                           Findings& f) const {
  const auto say = [&](TsRule rule, std::string_view event, std::string_view why) {
    rules.broken(rule, state,
                 {event,
                  fmt::format("TSecr is {}: {}", tsecr, why),
                  fmt::format("TSecr {}", fmt::join(recent_, " or ")),
                  {}},
                 wire::to_notation(*e.segment), f);
  };
  if (reset_ == tsecr) return say(TsRule::reset_ignored, "TS-RESET", "a reset brought it");
  const bool arrived = pending(tsecr);
  if (arrived && last_.kind == Kind::ahead && last_.tsval == tsecr)
    return say(TsRule::echo_before_gap, "TS-OOO", "it came with text beyond a gap");
  const bool ages = std::all_of(recent_.begin(), recent_.end(),
                                [&](std::uint32_t recent) { return older_timestamp(tsecr, recent); });
  if (arrived && ages) return say(TsRule::update, "TS-OLDER", "it is older than TS.Recent");
  if (!arrived && last_.kind == Kind::fills_gap)
    return say(TsRule::echo_filling, "TS-FILLGAP", "it did not come with the text that filled the gap");
  if (arrived && last_.kind == Kind::in_order)
    return say(TsRule::echo_earliest, "TS-DELAYED", "it is not that of the earliest unacknowledged segment");
  if (tsecr == echoed_) return say(TsRule::update, "TS-STALE", "TS.Recent was not updated");
  say(TsRule::echo_recent, "TS-ECHO", "no segment brought it since the last echo");
}

}  // namespace tcpjury::model
