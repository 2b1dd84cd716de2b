#include "harness/model/timeout.h"

#include <fmt/format.h>

#include <algorithm>

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

/// Below this the one second that RFC 6298 section 2.4 asks for hides what was computed.
constexpr Duration telling = 1200ms;

/// Samples of one value after which RTTVAR has died away: (3/4)^12 of it is left.
constexpr std::uint32_t settled_samples = 12;

}  // namespace

void Timeout::Estimate::take(Duration r) {
  const Duration difference = r > last ? r - last : last - r;
  steady = samples > 0 && difference < 20ms ? steady + 1 : 0;
  last = r;
  if (samples++ == 0) {
    srtt = r;
    rttvar = r / 2;
    return;
  }
  const Duration error = srtt > r ? srtt - r : r - srtt;
  rttvar = rttvar * 3 / 4 + error / 4;
  srtt = srtt * 7 / 8 + r / 8;
}

// ---- acknowledgments ------------------------------------------------------------------------------------

void Timeout::arrival(const Arrival& a, const View& view, Findings& f) {
  const Tcb* before = agreed_sender(view.before);
  const Tcb* after = agreed_sender(view.after);
  if (std::none_of(view.before.begin(), view.before.end(), [](const Tcb& t) { return t.iss.has_value(); }))
    return;  // nothing was sent yet
  if (before == nullptr ||
      after == nullptr) {  // what it acknowledged, and so what it measured, is not certain
    sample_missed_ = sample_missed_ || timed_.has_value();
    timed_.reset();
    one_at_a_time_ = syn_timed_out_ = false;
    unsure_ = true;
    estimate_.steady = 0;
    ambiguous_.reset();
    backed_off_.reset();
    return;
  }
  note_quiet(a.at, *before, f);
  restarted_.reset();
  if (!wire::before(before->snd_una, after->snd_una)) return;
  if (timed_ && wire::at_or_before(timed_->end, after->snd_una)) {
    const auto ts = a.options.timestamps();
    // A sample by timestamps is that of the segment they echo, which may be another one.
    const bool of_another = after->options.timestamps() && (!ts || ts->tsecr != timed_->tsval);
    if (of_another) {
      unsure_ = true;
      estimate_.steady = 0;
      by_timestamp_ = std::max(by_timestamp_, elapsed(timed_->at, a.at).most);
    } else if (view.context.timing->exact) {
      if (estimate_.steady >= settled_samples && estimate_.last > telling)
        report_.held("RFC6298-4-1", after->state, f);
      estimate_.take(elapsed(timed_->at, a.at).most);
    }
    timed_.reset();
    ambiguous_.reset();
    sampled_since_ = backed_off_.has_value();
  } else if (before->timer.count > 0 && synchronized(before->state)) {
    // Karn: nobody knows which transmission this acknowledges, unless a timestamp tells.
    const bool told = after->options.timestamps();
    ambiguous_ = told || sample_missed_ ? std::nullopt : std::optional{before->timer.interval.least};
    backed_off_ = before->timer.interval.least;
    sampled_since_ = told;
    if (told) sample_of_timestamp(a, *before);
  }
  sample_missed_ = false;
  partial_ = after->outstanding();
  if (partial_) restarted_ = a.at;
  all_acknowledged_ = after->outstanding() ? std::nullopt : std::optional{a.at};
}

/// Which transmission a timestamp echoes is known where it is the last one; else it may be the first.
void Timeout::sample_of_timestamp(const Arrival& a, const Tcb& before) {
  const auto ts = a.options.timestamps();
  const bool of_last = ts && repeated_ && repeated_->tsval == ts->tsecr;
  by_timestamp_ = std::max(by_timestamp_, elapsed(of_last ? repeated_->at : before.timer.first, a.at).most);
  unsure_ = true;
  estimate_.steady = 0;
}

/// RFC 6298 section 5.2: with everything acknowledged the timer is off, so nothing may come.
void Timeout::note_quiet(TimeSpan at, const Tcb& t, Findings& f) {
  if (all_acknowledged_ && elapsed(*all_acknowledged_, at).least >= 5s)
    report_.held("RFC6298-5.2-1", t.state, f);
}

// ---- what is sent ---------------------------------------------------------------------------------------

