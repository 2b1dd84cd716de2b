#include "harness/model/send_rate.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

/// min(10*MSS, max(2*MSS, 14600)): RFC 6928 section 2, the largest initial window any RFC permits.
std::uint32_t initial_window(std::uint32_t smss) {
  constexpr std::uint32_t ten_usual_segments = 14'600;
  return std::min(10 * smss, std::max(2 * smss, ten_usual_segments));
}

/// Longer than ten retransmission timeouts of a connection whose round trip takes no time; then slow start
/// begins anew, at once or by halves (RFC 5681 section 4.1, RFC 2861).
constexpr Duration long_idle = std::chrono::seconds{60};

constexpr std::uint64_t bound_max = std::uint64_t{1} << 40U;

}  // namespace

void SendRate::start(const Tcb& t, const Context& c) {
  if (started_) return;
  started_ = true;
  initial_ = initial_window(sender_mss(t, c));
  bound_ = recommended_ = initial_;
}

// ---- acknowledgments ------------------------------------------------------------------------------------

void SendRate::arrival(const Arrival& a, const View& view, Findings& f) {
  const Tcb* before = agreed_sender(view.before);
  const Tcb* after = agreed_sender(view.after);
  if (before == nullptr || after == nullptr) {
    loss_.reset();
    bound_ = recommended_ = bound_max;  // what was acknowledged is not certain: no bound any more
    disturbed_ = disturbed_ || started_ || before != nullptr;
    return;
  }
  if (!before->iss || before->state == State::syn_sent) return;
  start(*after, view.context);
  const std::uint32_t smss = sender_mss(*after, view.context);
  const SeqNum text_begins = *before->iss + SeqLen{1};
  const bool advances = wire::before(before->snd_una, after->snd_una);
  if (advances && wire::before(text_begins, after->snd_una)) {
    const SeqNum from = wire::later(before->snd_una, text_begins);
    note_new_ack((after->snd_una - from).octets, a, *after, view, f);
  } else if (!advances && a.has(wire::ack) && before->outstanding()) {
    ++duplicates_;  // Limited Transmit and the inflation of fast recovery: a segment each
    if (duplicates_ >= 3) loss_.reset();  // RFC 5681 alone lets them begin a fast recovery after a timeout
    std::uint64_t left_network = smss;
    for (const wire::SackBlock& b : a.options.sack_blocks()) left_network += (b.right - b.left).octets;
    bound_ = std::min(bound_ + left_network, bound_max);
    recommended_ = std::min(recommended_ + left_network, bound_max);
    if (loss_) loss_->allowed += left_network;
  }
}

void SendRate::note_new_ack(std::uint32_t octets, const Arrival& a, const Tcb& after, const View& view,
                            Findings& f) {
  const std::uint32_t smss = sender_mss(after, view.context);
  duplicates_ = 0;
  if (!first_flight_over_) judge_first_flight(after, view, f);
  first_flight_over_ = true;
  grown_ = true;
  divided_ = divided_ || octets < smss;
  bound_ = std::min(bound_ + std::max(octets, smss), bound_max);
  recommended_ = std::min(recommended_ + octets, bound_max);
  after_idle_.reset();
  if (!loss_) return;
  // A timeout that turns out to have been spurious may be undone (RFC 3522, RFC 5682): timestamps or an
  // acknowledgment beyond the segment sent again can show it.
  const bool may_be_undone = a.options.timestamps().has_value() || octets > smss;
  if (may_be_undone || loss_->others > 8) return loss_.reset();
  loss_->allowed += octets + std::max(octets, smss);
}

/// The first flight is over: was it an observation that could have shown too large a window?
void SendRate::judge_first_flight(const Tcb& t, const View& view, Findings& f) {
  if (first_flight_ == 0 || disturbed_) return;
  f.measured("iw.segments", fmt::format("{}", first_segments_));
  f.measured("iw.octets", fmt::format("{}", first_flight_));
  const std::uint64_t wanted = initial_ + std::uint64_t{sender_mss(t, view.context)};
  if (t.stream_accepted < wanted || t.snd_wnd_max < wanted) return;
  for (const std::string_view id : {"RFC5681-3.1-1", "RFC5681-3.1-2", "RFC5681-3.1-3", "RFC9293-MUST-19"})
    report_.held(id, t.state, f);
  if (syn_repeated_ > 1) report_.held("RFC5681-3.1-4", t.state, f);
}

// ---- what is sent ---------------------------------------------------------------------------------------

void SendRate::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  if (e.has(wire::rst)) return;
  if (e.has(wire::syn)) {
    if (what == EmissionClass::retransmission) ++syn_repeated_;
    return;
  }
  const Tcb* before = agreed_sender(view.before);
  if (e.segment->text.empty() || before == nullptr || !before->iss) return;
  start(*before, view.context);
  judge_loss_window(e, what, *before, view, f);
  const bool fresh = wire::before(before->snd_nxt, e.segment->end()) && what != EmissionClass::probe;
  if (fresh && !disturbed_) {
    judge_idle(e, *before, view, f);
    judge_flight(e, *before, view, f);
  }
  last_text_ = e.at;
}

