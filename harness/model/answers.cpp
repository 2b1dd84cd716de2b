#include "harness/model/answers.h"

#include <algorithm>

namespace tcpjury::model {
namespace {

constexpr std::uint16_t ack_credit_max = 1000;

void credit_ack(Tcb& t) {
  if (t.ack_credit < ack_credit_max) ++t.ack_credit;
}

Obligation prompt(Rule rule, const Arrival& a, const Context& c) {
  Obligation o{};
  o.rule = rule;
  o.due = a.at.latest + c.timing->prompt;
  return o;
}

}  // namespace

void owe_prompt_ack(Tcb& t, Rule rule, const Arrival& a, const Context& c) {
  Obligation o = prompt(rule, a, c);
  o.ack_at_least = t.rcv_nxt_least;
  // One acknowledgment answers all that ask for the same: a burst makes no longer list.
  const bool owed_already = std::any_of(t.owes.begin(), t.owes.end(), [&](const Obligation& other) {
    return other.rule == o.rule && other.forms == o.forms && other.prompt &&
           other.ack_at_least == o.ack_at_least;
  });
  if (!owed_already) t.owes.push_back(o);
  credit_ack(t);
}

void owe_challenge_ack(const Tcb& t, Rule rule, const Arrival& a, const Context& c, Branches& out) {
  Tcb answered = t;
  owe_prompt_ack(answered, rule, a, c);
  out.push_back(std::move(answered));
  if (t.challenged && elapsed(*t.challenged, a.at).least < challenge_interval) {
    Tcb throttled = t;
    ++throttled.rank;
    credit_ack(throttled);
    out.push_back(std::move(throttled));
  }
}

void owe_delayed_ack(Tcb& t, Rule rule, const Arrival& a, const Context& c, bool wait) {
  Obligation o{};
  o.rule = rule;
  o.due = a.at.latest + c.timing->acknowledgment;
  o.prompt = wait;
  o.ack_at_least = t.rcv_nxt_least;
  t.owes.push_back(o);
  credit_ack(t);
}

void owe_reset(Tcb& t, Rule rule, const Arrival& a, const Context& c) {
  Obligation o = prompt(rule, a, c);
  o.forms = form_reset;
  if (a.has(wire::ack)) {
    o.reset = {ResetNumbers::Kind::from_ack, a.segment->ack, {}};
  } else {
    o.reset = {ResetNumbers::Kind::no_ack, SeqNum{0}, a.segment->end()};
  }
  t.owes.push_back(o);
}

void owe_syn_ack(Tcb& t, Rule rule, const Arrival& a, const Context& c) {
  Obligation o = prompt(rule, a, c);
  o.forms = form_syn_ack;
  o.ack_at_least = t.irs + SeqLen{1};
  t.owes.push_back(o);
}

void stay_silent(Tcb& t, Rule rule) { t.silent.push_back(rule); }

Tcb deleted(const Tcb& t) {
  Tcb gone{};
  gone.rank = t.rank;
  gone.deviation = t.deviation;
  if (t.state == State::syn_received) gone.former = t.former;
  return gone;
}

void take_window(Tcb& t, const Arrival& a) {
  const bool scaled = t.options.scaling() && !a.has(wire::syn);
  t.snd_wnd = std::uint32_t{a.segment->window} << (scaled ? t.options.peer_shift : 0U);
  t.mistaken_edge.reset();
  if (scaled && t.options.peer_shift_excessive && t.snd_wnd > 0)  // such a shift makes any window huge
    t.mistaken_edge = MistakenEdge{"RFC7323-2.3-7", t.snd_una + SeqLen{0x3fff'ffff}};
  t.snd_wnd_max = std::max(t.snd_wnd_max, t.snd_wnd);
  if (!a.has(wire::syn)) t.snd_wnd_max_least = std::max(t.snd_wnd_max_least, t.snd_wnd);
  t.snd_wl1 = a.segment->seq;
  t.snd_wl2 = a.segment->ack;
  if (t.iss) {
    const SeqNum edge = t.snd_una + SeqLen{t.snd_wnd};
    t.snd_edge = t.snd_una == *t.iss + SeqLen{1} ? edge : wire::later(t.snd_edge, edge);
  }
  if (t.snd_wnd > 0) {
    t.probes = 0;
    t.unanswered.reset();
  }
}

void take_syn_options(Tcb& t, const Arrival& a) {
  t.options = {};
  t.options.peer_mss = a.options.mss();
  if (const auto shift = a.options.window_scale()) {
    t.options.peer_scale_offered = true;
    t.options.peer_shift = std::min<std::uint8_t>(*shift, 14);  // RFC 7323 section 2.3
    t.options.peer_shift_excessive = *shift > 14;
  }
  t.options.peer_sack = a.options.sack_permitted();
  if (const auto ts = a.options.timestamps()) {
    t.options.peer_timestamps = true;
    t.ts_recent = TsRecent{ts->tsval, ts->tsval, a.at};
  }
}

void absorb_held(Tcb& t) {
  bool moved = true;
  while (moved) {
    moved = false;
    for (const SeqRange& r : t.held) {
      if (wire::at_or_before(r.first, t.rcv_nxt_most) && wire::before(t.rcv_nxt_most, r.end)) {
        t.rcv_nxt_most = r.end;
        moved = true;
      }
    }
  }
  std::erase_if(t.held, [&](const SeqRange& r) { return wire::at_or_before(r.end, t.rcv_nxt_least); });
}

}  // namespace tcpjury::model