void Timeout::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  if (e.has(wire::rst) || e.segment->length().octets == 0) return;
  if (e.has(wire::syn)) {
    const Tcb& t = view.before.front();
    if (what != EmissionClass::retransmission) {
      // After crossing SYNs the SYN,ACK sends the SYN again: whether its time counts, and from when, is open.
      const bool again = t.iss.has_value();
      timed_ = again ? std::nullopt : std::optional{timed(e)};
      unsure_ = unsure_ || again;
    } else {
      timed_.reset();
      syn_timed_out_ = true;
      const bool doubled = elapsed(t.timer.last, e.at).least * 2 >= t.timer.interval.most * 3;
      if (t.timer.count > 0 && t.timer.undisturbed && doubled) report_.held("RFC1122-4.2.3.1-1", t.state, f);
    }
    return;
  }
  const Tcb* before = agreed_sender(view.before);
  if (before == nullptr || what == EmissionClass::probe) return;
  note_quiet(e.at, *before, f);
  if (what == EmissionClass::retransmission) {
    judge_repetition(e, *before, view, f);
    timed_.reset();
    const auto ts = e.options.timestamps();
    repeated_ = ts ? std::optional{Stamped{ts->tsval, e.at}} : std::nullopt;
  } else {
    note_sent(e, *before);
  }
}

Timeout::Timed Timeout::timed(const Emitted& e) {
  const auto ts = e.options.timestamps();
  return {e.segment->end(), e.at, ts ? std::optional{ts->tsval} : std::nullopt};
}

void Timeout::note_sent(const Emitted& e, const Tcb& before) {
  if (before.outstanding()) one_at_a_time_ = false;
  if (!timed_) timed_ = timed(e);
  if (!before.outstanding()) partial_ = false;
  after_partial_.reset();
  all_acknowledged_.reset();
}

void Timeout::judge_repetition(const Emitted& e, const Tcb& before, const View& view, Findings& f) {
  const State state = before.state;
  const bool one_octet_again = e.segment->text.size() == 1 && e.segment->end() == before.snd_nxt;
  if (!e.crossed && wire::at_or_before(e.segment->end(), before.snd_una) && all_acknowledged_ &&
      !one_octet_again && elapsed(*all_acknowledged_, e.at).least > at_once) {
    report_.broken(rule("RFC6298-5.2-1", "TIMER", state), "sent again although it was acknowledged",
                   {"no segment"}, shown(e, view), f);
    return;
  }
  // What follows an acknowledgment at once was let out by it, not by the timer it restarted.
  const bool restarted =
      restarted_ && before.timer.last == *restarted_ && elapsed(*restarted_, e.at).least > 150ms;
  const bool undisturbed = before.timer.undisturbed || restarted;
  if (!undisturbed || before.snd_wnd == 0 || !before.outstanding()) return after_partial_.reset();
  const bool first = before.timer.count == 0;
  if (wire::before(before.snd_una, e.segment->seq)) {
    if (first && !before.options.sack()) {
      report_.broken(rule("RFC6298-5.4-1", "TIMER", state),
                     "the timer sent again what is not the earliest unacknowledged segment",
                     {"a retransmission from SND.UNA"}, shown(e, view), f);
    }
    return;
  }
  report_.held("RFC6298-5.1-1", state, f);
  const bool several = wire::before(e.segment->end(), before.snd_nxt);
  if (several) {
    report_.held("RFC6298-5.4-1", state, f);
    if (!before.options.sack()) report_.held("RFC8985-4-1", state, f);
  }
  if (!view.context.timing->exact || before.options.sack()) return;
  if (first) {
    judge_first_expiry(e, before, view, f);
    first_interval_ = elapsed(before.timer.last, e.at).most;
    return;
  }
  const ElapsedBounds ran = elapsed(before.timer.last, e.at);
  if (after_partial_ && before.timer.count == 1) {  // this interval is twice the RTO
    const Duration rto = ran.most / 2;
    if (*after_partial_ + view.context.timing->slack < rto * 3 / 4) {
      accuse("RFC6298-5.3-1", *after_partial_, rto, e, view, f);
    } else {
      report_.held("RFC6298-5.3-1", state, f);
    }
    after_partial_.reset();
  }
  report_.held("RFC6298-5-1", state, f);
}

