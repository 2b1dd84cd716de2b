#include "harness/model/sack_sender_layer.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/model/agreement.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

/// A retransmission this soon after an arrival was caused by it: no retransmission timer is that short.
constexpr Duration prompt = 100ms;
/// The shortest retransmission time-out in wide use is 200 ms.
constexpr Duration shortest_timeout = 180ms;
/// Below this a sender that measures time (RFC 8985) has no window for reordering worth the name.
constexpr Duration telling_round_trip = 80ms;
/// Timer-driven retransmissions elsewhere: a tail loss probe and one that crossed are no timeout yet.
constexpr std::uint8_t elsewhere_max = 3;

}  // namespace

void SackSenderLayer::arrival(const Arrival& a, const View& v, Findings& f) {
  if (!a.has(wire::ack) || a.segment->flags.any(wire::syn | wire::rst)) return;
  const auto una = common(v.before, [](const Tcb& t) { return t.snd_una; });
  const auto nxt = common(v.before, [](const Tcb& t) { return t.snd_nxt; });
  const bool permitted =
      all_agree(v.before, [](const Tcb& t) { return t.options.sack() && synchronized(t.state); });
  if (!una || !nxt) return;
  if (reports_ == 1) rules_.held(SackSenderRule::no_single_report, v.before.front().state, f);
  const SeqNum ack = a.segment->ack;
  if (wire::before(*una, ack) && wire::at_or_before(ack, *nxt)) {
    if (ack == *nxt && last_sent_) {
      const Duration took = elapsed(*last_sent_, a.at).least;
      round_trip_ = round_trip_ ? std::min(*round_trip_, took) : took;
    }
    reports_ = 0;
    elsewhere_ = 0;
    reported_.forget_before(ack);
  }
  last_arrival_ = a.at;
  const auto blocks = a.options.sack_blocks();
  if (!permitted || blocks.empty() || a.options.defect != wire::OptionDefect::none) return;
  for (const wire::SackBlock& b : blocks) {
    const bool sound = wire::at_or_before(*una, b.left) && wire::before(b.left, b.right) &&
                       wire::at_or_before(b.right, *nxt);
    if (sound) reported_.add({b.left, b.right});
  }
  if (reports_ < 0xff) ++reports_;
}

void SackSenderLayer::emission(const Emitted& e, EmissionClass what, const View& v, Findings& f) {
  if (e.segment->text.empty() || e.segment->flags.any(wire::syn | wire::rst)) return;
  if (what == EmissionClass::retransmission) return retransmitted(e, v, f);
  if (what == EmissionClass::progress) last_sent_ = e.at;
}

void SackSenderLayer::retransmitted(const Emitted& e, const View& v, Findings& f) {
  const auto una = common(v.before, [](const Tcb& t) { return t.snd_una; });
  if (!una || reported_.size() == 0 || e.crossed) return;
  const State state = v.before.front().state;
  if (elapsed(last_arrival_, e.at).most > prompt) return after_timeout(e, *una, state, f);
  const SeqRange sent{e.segment->seq, e.segment->end()};
  const bool maybe_timeout = std::any_of(v.before.begin(), v.before.end(), [&](const Tcb& t) {
    return elapsed(t.timer.last, e.at).most >= shortest_timeout;
  });
  if (maybe_timeout && sent.first == *una) reported_.clear();  // the timer fired just after the arrival
  if (reported_.covers(sent) && sent.first != *una) {
    rules_.broken(SackSenderRule::not_again, state,
                  {"SACK-AGAIN",
                   "text was sent again that the peer had reported as received",
                   "a retransmission of what is missing",
                   {}},
                  wire::to_notation(*e.segment), f);
  } else {
    rules_.held(SackSenderRule::not_again, state, f);
  }
  const bool one_report = reports_ == 1 && round_trip_ && *round_trip_ >= telling_round_trip &&
                          v.context.timing->exact && elapsed(last_arrival_, e.at).most < *round_trip_ / 8;
  if (one_report) {
    rules_.broken(SackSenderRule::no_single_report, state,
                  {"SACK-SINGLE",
                   "a single report of text out of order started a retransmission",
                   "no retransmission yet",
                   {}},
                  wire::to_notation(*e.segment), f);
  }
}

/// Section 5: after a timeout the segment at the left edge is sent again whether or not it was reported, and
/// what was reported may count no more.
void SackSenderLayer::after_timeout(const Emitted& e, SeqNum una, State state, Findings& f) {
  const bool covers_edge = wire::at_or_before(e.segment->seq, una) && wire::before(una, e.segment->end());
  if (!covers_edge) {
    if (++elsewhere_ < elsewhere_max) return;
    rules_.broken(SackSenderRule::left_edge, state,
                  {"SACK-TIMEOUT",
                   "timeouts retransmitted other text than that at SND.UNA",
                   "a retransmission from SND.UNA",
                   {}},
                  wire::to_notation(*e.segment), f);
    return;
  }
  elsewhere_ = 0;
  if (reported_.covers({una, una + SeqLen{1}})) rules_.held(SackSenderRule::left_edge, state, f);
  reported_.clear();
}

}  // namespace tcpjury::model
