#include "harness/model/time_wait_layer.h"

namespace tcpjury::model {
namespace {

bool in_time_wait(std::span<const Tcb> list) {
  return std::all_of(list.begin(), list.end(), [](const Tcb& t) { return t.state == State::time_wait; });
}
bool all_gone(std::span<const Tcb> list) {
  return std::all_of(list.begin(), list.end(),
                     [](const Tcb& t) { return t.state == State::closed || t.state == State::listen; });
}

struct Advice {
  std::string_view id;
  bool opens;
};

/// RFC 6191 section 2. `beyond`: the number is larger than the last one of the old connection. Nothing where
/// TS.Recent is not known well enough.
std::optional<Advice> advice(const Tcb& t, const std::optional<wire::Timestamps>& ts, bool beyond) {
  const bool had = t.options.timestamps();
  const bool offered_in_vain = t.options.peer_timestamps && !had;
  if (!had && ts && !offered_in_vain) {  // whether the target would use them is not known
    return beyond ? std::optional{Advice{"RFC6191-2-5", true}} : std::nullopt;
  }
  if (!had) return beyond ? Advice{"RFC6191-2-6", true} : Advice{"RFC6191-2-7", false};
  if (!ts) return beyond ? Advice{"RFC6191-2-3", true} : Advice{"RFC6191-2-4", false};
  if (!t.ts_recent) return std::nullopt;
  const auto above_most = static_cast<std::int32_t>(ts->tsval - t.ts_recent->most);
  const auto above_least = static_cast<std::int32_t>(ts->tsval - t.ts_recent->least);
  if (above_most > 0) return Advice{"RFC6191-2-1", true};
  if (above_least < 0) return Advice{"RFC6191-2-4", false};
  if (above_most != 0 || above_least != 0) return std::nullopt;
  return beyond ? Advice{"RFC6191-2-2", true} : Advice{"RFC6191-2-4", false};
}

}  // namespace

void TimeWaitLayer::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  if (all_gone(view.before)) return;  // the answer will tell
  if (reset_ && !in_time_wait(view.before)) return;
  over_ = reset_ = false;
  syn_.reset();
  over_ = std::all_of(view.after.begin(), view.after.end(), [](const Tcb& t) { return t.time_wait_over; }) ||
          (in_time_wait(view.before) &&
           std::none_of(view.after.begin(), view.after.end(),
                        [](const Tcb& t) { return t.state == State::time_wait; }) &&
           view.context.timing->time_wait_most && !a.has(wire::rst));
  if (!in_time_wait(view.before)) return;
  const Tcb& t = view.before.front();
  if (a.has(wire::rst)) {
    reset_ = a.segment->seq == t.rcv_nxt_least;
    return;
  }
  old_duplicate_ = wire::before(a.segment->seq, t.rcv_nxt_least);
  if (!a.has(wire::syn) || a.has(wire::ack) || !view.context.listening) return;
  if (elapsed(t.time_wait_entered, a.at).most >= view.context.timing->time_wait_least) return;
  const auto what = advice(t, a.options.timestamps(), wire::at_or_before(t.rcv_nxt_least, a.segment->seq));
  if (!what) return;
  syn_ = Syn{what->id, what->opens, t.options.timestamps() && a.options.timestamps().has_value(),
             a.at.latest + view.context.timing->prompt};
}

void TimeWaitLayer::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  if (syn_) decide(e.has(wire::syn), f);
  if (over_ && (e.has(wire::rst) || e.has(wire::syn)) && !in_time_wait(view.after)) {
    f.held(row("3.10.8", "TIME-WAIT", State::time_wait, Origin::passive));
    report_.held("RFC9293-3.10.8-TW", State::time_wait, f);
  }
  over_ = false;
  if (!reset_) return;
  const bool lives = in_time_wait(view.after);
  if (!lives && !all_gone(view.after)) return;
  reset_ = false;
  f.measured("time-wait.reset", lives ? "is ignored" : "ends it");
  if (lives) report_.held("RFC1337-3-F1", State::time_wait, f);
  // Either way nothing of the old connection came back to life.
  if (old_duplicate_) report_.held("RFC1337-1-1", State::time_wait, f);
}

void TimeWaitLayer::quiet_until(TimePoint now, const View& /*view*/, Findings& f) {
  if (syn_ && syn_->due < now) decide(false, f);
}

void TimeWaitLayer::decide(bool opened, Findings& f) {
  const Syn syn = *syn_;
  syn_.reset();
  const Rule cited = rule(syn.id, "SYN", State::time_wait);
  if (opened != syn.opens) {
    f.broken({cited,
              opened ? "a SYN that may be an old one opened a new connection"
                     : "a SYN that cannot be an old one did not open a new connection",
              {opened ? "no new connection" : "<SEQ=ISS><CTL=SYN,ACK>"},
              {}},
             opened ? "<CTL=SYN,ACK>" : "no SYN,ACK");
    return;
  }
  f.held(cited);
  if (opened) report_.held("RFC9293-MAY-2", State::time_wait, f);
  if (syn.timestamps) report_.held("RFC9293-SHLD-4", State::time_wait, f);
}

}  // namespace tcpjury::model
