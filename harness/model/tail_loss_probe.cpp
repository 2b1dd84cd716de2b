#include "harness/model/tail_loss_probe.h"

#include <fmt/format.h>

namespace tcpjury::model {

void TailLossProbe::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  last_event_ = a.at;
  const Tcb* before = agreed_sender(view.before);
  const Tcb* after = agreed_sender(view.after);
  const bool advances =
      before != nullptr && after != nullptr && wire::before(before->snd_una, after->snd_una);
  reported_ = reported_ || !a.options.sack_blocks().empty();
  if (!advances && before != nullptr && after != nullptr) return;
  reported_ = false;
  probe_.reset();
  if (timed_ && advances && before->timer.count == 0 && !after->outstanding())
    round_trip_ = elapsed(*timed_, a.at).most;
  timed_.reset();
}

void TailLossProbe::call(TimeSpan at, const UserCall& /*call*/, const View& /*view*/, Findings& /*f*/) {
  last_event_ = at;
}

void TailLossProbe::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  if (e.has(wire::syn)) timed_ = what == EmissionClass::retransmission ? std::nullopt : std::optional{e.at};
  if (e.segment->text.empty() || e.has(wire::syn) || e.has(wire::rst)) return;
  const Tcb* t = agreed_sender(view.before);
  const bool sack = t != nullptr && t->options.peer_sack && t->options.own_sack;
  if (!sack || !view.context.timing->exact || !sends_text(t->state) || t->snd_wnd == 0) {
    last_sent_ = e.at;
    return;
  }
  const bool again = what == EmissionClass::retransmission;
  const bool of_una = again && wire::at_or_before(e.segment->seq, t->snd_una);
  const auto long_ago = [&](const std::optional<TimeSpan>& since) {
    return since && elapsed(*since, e.at).least > std::chrono::milliseconds{1};
  };
  const bool by_timer = t->outstanding() && long_ago(last_event_) && long_ago(last_sent_);
  if (!again && !t->outstanding() && !timed_) timed_ = e.at;
  if (by_timer && !reported_ && !of_una && t->timer.count == 0) judge_probe(e, again, *t, view, f);
  if (of_una && probe_) {
    if (elapsed(*probe_, e.at).most < at_once) {
      report_.broken(rule("RFC8985-7.3-3", "PROBE", t->state),
                     "the timer was not started anew after the probe", {"a timeout one RTO after the probe"},
                     shown(e, view), f);
    } else {
      report_.held("RFC8985-7.3-1", t->state, f);
      report_.held("RFC8985-7.3-3", t->state, f);
    }
    probe_.reset();
  }
  last_sent_ = e.at;
}

void TailLossProbe::judge_probe(const Emitted& e, bool again, const Tcb& t, const View& view, Findings& f) {
  if (probe_) {
    report_.broken(rule("RFC8985-7.3-1", "PROBE", t.state),
                   "a second probe before the first one was answered", {"a retransmission from SND.UNA"},
                   shown(e, view), f);
    return;
  }
  probe_ = e.at;
  const ElapsedBounds waited = elapsed(*last_sent_, e.at);
  f.measured("tail-loss-probe.after", seconds(waited.least));
  const std::uint32_t smss = sender_mss(t, view.context);
  const bool fresh_waits =
      wire::before(t.snd_nxt, t.stream_end()) && (t.snd_nxt - t.snd_una).octets + smss <= t.snd_wnd;
  if (again && fresh_waits) {
    report_.broken(rule("RFC8985-7.3-2", "PROBE", t.state), "a probe without new text although some waits",
                   {"new text"}, shown(e, view), f);
  } else {
    report_.held("RFC8985-7.3-2", t.state, f);
  }
  if (!round_trip_ || *round_trip_ < at_once) return;
  if (waited.most < *round_trip_) {
    report_.broken(
        rule("RFC8985-7.2-1", "PROBE", t.state),
        fmt::format("a probe after {} with a round trip of {}", seconds(waited.least), seconds(*round_trip_)),
        {"a probe after about two round trips"}, shown(e, view), f);
  } else {
    report_.held("RFC8985-7.2-1", t.state, f);
  }
}

}  // namespace tcpjury::model
