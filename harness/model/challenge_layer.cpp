#include "harness/model/challenge_layer.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view slightly_old_ack = "RFC5961-5.2-3";

bool exists(const Tcb& t) { return t.state != State::closed && t.state != State::listen; }
bool none_exists(std::span<const Tcb> list) { return std::none_of(list.begin(), list.end(), exists); }
bool all_exist(std::span<const Tcb> list) { return std::all_of(list.begin(), list.end(), exists); }

bool owes_for(std::span<const Tcb> list, std::string_view event) {
  return std::any_of(list.begin(), list.end(), [&](const Tcb& t) {
    return std::any_of(t.owes.begin(), t.owes.end(),
                       [&](const Obligation& o) { return o.rule.event == event; });
  });
}

}  // namespace

void ChallengeLayer::arrival(const Arrival& a, const View& view, Findings& f) {
  if (none_exists(view.before)) return;  // the answer shows whether it is gone
  if (open_ != Probe::none && answers_ == 1) report_.held("RFC5961-10-1", view.before.front().state, f);
  answers_ = 0;
  open_ = obeyed_ = Probe::none;
  reset_with_text_ = false;
  text_end_.reset();
  far_below_.reset();
  // Whoever must answer is challenged; hypotheses that obeyed the last probe may still be about.
  const bool connected = synchronized(view.before.front().state);
  if (connected && a.has(wire::rst) && owes_for(view.after, "RST-INWND")) open_ = Probe::reset;
  if (connected && a.has(wire::syn) && (owes_for(view.after, "SYN-INWND") || owes_for(view.after, "SYN-OUT")))
    open_ = Probe::syn;
  count_probe(a, view);
  const Tcb* t = agreed_receiver(view.before);
  if (t == nullptr || !synchronized(t->state)) return;
  const bool exact_reset = a.has(wire::rst) && a.segment->seq == t->rcv_nxt_least;
  if (exact_reset && t->state != State::time_wait) {
    obeyed_ = challenged_;
    reset_with_text_ = !a.segment->text.empty();
  }
  if (!a.has(wire::rst) && !a.has(wire::syn)) note_text(a, view);
}

/// In-order text whose fate says something beyond its own row.
void ChallengeLayer::note_text(const Arrival& a, const View& view) {
  const Tcb* sender = agreed_sender(view.before);
  const Tcb* t = agreed_receiver(view.before);
  if (sender == nullptr || !takes_text(t->state) || a.segment->text.empty() || !a.has(wire::ack)) return;
  if (a.segment->seq != t->rcv_nxt_least || !sender->iss) return;
  const SeqNum ack = a.segment->ack;
  const bool old = wire::before(ack, sender->snd_una) && wire::before(*sender->iss, ack);
  const bool within = wire::at_or_before(sender->snd_una - SeqLen{sender->snd_wnd_max_least}, ack);
  if (old && !within) {
    far_below_ = a.segment->seq;
    return;
  }
  if (old && within) {
    text_id_ = slightly_old_ack;
  } else if (challenged_ != Probe::none) {
    text_id_ = "RFC5961-3.2-7";
  } else {
    return;
  }
  text_end_ = a.segment->seq + a.text_length();
}

void ChallengeLayer::count_probe(const Arrival& a, const View& view) {
  if (open_ == Probe::none) return;
  if (probes_ == 0 || elapsed(burst_began_, a.at).most > 5s) {
    burst_began_ = a.at;
    probes_ = challenges_ = 0;
  }
  ++probes_;
  if (probes_ >= burst) burst_due_ = a.at.latest + view.context.timing->prompt;
}

void ChallengeLayer::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  if (e.has(wire::rst) && none_exists(view.after)) return gone(view, f);
  if (e.has(wire::rst) || e.has(wire::syn) || !all_exist(view.after)) return;
  const State state = view.after.front().state;
  if (text_end_ && wire::at_or_before(*text_end_, e.segment->ack)) {
    f.held(rule(text_id_, "DATA-INORDER", state));
    text_end_.reset();
  }
  if (far_below_) {
    const bool dropped = e.segment->ack == *far_below_;
    f.measured("ack-range-check", dropped ? "applied" : "not applied");
    if (dropped) {
      for (const std::string_view id : {"RFC5961-5.2-2", "RFC5961-5.2-1", "RFC9293-MAY-12"})
        report_.held(id, state, f);
    }
    far_below_.reset();
  }
  ++answers_;
  if (open_ == Probe::none || answers_ > 1) return;
  ++challenges_;
  challenged_ = open_;
  report_.held("RFC5961-1.1-1", state, f);
  if (open_ == Probe::reset) {
    for (const std::string_view id : {"RFC5961-3.2-3", "RFC5961-3.2-4"}) report_.held(id, state, f);
  } else {
    for (const std::string_view id : {"RFC5961-4.2-1", "RFC5961-4.2-3"}) report_.held(id, state, f);
  }
}

/// The connection turned out to be gone.
void ChallengeLayer::gone(const View& view, Findings& f) {
  const State state = view.before.front().state;
  if (obeyed_ == Probe::reset) report_.held("RFC5961-3.2-6", state, f);
  if (obeyed_ == Probe::syn) report_.held("RFC5961-4.2-2", state, f);
  if (reset_with_text_) report_.held("RFC9293-SHLD-2", state, f);
  obeyed_ = challenged_ = Probe::none;
  reset_with_text_ = false;
}

Rule ChallengeLayer::blame(const Rule& why, const Findings& findings) const {
  const std::string_view id = why.requirement->id;
  if (!text_end_ || text_id_ != slightly_old_ack || !id.starts_with("RFC9293-3.10.7.4-DATA-INORDER"))
    return why;
  return kept_before(findings, id) ? rule(text_id_, why.event, why.state) : why;
}

void ChallengeLayer::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (burst_due_ >= now) return;
  burst_due_ = never;
  const State state = view.before.front().state;
  f.measured("challenge-acks.burst", fmt::format("{} of {}", challenges_, probes_));
  if (view.tuple.target.address.family == wire::Family::v4) report_.held("RFC6633-5-2", state, f);
  if (challenges_ < probes_) {
    report_.held("RFC5961-7-1", state, f);
  } else {
    report_.broken(rule("RFC5961-7-1", "BURST", state), "every probe of a burst was challenged",
                   {"fewer challenge ACKs than probes"}, fmt::format("{} of {}", challenges_, probes_), f);
  }
  probes_ = 0;
}

}  // namespace tcpjury::model
