#include "harness/model/acknowledging.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

/// Stacks acknowledge the first segments of a connection one by one (16 of them, for example), so that the
/// peer leaves slow start quickly; only what goes on for much longer is no delaying at all.
constexpr std::uint32_t never_delayed = 64;

/// After a pause some stacks acknowledge at once again: a new burst may have begun.
constexpr Duration dense = std::chrono::milliseconds{100};

/// On a real clock an acknowledgment this soon cannot come from a timer that delays it.
constexpr Duration soon_on_any_clock = std::chrono::milliseconds{35};

bool plain_text(const Arrival& a) {
  return !a.segment->text.empty() && a.has(wire::ack) && !a.has(wire::syn) && !a.has(wire::rst) &&
         !a.has(wire::fin) && !a.has(wire::urg);
}

}  // namespace

// ---- what arrives ---------------------------------------------------------------------------------------

void Acknowledging::arrival(const Arrival& a, const View& view, Findings& f) {
  count_answers(view, f);
  contiguous_.reset();
  keep_alive_ = at_zero_window_ = false;
  const Tcb* before = agreed_receiver(view.before);
  if (before == nullptr || !takes_text(before->state) || before->released) {
    duplicate_.reset();
    filling_.reset();
    second_full_.reset();
    oldest_text_.reset();
    segments_ = full_octets_ = 0;
    return;
  }
  note_special(a, *before);
  if (plain_text(a) && passes_paws(a, *before)) note_text(a, *before, view);
}

/// Several answers to one segment would have no hypothesis left, so this observation could have failed.
void Acknowledging::count_answers(const View& view, Findings& f) {
  if (text_arrived_ && acks_since_arrival_ == 1) report_.held("RFC5681-4.2-3", view.before.front().state, f);
  text_arrived_ = false;
  acks_since_arrival_ = 0;
}

void Acknowledging::note_special(const Arrival& a, const Tcb& before) {
  const bool plain = a.has(wire::ack) && !a.has(wire::syn) && !a.has(wire::rst) && !a.has(wire::fin);
  const SeqNum nxt = before.rcv_nxt_least;
  const bool closed_window = before.rcv_edge == nxt;
  keep_alive_ = plain && a.segment->seq == nxt - SeqLen{1} && a.text_length().octets <= 1 &&
                a.segment->ack == before.snd_nxt;
  at_zero_window_ = plain && closed_window && a.segment->seq == nxt && !a.segment->text.empty();
}

void Acknowledging::note_text(const Arrival& a, const Tcb& before, const View& view) {
  text_arrived_ = true;
  const SeqNum nxt = before.rcv_nxt_least;
  const SeqNum first = a.segment->seq;
  const SeqNum end = first + a.text_length();
  const bool in_window = !wire::before(before.rcv_edge, end);
  const bool ack_valid = wire::at_or_before(before.snd_una, a.segment->ack) &&
                         wire::at_or_before(a.segment->ack, before.snd_nxt);
  if (!in_window || !ack_valid || view.after.front().state == State::closed) return;
  if (wire::before(nxt, first)) {
    duplicate_ = Prompt{nxt, a.at};
    return;
  }
  if (!wire::before(nxt, end)) return;
  duplicate_.reset();
  if (!before.held.empty()) {
    if (!before.held_fin) filling_ = Prompt{end, a.at};
    const SeqNum most = view.after.front().rcv_nxt_most;
    if (!before.held_fin && wire::before(end, most)) contiguous_ = most;
    return;
  }
  if (!oldest_text_) oldest_text_ = a.at;
  ++segments_;
  alone_ = previous_text_ && elapsed(*previous_text_, a.at).least < dense;
  previous_text_ = a.at;
  const std::uint32_t full = rmss_ != 0 ? rmss_ : view.context.default_mss;
  const std::size_t size = a.text_length().octets + a.segment->options.size();
  // A segment larger than the target allowed is the tester's doing: nothing is said about how to count it.
  const bool full_sized = size >= full && size < 2 * std::size_t{full} && first == nxt;
  if (!full_sized) return;
  each_at_once_ = 0;
  full_octets_ += a.text_length().octets + static_cast<std::uint32_t>(a.segment->options.size());
  if (!second_full_ && full_octets_ >= 2 * full) second_full_ = Prompt{end, a.at};
}

/// A read may be the reason for an acknowledgment: then it says nothing about delaying.
void Acknowledging::call(TimeSpan /*at*/, const UserCall& /*call*/, const View& /*view*/, Findings& /*f*/) {
  alone_ = false;
}