void Timeout::judge_first_expiry(const Emitted& e, const Tcb& before, const View& view, Findings& f) {
  const ElapsedBounds ran = elapsed(before.timer.last, e.at);
  const Duration slack = view.context.timing->slack;
  const State state = before.state;
  f.measured("rto.first", seconds(ran.least));
  if (partial_) {
    after_partial_ = ran.most;
    return;
  }
  if (syn_timed_out_ && estimate_.samples == 0 && !before.options.timestamps()) {
    if (ran.most + slack < 3s) return accuse("RFC6298-5.7-1", ran.most, 3s, e, view, f);
    return report_.held("RFC6298-5.7-1", state, f);
  }
  if (ambiguous_) {
    const Duration least = *ambiguous_ * 3 / 2;
    ambiguous_.reset();
    if (ran.most + slack < least) {
      // Shorter than it was before the back-off: a sample was taken. As it was then: only the back-off is
      // gone.
      const bool collapsed = ran.most + slack < first_interval_ * 3 / 4;
      return accuse(collapsed ? "RFC6298-3-1" : "RFC9293-MUST-18", ran.most, least, e, view, f);
    }
    report_.held("RFC6298-3-1", state, f);
    return report_.held("RFC9293-MUST-18", state, f);
  }
  // Two samples of 0 and R make an RTO of 4R at the most.
  const Duration computed = std::max<Duration>({estimate_.rto(), 1s, by_timestamp_ * 4});
  if (backed_off_ && sampled_since_ && *backed_off_ > 2 * computed + slack) {
    if (ran.least >= *backed_off_ * 9 / 5) {
      report_.broken(rule("RFC6298-5-3", "BACKOFF", state),
                     fmt::format("still backed off to {} after a new sample", seconds(ran.least)),
                     {fmt::format("about {}", seconds(computed))}, shown(e, view), f);
    } else {
      report_.held("RFC6298-5-3", state, f);
    }
    backed_off_.reset();
  }
  judge_estimate(e, ran, view, f);
}

/// The RTO may be larger than computed, never smaller (RFC 6298 section 1).
void Timeout::judge_estimate(const Emitted& e, ElapsedBounds ran, const View& view, Findings& f) {
  const State state = view.before.front().state;
  if (estimate_.samples == 0 || (unsure_ && estimate_.steady < settled_samples)) return;
  const Duration tolerance = view.context.timing->slack;
  if (estimate_.steady >= settled_samples && estimate_.last > telling && ran.most + 10ms < estimate_.last) {
    return accuse("RFC6298-4-1", ran.most, estimate_.last, e, view, f);
  }
  if (ran.most + 10ms < estimate_.last && !one_at_a_time_)
    return accuse("RFC6298-1-1", ran.most, estimate_.last, e, view, f);
  if (!one_at_a_time_) return;
  const Duration computed = estimate_.rto();
  const std::string_view id = estimate_.samples == 1 ? "RFC6298-2.2-1" : "RFC6298-2.3-1";
  if (ran.most + tolerance < computed * 4 / 5) return accuse(id, ran.most, computed, e, view, f);
  if (computed < telling) return;
  report_.held("RFC6298-1-1", state, f);
  report_.held("RFC9293-MUST-18", state, f);
  report_.held(id, state, f);
  if (estimate_.samples < 2) return;
  report_.held("RFC6298-3-2", state, f);
  if (ran.least > computed * 3 + 2 * tolerance) {
    report_.broken(rule("RFC6298-2.3-2", "RTO", state),
                   fmt::format("the timer ran {}, far longer than its samples say", seconds(ran.least)),
                   {fmt::format("about {}", seconds(computed))}, shown(e, view), f);
  } else {
    report_.held("RFC6298-2.3-2", state, f);
  }
}

void Timeout::accuse(std::string_view id, Duration ran, Duration least, const Emitted& e, const View& view,
                     Findings& f) {
  report_.broken(rule(id, "RTO", view.before.front().state),
                 fmt::format("the retransmission timer ran {}", seconds(ran)),
                 {fmt::format("at least {}", seconds(least))}, shown(e, view), f);
}

}  // namespace tcpjury::model
