// What the passing of time does to a connection: obligations and timers that run out.
#include <algorithm>

#include <fmt/format.h>

#include "harness/model/answers.h"
#include "harness/model/connection.h"
#include "harness/model/giving_up.h"

namespace tcpjury::model {
namespace {

/// What an expired obligation or timer makes of a hypothesis: nothing (impossible), or the conduct that
/// explains it.
std::optional<Tcb> after_silence(const Tcb& t, TimePoint now, Finding& why) {
  for (const Obligation& o : t.owes) {
    if (o.due >= now) continue;
    why = {o.rule, "no answer came in time", wanted(t), {}};
    return std::nullopt;
  }
  if (!t.timer.running || t.timer.due >= now) return t;
  const GivingUp given_up = giving_up(t, now);
  if (given_up == GivingUp::in_time) {
    Tcb gone = deleted(t);
    gone.gone_by = r2_exceeded(t);
    return gone;
  }
  const bool is_syn = t.state == State::syn_sent || t.state == State::syn_received;
  if (given_up == GivingUp::too_early) {
    why = {rule(is_syn ? "RFC9293-MUST-23" : "RFC9293-SHLD-11", "R2", t.state),
           fmt::format(
               "retransmission ended {} s after the first transmission",
               std::chrono::duration_cast<std::chrono::seconds>(t.timer.last.latest - t.timer.first.latest)
                   .count()),
           {is_syn ? "retransmissions for three minutes" : "retransmissions for 100 seconds"},
           {}};
    return std::nullopt;
  }
  why = {row_or("RFC6298-5.4-1", "3.10.8", "RETRANSMISSION", t.state, t.origin),
         "nothing was retransmitted",
         {is_syn ? "the SYN again" : "a retransmission from SND.UNA"},
         {}};
  return std::nullopt;
}

}  // namespace

void Connection::quiet_until(TimePoint now, const Context& c, Findings& f) {
  if (hypotheses_.empty()) return;
  if (next_deadline() <= now) {
    // The layers first: what a layer finds missing is more precise than a hypothesis that dies of it.
    tell_layers([&](auto& layer) { layer.quiet_until(now, View{tuple_, hypotheses_, hypotheses_, c}, f); });
  }
  expire(now, f);
}

void Connection::expire(TimePoint now, Findings& f) {
  if (!silence_counted_) {
    for (const Rule& r : hypotheses_.front().silent) f.held(r);
    silence_counted_ = true;
  }
  if (next_deadline() > now) return;
  std::vector<Tcb> next;
  std::optional<Finding> why;
  bool why_deviant = false;
  for (const Tcb& t : hypotheses_) {
    Finding reason{};
    if (auto after = after_silence(t, now, reason)) {
      next.push_back(std::move(*after));
    } else if (!why || (why_deviant && !t.deviation)) {
      why = reason;
      why_deviant = t.deviation.has_value();
    }
  }
  if (next.empty()) {
    if (why) why->rule = layers_.blame(why->rule, f);
    if (why) f.broken(*why, "nothing", Findings::Effect::impossible);
    return suspend();
  }
  adopt(std::move(next), f, {});
}

bool Connection::settled() const {
  if (hypotheses_.empty()) return true;
  if (layers_saw_the_beginning_ && !layers_.settled()) return false;
  return std::none_of(hypotheses_.begin(), hypotheses_.end(), [](const Tcb& t) {
    return std::any_of(t.owes.begin(), t.owes.end(), [](const Obligation& o) { return o.prompt; });
  });
}

TimePoint Connection::next_deadline() const {
  if (hypotheses_.empty()) return never;
  TimePoint next = layers_saw_the_beginning_ ? layers_.next_deadline() : never;  // else nobody tells them
  for (const Tcb& t : hypotheses_) {
    for (const Obligation& o : t.owes) next = std::min(next, o.due + Duration{1});
    if (t.timer.running && t.timer.due != never) next = std::min(next, t.timer.due + Duration{1});
  }
  return next;
}

}  // namespace tcpjury::model