// ---- what comes back ------------------------------------------------------------------------------------

void Acknowledging::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  if (e.has(wire::syn)) {
    rmss_ = e.options.mss().value_or(view.context.default_mss);
    return;
  }
  if (e.has(wire::rst) || !e.has(wire::ack)) return;
  if (e.segment->text.empty()) ++acks_since_arrival_;
  answered(e, view, f);
  judge_prompt(duplicate_, "RFC5681-3.2-1", "DATA-OOO", e, view, f);
  // Who did not keep the text beyond the gap knows of no gap: that is another rule's turn (SHLD-31).
  if (contiguous_ && !e.crossed && wire::before(e.segment->ack, *contiguous_)) filling_.reset();
  judge_prompt(filling_, "RFC5681-3.2-2", "DATA-FILLGAP", e, view, f);
  judge_prompt(second_full_, "RFC9293-SHLD-19", "DATA-INORDER", e, view, f);
  judge_aggregation(e, view, f);
  judge_delay(e, view, f);
}

void Acknowledging::answered(const Emitted& e, const View& view, Findings& f) {
  const State state = view.before.front().state;
  if (keep_alive_ && e.segment->ack == view.before.front().rcv_nxt_least)
    report_.held("RFC9293-3.8.4-RESPOND", state, f);
  if (at_zero_window_) report_.held("RFC9293-3.8.6.1-ACK-AT-ZERO", state, f);
  keep_alive_ = at_zero_window_ = false;
}

/// "Immediately" has no number in the RFCs. On an exact clock nothing but a timer makes a difference between
/// the arrival and the answer; on a real one only what is early proves anything.
void Acknowledging::judge_prompt(std::optional<Prompt>& due, std::string_view id, std::string_view event,
                                 const Emitted& e, const View& view, Findings& f) {
  if (!due || wire::before(e.segment->ack, due->ack)) return;
  const ElapsedBounds took = elapsed(due->since, e.at);
  const State state = view.before.front().state;
  due.reset();
  if (view.context.timing->exact && took.least > at_once) {
    report_.broken(rule(id, event, state),
                   fmt::format("the acknowledgment waited for {}", seconds(took.least)),
                   {"an acknowledgment at once"}, shown(e, view), f);
    return;
  }
  if (!view.context.timing->exact && took.most > soon_on_any_clock) return;
  report_.held(id, state, f);
  if (id == "RFC9293-SHLD-19") report_.held("RFC5681-4.2-1", state, f);
}

/// MUST-58 and MUST-59: what is queued is processed entirely before the acknowledgment is sent. An
/// acknowledgment in steps has no hypothesis left (emission_text.cpp); a target that did not keep the text
/// beyond the gap acknowledges the filling segment alone, which says nothing.
void Acknowledging::judge_aggregation(const Emitted& e, const View& view, Findings& f) {
  if (!contiguous_ || e.crossed) return;
  if (e.segment->ack == *contiguous_) {
    report_.held("RFC9293-MUST-58", view.before.front().state, f);
    report_.held("RFC9293-MUST-59", view.before.front().state, f);
  }
  contiguous_.reset();
}

void Acknowledging::judge_delay(const Emitted& e, const View& view, Findings& f) {
  const Tcb& t = view.after.front();
  const bool covers_all = t.rcv_certain() && e.segment->ack == t.rcv_nxt_least;
  if (!oldest_text_ || !covers_all) return;
  const ElapsedBounds took = elapsed(*oldest_text_, e.at);
  const State state = t.state;
  report_.held("RFC9293-MUST-40", state, f);
  report_.held("RFC5681-4.2-2", state, f);
  const bool delayed = segments_ > 1 || (view.context.timing->exact && took.least > at_once);
  if (delayed) {
    each_at_once_ = 0;
    report_.held("RFC9293-SHLD-18", state, f);
  } else if (alone_ && e.segment->text.empty() && ++each_at_once_ > never_delayed) {
    report_.broken(rule("RFC9293-SHLD-18", "DATA-INORDER", state),
                   fmt::format("each of {} small segments was acknowledged at once", never_delayed),
                   {"one acknowledgment for several segments, or for a segment and the answer to it"},
                   shown(e, view), f);
  }
  if (took.least > longest_ + std::chrono::milliseconds{5}) {
    longest_ = took.least;
    f.measured("delayed-ack.most", seconds(took.least));
  }
  oldest_text_.reset();
  second_full_.reset();
  segments_ = full_octets_ = 0;
}

}  // namespace tcpjury::model
