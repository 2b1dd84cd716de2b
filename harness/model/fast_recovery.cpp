#include "harness/model/fast_recovery.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/model/receive_window.h"

namespace tcpjury::model {
namespace {

constexpr std::uint32_t dup_thresh = 3;

/// By table 6, whatever the target makes of what a tester cannot see.
bool surely_acceptable(const Arrival& a, const View& view) {
  return std::all_of(view.before.begin(), view.before.end(), [&](const Tcb& t) {
    if (!t.rcv_certain()) return false;
    const Position where = position_of(t, a.segment->seq, a.segment->length());
    return where == Position::at_nxt || where == Position::ahead;
  });
}

bool room_for_a_segment(const Tcb& t, std::uint32_t smss) {
  return (t.snd_nxt - t.snd_una).octets + smss <= t.snd_wnd && (t.stream_end() - t.snd_nxt).octets >= smss &&
         wire::before(t.snd_nxt, t.stream_end());
}

}  // namespace

void FastRecovery::forget() {
  duplicates_ = lookalikes_ = 0;
  third_lookalike_.reset();
  fresh_on_duplicates_ = 0;
  due_.reset();
}

// ---- acknowledgments ------------------------------------------------------------------------------------

/// RFC 5681 section 2: outstanding data, no text, SYN and FIN off, SEG.ACK = SND.UNA, the window unchanged.
FastRecovery::Duplicate FastRecovery::kind_of(const Arrival& a, const Tcb& before) const {
  const bool same_ack = a.has(wire::ack) && a.segment->ack == before.snd_una && before.outstanding();
  if (!same_ack || a.has(wire::syn) || a.has(wire::fin) || a.has(wire::rst)) return Duplicate::no;
  if (!a.segment->text.empty()) return Duplicate::looks_like_one;
  if (!window_ || a.segment->window < *window_) return Duplicate::no;  // who ignores it sees a duplicate
  return *window_ == a.segment->window ? Duplicate::yes : Duplicate::looks_like_one;
}

void FastRecovery::arrival(const Arrival& a, const View& view, Findings& f) {
  if (uninformative_ && elapsed(*uninformative_, a.at).least > at_once)
    report_.held(recovery_ ? "RFC9937-6.2-1" : "RFC5681-3.2-5", view.before.front().state, f);
  uninformative_.reset();
  if (third_lookalike_ && elapsed(*third_lookalike_, a.at).least > at_once)
    report_.held("RFC5681-3.2-11", view.before.front().state, f);
  const Tcb* before = agreed_sender(view.before);
  const Tcb* after = agreed_sender(view.after);
  if (before == nullptr || after == nullptr || !sends_text(after->state)) {
    forget();
    recovery_.reset();
    window_.reset();
    return;
  }
  const Duplicate kind = kind_of(a, *before);
  const bool in_range = wire::at_or_before(before->snd_una, a.segment->ack) &&
                        wire::at_or_before(a.segment->ack, before->snd_nxt);
  if (!surely_acceptable(a, view) || (a.has(wire::ack) && !in_range)) {
    window_.reset();  // nobody knows whether it is "the last incoming acknowledgment"
  } else if (a.has(wire::ack)) {
    window_ = a.segment->window;
  }
  if (wire::before(before->snd_una, after->snd_una)) return new_ack(a, *before, *after, view, f);
  if (kind != Duplicate::no && !surely_acceptable(a, view)) {  // it may have counted
    forget();
    if (recovery_) ++recovery_->duplicates;
    return;
  }
  if (kind == Duplicate::yes) return duplicate(a, *after, view, f);
  if (kind == Duplicate::looks_like_one && !after->options.sack() && duplicates_ == 0 && !recovery_) {
    if (++lookalikes_ == dup_thresh) third_lookalike_ = a.at;
    return;
  }
  forget();
}

void FastRecovery::expect(Due::What what, std::string_view id, SeqNum seq, TimeSpan since, const View& view) {
  const TimePoint by = view.context.timing->exact ? since.latest + at_once : never;
  due_ = Due{what, id, seq, since, by};
}

void FastRecovery::duplicate(const Arrival& a, const Tcb& t, const View& view, Findings& f) {
  const std::uint32_t smss = sender_mss(t, view.context);
  if (duplicates_ == 0) {
    fresh_on_duplicates_ = 0;
    quiet_before_ = view.context.timing->exact && last_sent_ &&
                    elapsed(*last_sent_, a.at).least >= std::chrono::milliseconds{200} &&
                    room_for_a_segment(t, smss);  // else it was not the congestion window that held text back
  }
  if (t.options.sack()) {
    const auto blocks = a.options.sack_blocks();
    const bool news = !blocks.empty() && wire::before(t.snd_una, blocks.front().left) &&
                      (!sacked_something_ || wire::before(highest_sacked_, blocks.front().right));
    if (!news) {  // says nothing about what left the network: neither counted nor forgotten
      const bool quiet =
          recovery_ ? view.context.timing->exact && last_sent_ && elapsed(*last_sent_, a.at).least > at_once
                    : quiet_before_;
      if (quiet && room_for_a_segment(t, smss)) uninformative_ = a.at;
      return;
    }
    sacked_something_ = true;
    highest_sacked_ = blocks.front().right;
  }
  ++duplicates_;
  last_duplicate_ = a.at;
  const bool enough_outstanding = (t.snd_nxt - t.snd_una).octets > dup_thresh * smss;
  const bool below_timeout = timed_out_below_ && wire::before(t.snd_una, *timed_out_below_);
  if (recovery_) {
    ++recovery_->duplicates;
  } else if (duplicates_ > dup_thresh && below_timeout && !others_since_timeout_ &&
             (!selective_ || in_recovery_at_timeout_)) {
    report_.held(t.options.sack() ? "RFC6675-5.1-1" : "RFC6582-3.2-2", t.state, f);
  } else if (duplicates_ >= dup_thresh && below_timeout) {
    due_.reset();
  } else if (duplicates_ == dup_thresh && enough_outstanding) {
    recovery_ = Recovery{t.snd_nxt, (t.snd_nxt - t.snd_una).octets, 0, 0};
    // Only who has left the last recovery can enter another one.
    const std::string_view id = !t.options.sack() ? "RFC5681-3.2-3"
                                : recoveries_ > 0 ? "RFC6675-5-5"
                                                  : "RFC6675-5-2";
    expect(Due::What::retransmission, id, t.snd_una, a.at, view);
  } else if (duplicates_ < dup_thresh && !below_timeout && quiet_before_ && room_for_a_segment(t, smss)) {
    if (fresh_on_duplicates_ == std::uint64_t{duplicates_ - 1} * smss || duplicates_ == 1)
      expect(Due::What::new_text, "RFC5681-3.2-4", t.snd_nxt, a.at, view);
  }
  const bool much = recovery_ && recovery_->duplicates >= 6 && quiet_before_;
  if (much && !t.options.sack()) report_.held("RFC5681-3.2-8", t.state, f);
}

void FastRecovery::new_ack(const Arrival& a, const Tcb& before, const Tcb& after, const View& view,
                           Findings& /*f*/) {
  const bool certain = before.timer.count == 0 || recovery_;
  forget();
  sacked_something_ = false;
  if (timed_out_below_ && !wire::before(after.snd_una, *timed_out_below_)) timed_out_below_.reset();
  if (!recovery_) return;
  if (!wire::before(after.snd_una, recovery_->point)) {
    ++recoveries_;
    recovery_.reset();
    return;
  }
  // RFC 6582 section 3.2 step 3: a partial acknowledgment tells of the next hole.
  if (certain && !after.options.sack())
    expect(Due::What::next_hole, "RFC6582-3.2-1", after.snd_una, a.at, view);
}

// ---- what is sent ---------------------------------------------------------------------------------------

void FastRecovery::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  if (e.segment->text.empty() || e.has(wire::syn) || e.has(wire::rst)) return;
  const Tcb* before = agreed_sender(view.before);
  if (before == nullptr) return forget();
  if (what == EmissionClass::retransmission) {
    retransmitted(e, *before, view, f);
  } else if (!e.crossed) {
    sent_fresh(e, *before, view, f);
  }
  last_sent_ = e.at;
}

