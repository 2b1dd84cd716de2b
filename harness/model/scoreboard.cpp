#include "harness/model/scoreboard.h"

namespace tcpjury::model {
bool Scoreboard::contains(const Ranges& ranges, SeqNum first, SeqNum end) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const SeqRange& r) {
    return wire::at_or_before(r.first, first) && wire::at_or_before(end, r.end);
  });
}

/// Adds a range and joins what touches it. False when it told nothing new.
bool Scoreboard::add(Ranges& ranges, SeqRange range) {
  if (contains(ranges, range.first, range.end)) return false;
  std::erase_if(ranges, [&](const SeqRange& r) {
    const bool touches = wire::at_or_before(r.first, range.end) && wire::at_or_before(range.first, r.end);
    if (touches) range = {wire::earlier(r.first, range.first), wire::later(r.end, range.end)};
    return touches;
  });
  if (ranges.size() < ranges_max) ranges.push_back(range);
  return true;
}

void Scoreboard::trim(Ranges& ranges, SeqNum una) {
  std::erase_if(ranges, [&](const SeqRange& r) { return wire::at_or_before(r.end, una); });
}

// ---- what arrives ---------------------------------------------------------------------------------------

void Scoreboard::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  const Tcb* before = agreed_sender(view.before);
  const Tcb* after = agreed_sender(view.after);
  if (before == nullptr || after == nullptr || !after->options.sack()) {
    reported_.clear();
    reported_before_.clear();
    informative_ = 0;
    due_ = never;
    return;
  }
  if (wire::before(before->snd_una, after->snd_una)) {
    trim(reported_, after->snd_una);
    trim(reported_before_, after->snd_una);
    informative_ = 0;
    una_repeated_ = false;
    due_ = never;
    if (timed_out_ && !wire::before(after->snd_una, sent_at_timeout_)) timed_out_ = false;
  }
  take_blocks(a, *after);
  expect_new_text(a, *after, view);
}

void Scoreboard::take_blocks(const Arrival& a, const Tcb& t) {
  bool news = false;
  for (const wire::SackBlock& b : a.options.sack_blocks()) {
    const bool valid = wire::before(t.snd_una, b.left) && wire::before(b.left, b.right) &&
                       wire::at_or_before(b.right, t.snd_nxt);
    if (valid) news = add(reported_, {b.left, b.right}) || news;
  }
  if (news) ++informative_;
}

/// RFC 6675 section 4, NextSeg() rule 2: with the one hole sent again and everything above it reported, less
/// than two segments are in flight, and half of eight or more may be.
void Scoreboard::expect_new_text(const Arrival& a, const Tcb& t, const View& view) {
  const std::uint32_t smss = sender_mss(t, view.context);
  const std::uint32_t flight = (t.snd_nxt - t.snd_una).octets;
  const bool one_hole = reported_.size() == 1 && reported_.front().end == t.snd_nxt &&
                        (reported_.front().first - t.snd_una).octets <= smss;
  const bool may_send = wire::before(t.snd_nxt + SeqLen{smss}, t.stream_end()) && flight + smss <= t.snd_wnd;
  if (!view.context.timing->exact || timed_out_ || !una_repeated_ || !one_hole || !may_send) return;
  if (in_use_ && flight >= 8 * smss && due_ == never) due_ = a.at.latest + at_once;
}

// ---- what is sent ---------------------------------------------------------------------------------------

void Scoreboard::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  if (e.segment->text.empty() || e.has(wire::syn) || e.has(wire::rst) || e.crossed) return;
  const Tcb* t = agreed_sender(view.before);
  if (t == nullptr || !t->options.sack()) return;
  if (what == EmissionClass::retransmission) return judge_repetition(e, *t, view, f);
  if (informative_ >= 3 && una_repeated_) {
    report_.held("RFC6675-4-N2", t->state, f);
    report_.held("RFC6675-5-6", t->state, f);
  }
  due_ = never;
}

void Scoreboard::judge_repetition(const Emitted& e, const Tcb& t, const View& view, Findings& f) {
  const SeqNum first = e.segment->seq;
  const SeqNum end = e.segment->end();
  const bool of_una = wire::at_or_before(first, t.snd_una);
  const bool by_timer = of_una && t.timer.undisturbed && t.timer.count > 0;
  if (by_timer) {
    for (const SeqRange& r : reported_) add(reported_before_, r);
    reported_.clear();
    timed_out_ = true;
    sent_at_timeout_ = t.snd_nxt;
    informative_ = 0;
    due_ = never;
    return;
  }
  if (timed_out_ && contains(reported_before_, first, end)) report_.held("RFC6675-4-U1", t.state, f);
  if (contains(reported_, first, end)) return;  // a matter of RFC 2018 (sack_sender_layer)
  if (of_una) {
    una_repeated_ = true;
  } else if (!timed_out_ && informative_ >= 3 && !una_repeated_) {
    report_.broken(rule("RFC6675-4-N1", "SACK", t.state), "a later hole was repaired before the first one",
                   {"a retransmission from SND.UNA"}, shown(e, view), f);
  } else if (!reported_.empty()) {
    in_use_ = true;
    report_.held(timed_out_ ? "RFC6675-5.1-2" : "RFC6675-4-N1", t.state, f);
  }
}

void Scoreboard::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (due_ >= now) return;
  due_ = never;
  const Tcb* t = agreed_sender(view.before);
  if (t == nullptr || !sends_text(t->state)) return;
  report_.broken(rule("RFC6675-5-6", "SACK", t->state),
                 "no new text although the hole was sent again and everything else is reported", {"new text"},
                 "nothing", f);
}

}  // namespace tcpjury::model