void SendRate::judge_flight(const Emitted& e, const Tcb& before, const View& view, Findings& f) {
  const SeqNum end = e.segment->seq + SeqLen{static_cast<std::uint32_t>(e.segment->text.size())};
  const std::uint32_t flight = (end - before.snd_una).octets;
  const std::uint32_t smss = sender_mss(before, view.context);
  // A tail loss probe may go beyond cwnd by one segment (RFC 8985 section 7.3).
  const bool perhaps_probe = before.options.sack() && before.outstanding() && last_text_ &&
                             elapsed(*last_text_, e.at).most >= at_once && flight <= bound_ + smss;
  if (perhaps_probe && flight > recommended_) return;
  const State state = before.state;
  const auto accuse = [&](std::string_view id, std::string_view event, std::uint64_t most) {
    report_.broken(rule(id, event, state), fmt::format("{} octets are in flight", flight),
                   {fmt::format("at most {} octets", most)}, shown(e, view), f);
  };
  if (!first_flight_over_) {
    first_flight_ = flight;
    ++first_segments_;
    // RFC 6928 section 2 recommends to wait for more than one repetition before falling back to one segment.
    const std::uint64_t one = smss * (std::uint64_t{duplicates_} + 1);  // each duplicate lets another one go
    if (syn_repeated_ > 1 && flight > one) accuse("RFC5681-3.1-4", "INITIAL-WINDOW", one);
  }
  if (flight > bound_) {
    if (!grown_ && flight <= initial_ + smss) return accuse("RFC5681-3.1-3", "INITIAL-WINDOW", bound_);
    if (!grown_ && duplicates_ == 0) return accuse("RFC5681-3.1-2", "INITIAL-WINDOW", bound_);
    return accuse(divided_ ? "RFC5681-3.1-7" : "RFC5681-3.1-1", "SLOW-START", bound_);
  }
  if (flight > recommended_) return accuse("RFC5681-3.1-8", "SLOW-START", recommended_);
  const bool more_waits = wire::before(end, before.stream_end()) && flight + smss < before.snd_wnd;
  if (!grown_ || !more_waits) return;
  if (divided_) {
    report_.held("RFC5681-3.1-7", state, f);
    report_.held("RFC5681-3.1-8", state, f);
  }
  if (flight > initial_ / 2 * 3) report_.held("RFC5681-3.1-5", state, f);
}

void SendRate::judge_idle(const Emitted& e, const Tcb& before, const View& view, Findings& f) {
  if (!last_text_) return;
  const bool idle = !before.outstanding() && elapsed(*last_text_, e.at).least >= long_idle &&
                    before.timer.longest <= std::chrono::seconds{5};
  if (idle) after_idle_ = 0;
  if (!after_idle_) return;
  *after_idle_ += e.segment->text.size();
  const State state = before.state;
  const std::uint32_t smss = sender_mss(before, view.context);
  if (*after_idle_ > initial_) {
    report_.broken(rule("RFC5681-4.1-1", "IDLE", state),
                   fmt::format("{} octets at once after a long idle period", *after_idle_),
                   {fmt::format("at most {} octets", initial_)}, shown(e, view), f);
    after_idle_.reset();
  } else if (*after_idle_ + smss > initial_ && bound_ > initial_ + std::uint64_t{2} * smss) {
    report_.held("RFC5681-4.1-1", state, f);
  }
}

/// RFC 5681 section 3.1: after a timeout cwnd is no more than one segment, the loss window.
void SendRate::judge_loss_window(const Emitted& e, EmissionClass what, const Tcb& before, const View& view,
                                 Findings& f) {
  const std::uint32_t smss = sender_mss(before, view.context);
  const bool of_una =
      what == EmissionClass::retransmission && wire::at_or_before(e.segment->seq, before.snd_una);
  // The first repetition may be a tail loss probe where SACK is in use; with duplicates, a fast
  // retransmission.
  const bool sack = before.options.sack();
  const bool by_timer = before.timer.undisturbed && duplicates_ == 0 && (before.timer.count > 0 || !sack) &&
                        before.snd_wnd >= smss;
  const auto length = static_cast<std::uint32_t>(e.segment->text.size());
  // Load delays what the tester sees: on a real clock it cannot tell a second expiry from a burst.
  if (!view.context.timing->exact) return;
  const bool perhaps_by_timer = of_una && elapsed(before.timer.last, e.at).most > sooner_than_any_timer;
  if (perhaps_by_timer && !by_timer) return loss_.reset();
  if (of_una && by_timer) {
    if (loss_ && loss_->first == e.segment->seq && loss_->others == 0 && before.timer.count > 0 &&
        wire::before(before.snd_una + SeqLen{smss}, before.stream_end())) {
      report_.held("RFC5681-3.1-11", before.state, f);  // a whole interval passed with nothing else
      if (sack) report_.held("RFC8985-9.3-1", before.state, f);
    }
    loss_ = LossWindow{e.segment->seq, length, smss, 0};
    return;
  }
  if (!loss_) return;
  loss_->sent += length;
  ++loss_->others;
  if (loss_->sent > loss_->allowed) {
    report_.broken(rule("RFC5681-3.1-11", "TIMEOUT", before.state),
                   fmt::format("{} octets since the retransmission timeout", loss_->sent),
                   {fmt::format("at most {} octets", loss_->allowed)}, shown(e, view), f);
    loss_.reset();
  } else if (loss_->allowed > smss) {
    report_.held("RFC5681-3.1-11", before.state, f);
  }
}

void SendRate::icmp(TimeSpan /*at*/, const wire::Decoded& /*frame*/, const wire::Decoded& /*quoted*/,
                    const View& /*view*/, Findings& /*f*/) {
  disturbed_ = true;
  loss_.reset();
}

}  // namespace tcpjury::model
