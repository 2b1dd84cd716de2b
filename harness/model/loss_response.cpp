#include "harness/model/loss_response.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

/// With fewer segments in flight a half and the whole are too close to each other.
constexpr std::uint32_t telling_segments = 8;
/// Rounds this short leave CUBIC in its Reno-friendly region: one segment a round, as RFC 5681 has it.
constexpr Duration short_round = std::chrono::milliseconds{50};
constexpr std::uint32_t rounds_judged = 10;

bool limited_by_itself(const Tcb& t, SeqNum end, std::uint32_t smss) {
  return wire::before(end + SeqLen{smss}, t.stream_end()) && (end - t.snd_una).octets + smss <= t.snd_wnd;
}

}  // namespace

void LossResponse::arrival(const Arrival& a, const View& view, Findings& f) {
  const Tcb* before = agreed_sender(view.before);
  const Tcb* after = agreed_sender(view.after);
  if (before == nullptr || after == nullptr || !sends_text(after->state)) {
    loss_.reset();
    rounds_.reset();
    return;
  }
  if (!wire::before(before->snd_una, after->snd_una)) {
    if (a.has(wire::ack) && before->outstanding()) ++equal_;
    return;
  }
  equal_ = 0;
  const std::uint32_t advance = (after->snd_una - before->snd_una).octets;
  const bool first_after_timeout = loss_ && loss_->by_timer && before->timer.count > 0;
  if (first_after_timeout && advance > sender_mss(*after, view.context))
    loss_.reset();  // it may have been spurious, and a spurious one may be undone (RFC 5682, RFC 4015)
  if (loss_ && !wire::before(after->snd_una, loss_->point)) {
    rounds_ = Rounds{*loss_, after->snd_nxt, a.at, 0, 0, 0, false};
    loss_.reset();
  } else if (rounds_ && !wire::before(after->snd_una, rounds_->end)) {
    end_round(a.at, *after, view, f);
  }
}

void LossResponse::emission(const Emitted& e, EmissionClass what, const View& view, Findings& /*f*/) {
  if (e.segment->text.empty() || e.has(wire::syn) || e.has(wire::rst)) return;
  const Tcb* t = agreed_sender(view.before);
  if (t == nullptr || e.crossed) return;
  const std::uint32_t smss = sender_mss(*t, view.context);
  if (what != EmissionClass::retransmission) {
    if (!rounds_ || what == EmissionClass::probe) return;
    const SeqNum end = e.segment->end();
    rounds_->largest = std::max(rounds_->largest, (end - t->snd_una).octets);
    rounds_->limited = limited_by_itself(*t, end, smss);
    return;
  }
  const bool of_una = wire::at_or_before(e.segment->seq, t->snd_una);
  if (!of_una || !t->outstanding()) return;
  if (resent_below_ && wire::before(t->snd_una, *resent_below_)) return;  // no sign of congestion
  const bool sack = t->options.peer_sack && t->options.own_sack;
  const bool by_timer = t->timer.undisturbed && equal_ == 0;
  if (by_timer && sack && t->timer.count == 0) return;  // perhaps a tail loss probe
  if (loss_) {
    loss_->by_timer = loss_->by_timer || by_timer;
    return;
  }
  const std::uint32_t flight = (t->snd_nxt - t->snd_una).octets;
  const bool telling = flight >= telling_segments * smss && limited_by_itself(*t, t->snd_nxt, smss) &&
                       !t->options.timestamps();  // with timestamps a response may be undone (RFC 4015)
  rounds_.reset();
  if (telling) loss_ = Loss{t->snd_nxt, flight, by_timer, sack};
}

void LossResponse::end_round(TimeSpan at, const Tcb& after, const View& view, Findings& f) {
  Rounds& r = *rounds_;
  if (r.number == 0 && r.largest == 0) {  // the acknowledgment that ended the repair let nothing out yet
    r.end = after.snd_nxt;
    return;
  }
  if (r.limited && r.number == 0) judge_reduction(r, after, view, f);
  if (r.limited && r.number > 0 && r.previous > 0) judge_growth(r, at, after, view, f);
  r.previous = r.limited ? r.largest : 0;
  r.largest = 0;
  r.limited = false;
  r.end = after.snd_nxt;
  r.since = at;
  if (++r.number > rounds_judged) rounds_.reset();
}

void LossResponse::judge_reduction(const Rounds& r, const Tcb& t, const View& view, Findings& f) {
  const std::uint32_t smss = sender_mss(t, view.context);
  const std::uint32_t flight = r.loss.flight;
  f.measured("cwnd.after-loss.factor", fmt::format("{:.2f}", double{1} * r.largest / flight));
  if (r.largest > flight / 10 * 9) {
    const std::string_view id = responses_ > 0    ? "RFC5681-4.3-2"
                                : r.loss.by_timer ? "RFC5681-3.1-10"
                                : r.loss.sack     ? "RFC6675-5-4"
                                                  : "RFC5681-3.2-10";
    report_.broken(
        rule(id, "LOSS", t.state),
        fmt::format("{} octets in flight after the repair of a loss in a flight of {}", r.largest, flight),
        {fmt::format("about {} octets", flight / 2)}, "nothing", f);
    return;
  }
  if (++responses_ > 1) report_.held("RFC5681-4.3-2", t.state, f);
  if (r.largest > flight / 2 + 2 * smss) return;  // another algorithm
  report_.held("RFC5681-4.3-1", t.state, f);
  if (r.loss.by_timer) return report_.held("RFC5681-3.1-10", t.state, f);
  report_.held("RFC5681-3.2-6", t.state, f);
  if (!r.loss.sack) return report_.held("RFC5681-3.2-10", t.state, f);
  for (const std::string_view id : {"RFC6675-5-4", "RFC6937-3-3", "RFC9937-4-4"})
    report_.held(id, t.state, f);
}

void LossResponse::judge_growth(const Rounds& r, TimeSpan at, const Tcb& t, const View& view, Findings& f) {
  const std::uint32_t smss = sender_mss(t, view.context);
  const bool known = view.context.timing->exact && elapsed(r.since, at).most <= short_round;
  // Up to its threshold, half the flight or a little more, a sender may still be in slow start.
  const bool beyond_threshold = r.largest > r.loss.flight / 4 * 3 + 2 * smss;
  if (!known) return;
  if (r.largest <= r.previous + 2 * smss) {
    if (r.previous * 2 >= r.loss.flight) {
      report_.held("RFC5681-3.1-9", t.state, f);
      report_.held("RFC5681-3.1-6", t.state, f);
    }
    return;
  }
  if (!beyond_threshold) return;
  const bool doubles = r.largest >= r.previous / 4 * 7;
  report_.broken(rule(doubles ? "RFC5681-3.1-6" : "RFC5681-3.1-9", "GROWTH", t.state),
                 fmt::format("after a loss the flight grew from {} to {} octets in one round trip",
                             r.previous, r.largest),
                 {fmt::format("at most {} octets", r.previous + smss)}, "nothing", f);
}

void LossResponse::icmp(TimeSpan /*at*/, const wire::Decoded& /*frame*/, const wire::Decoded& /*quoted*/,
                        const View& view, Findings& /*f*/) {
  loss_.reset();
  rounds_.reset();
  const Tcb* t = agreed_sender(view.before);
  if (t != nullptr && t->outstanding()) resent_below_ = t->snd_nxt;
}

}  // namespace tcpjury::model