void FastRecovery::retransmitted(const Emitted& e, const Tcb& before, const View& view, Findings& f) {
  // An acknowledgment inside a segment has the whole segment sent again.
  const auto covers = [&](SeqNum n) {
    return wire::at_or_before(e.segment->seq, n) && wire::before(n, e.segment->end());
  };
  const bool of_una = covers(before.snd_una);
  const State state = before.state;
  if (due_ && due_->what != Due::What::new_text && covers(due_->seq)) {
    const bool prompt = elapsed(due_->since, e.at).most <= sooner_than_any_timer;
    if (prompt) {
      report_.held(due_->id, state, f);
      if (due_->id == "RFC5681-3.2-3") report_.held("RFC5681-3.2-7", state, f);
      if (due_->id == "RFC6675-5-2") {
        report_.held("RFC6675-4-IL", state, f);
        report_.held("RFC9937-4-3", state, f);
      }
      if (due_->what == Due::What::next_hole) report_.held("RFC5681-4.3-3", state, f);
    }
    due_.reset();
    return;
  }
  const auto soon_after = [&](const TimeSpan& cause) { return elapsed(cause, e.at).most <= at_once; };
  const bool too_soon_for_a_timer = elapsed(before.timer.last, e.at).most <= sooner_than_any_timer;
  if (of_una && third_lookalike_ && soon_after(*third_lookalike_) && too_soon_for_a_timer) {
    report_.broken(rule("RFC5681-3.2-11", "DUPLICATES", state),
                   "a fast retransmission after three acknowledgments with text or another window",
                   {"no retransmission before the timer expires"}, shown(e, view), f);
    third_lookalike_.reset();
  }
  const bool early = of_una && duplicates_ > 0 && duplicates_ < dup_thresh && before.options.sack();
  if (early && !recovery_)  // so much is reported that the loss is certain: RFC 6675 section 5 (2)
    recovery_ = Recovery{before.snd_nxt, (before.snd_nxt - before.snd_una).octets, 0, 0};
  const bool long_ago = elapsed(last_duplicate_, e.at).least > sooner_than_any_timer;
  const bool by_timer = before.timer.undisturbed && (duplicates_ == 0 || long_ago);
  if (of_una && by_timer) {
    in_recovery_at_timeout_ = recovery_ || (timed_out_below_ && in_recovery_at_timeout_);
    timed_out_below_ = before.snd_nxt;
    others_since_timeout_ = false;
    duplicates_ = 0;
    recovery_.reset();
    due_.reset();
    return;
  }
  const bool below_timeout = timed_out_below_ && wire::before(before.snd_una, *timed_out_below_);
  // What was sent after the timeout and is reported says that the retransmission was lost (RFC 8985).
  // RFC 6675 section 5.1 speaks of timeouts during a recovery, RFC 6582 of all of them.
  const bool binds = !selective_ || in_recovery_at_timeout_;
  const bool third = of_una && below_timeout && binds && duplicates_ == dup_thresh && !others_since_timeout_;
  if (third && view.context.timing->exact && elapsed(last_duplicate_, e.at).most <= at_once) {
    report_.broken(rule(selective_ ? "RFC6675-5.1-1" : "RFC6582-3.2-2", "TIMEOUT", state),
                   "a fast retransmission of text that the timeout has sent again already",
                   {"no fast retransmission below what was sent before the timeout"}, shown(e, view), f);
  }
  if (!of_una) others_since_timeout_ = true;
  if (!of_una && recovery_ && duplicates_ > 0 && before.options.sack()) selective_ = true;
}

void FastRecovery::sent_fresh(const Emitted& e, const Tcb& before, const View& view, Findings& f) {
  const auto length = static_cast<std::uint32_t>(e.segment->text.size());
  const std::uint32_t smss = sender_mss(before, view.context);
  const State state = before.state;
  const bool binding = !recovery_ || selective_;  // RFC 5681 alone lets every duplicate release a segment
  if (uninformative_ && binding && elapsed(*uninformative_, e.at).most <= at_once) {
    report_.broken(rule(recovery_ ? "RFC9937-6.2-1" : "RFC5681-3.2-5", "LIMITED-TRANSMIT", state),
                   "new text on a duplicate acknowledgment without SACK information", {"no new text"},
                   shown(e, view), f);
    uninformative_.reset();
  }
  if (recovery_) {
    recovery_->fresh += length;
    // cwnd begins at half the flight plus three segments, so new text needs further duplicates first.
    const std::uint64_t most = (recovery_->duplicates + std::uint64_t{1}) * smss;
    if (recovery_->fresh > most && !before.options.sack()) {
      report_.broken(rule("RFC5681-3.2-8", "RECOVERY", state),
                     fmt::format("{} octets of new text in recovery", recovery_->fresh),
                     {fmt::format("at most {} octets: one segment for a duplicate", most)}, shown(e, view),
                     f);
    }
    if (recovery_->duplicates > 0) report_.held("RFC5681-3.2-9", state, f);
    return;
  }
  if (duplicates_ == 0 || !quiet_before_) return;
  fresh_on_duplicates_ += length;
  if (due_ && due_->what == Due::What::new_text) {
    report_.held("RFC5681-3.2-4", state, f);
    report_.held("RFC3042-2-1", state, f);
    due_.reset();
  }
  if (fresh_on_duplicates_ > std::uint64_t{duplicates_} * smss) {
    report_.broken(rule("RFC5681-3.2-5", "LIMITED-TRANSMIT", state),
                   fmt::format("{} octets of new text on {} duplicates", fresh_on_duplicates_, duplicates_),
                   {"one segment for each of the first two duplicates"}, shown(e, view), f);
  } else if (duplicates_ == 2) {
    report_.held("RFC5681-3.2-5", state, f);
  }
}

void FastRecovery::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (!due_ || due_->by >= now) return;
  const Due due = *std::exchange(due_, std::nullopt);
  const Tcb* t = agreed_sender(view.before);
  if (t == nullptr || !sends_text(t->state)) return;
  const bool fresh = due.what == Due::What::new_text;
  report_.broken(rule(due.id, "DUPLICATES", t->state),
                 fresh                              ? "a duplicate acknowledgment released no new segment"
                 : due.what == Due::What::next_hole ? "a partial acknowledgment brought no retransmission"
                                                    : "the third duplicate brought no retransmission",
                 {fresh ? "one segment of new text" : "a retransmission from SND.UNA at once"}, "nothing", f);
}

}  // namespace tcpjury::model
