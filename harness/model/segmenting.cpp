#include "harness/model/segmenting.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

/// The override timeout of section 3.8.6.2.1 is 0.1 s at the least; what comes sooner has no such excuse.
constexpr Duration before_override = std::chrono::milliseconds{100};
/// One segment of an odd size may have many reasons; "sustained" has none that conform.
constexpr std::uint32_t sustained = 3;

SeqNum edge_of(const Tcb& t) { return t.snd_una + SeqLen{t.snd_wnd}; }
bool text_waits(const Tcb& t) { return wire::before(t.snd_nxt, t.stream_end()); }

}  // namespace

/// Eff.snd.MSS as far as it can be known from outside: text and options together.
std::uint32_t Segmenting::full_size(const Tcb& t, const View& view) const {
  constexpr std::uint16_t least_default = 536;  // some take it for both families
  const std::uint32_t peer = t.options.peer_mss.value_or(least_default);
  return std::min<std::uint32_t>(peer, own_mss_.value_or(view.context.default_mss));
}

// ---- what arrives ---------------------------------------------------------------------------------------

void Segmenting::arrival(const Arrival& a, const View& view, Findings& f) {
  const Tcb* before = agreed_sender(view.before);
  const Tcb* after = agreed_sender(view.after);
  if (before == nullptr || after == nullptr || !sends_text(after->state)) {
    held_back_ = taken_back_ = was_taken_back_ = false;
    opened_.reset();
    mistaken_since_.reset();
    return;
  }
  small_due_ = never;
  if (held_back_ && before->outstanding()) report_.held("RFC9293-SHLD-7", after->state, f);
  held_back_ = false;
  follow_window(a, *before, *after, view, f);
}

void Segmenting::follow_window(const Arrival& a, const Tcb& before, const Tcb& after, const View& view,
                               Findings& f) {
  const bool passed = mistaken_since_ && elapsed(*mistaken_since_, a.at).least >= at_once;
  if (passed && before.mistaken_edge && text_waits(before))
    report_.held(before.mistaken_edge->id, after.state, f);
  mistaken_since_ = after.mistaken_edge ? std::optional{a.at} : std::nullopt;

  const bool recedes = wire::before(edge_of(after), after.snd_nxt);
  if (taken_back_ && !recedes) {
    if (text_waits(before)) report_.held("RFC9293-SHLD-15", after.state, f);
    was_taken_back_ = true;
  }
  taken_back_ = recedes;

  const bool opens = wire::before(edge_of(before), edge_of(after));
  const bool duplicate = before.snd_una == after.snd_una && a.segment->text.empty();
  edge_before_duplicate_ = opens && duplicate && !wire::before(before.snd_nxt, edge_of(before))
                               ? std::optional{edge_of(before)}
                               : std::nullopt;
  const bool resisted = opened_ && elapsed(*opened_, a.at).least >= std::chrono::milliseconds{5};
  if (resisted) report_.held("RFC9293-MUST-38", after.state, f);
  opened_.reset();
  if (!opens || recedes) return;
  const std::uint32_t room = (edge_of(after) - after.snd_nxt).octets;
  const std::uint32_t full = full_size(after, view);
  const bool tiny = room > 0 && room < full && room < after.snd_wnd_max_least / 2 &&
                    (after.stream_end() - after.snd_nxt).octets > room;
  if (tiny) opened_ = a.at;
}

void Segmenting::call(TimeSpan at, const UserCall& call, const View& view, Findings& /*f*/) {
  const Tcb* t = agreed_sender(view.after);
  if (call.kind == UserCall::Kind::set && call.option == UserOption::nagle && call.ok)
    nagle_off_ = call.value == 0;
  if (t == nullptr || !t->iss || call.kind != UserCall::Kind::send || call.octets.empty()) return;
  call_ends_ = t->stream_end();
  call_begins_ = call_ends_ - SeqLen{static_cast<std::uint32_t>(call.octets.size())};
  const bool small_write = (t->stream_end() - t->snd_nxt).octets < full_size(*t, view) / 2;
  if (!later_write_) later_write_ = call_begins_;
  held_back_ = small_write && small_end_ && wire::before(t->snd_una, *small_end_) && t->outstanding();
  const bool fits = wire::at_or_before(t->stream_end(), edge_of(*t)) &&
                    (t->stream_end() - t->snd_una).octets <= full_size(*t, view);
  if (!nagle_off_ || !held_back_) return;
  held_back_ = false;
  // Two small segments fit every window but that of a single segment after a loss.
  if (fits && !repeated_ && sends_text(t->state)) small_due_ = at.latest + view.context.timing->prompt;
}

void Segmenting::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (small_due_ >= now) return;
  small_due_ = never;
  report_.broken(rule("RFC9293-MUST-17", "NAGLE", view.before.front().state),
                 "a small write waits although the user has switched the Nagle algorithm off",
                 {"a segment with it"}, "nothing", f);
}

void Segmenting::icmp(TimeSpan /*at*/, const wire::Decoded& /*frame*/, const wire::Decoded& /*quoted*/,
                      const View& /*view*/, Findings& /*f*/) {
  segment_size_known_ = false;
}

// ---- what is sent ---------------------------------------------------------------------------------------

void Segmenting::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  if (e.has(wire::syn)) {
    repeated_ = repeated_ || own_mss_.has_value();
    own_mss_ = e.options.mss();
  }
  if (e.has(wire::syn) || e.has(wire::rst) || e.segment->text.empty()) return;
  const Tcb* before = agreed_sender(view.before);
  if (before == nullptr || e.crossed) return;
  if (was_taken_back_) report_.held("RFC9293-MUST-34", before->state, f);
  was_taken_back_ = false;
  if (what == EmissionClass::retransmission) {
    repeated_ = true;
    const bool inside = wire::at_or_before(e.segment->end(), edge_of(*before));
    if (taken_back_ && inside) report_.held("RFC9293-SHLD-16", before->state, f);
    last_text_ = e.at;
    return;
  }
  if (what == EmissionClass::probe) return;
  const auto octets = static_cast<std::uint32_t>(e.segment->text.size() + e.segment->options.size());
  // Half of the largest window counts as full-sized (section 3.8.6.2.1, Fs), as stacks widely read it.
  const bool much = octets >= before->snd_wnd_max_least / 2;
  const bool small = octets < full_size(*before, view) && segment_size_known_ && !much;
  if (small_due_ != never) report_.held("RFC9293-MUST-17", before->state, f);
  small_due_ = never;
  judge_window(e, *before, f);
  judge_nagle(e, *before, small, view, f);
  judge_silly_window(e, *before, small, view, f);
  judge_size(e, *before, view, f);
  if (small) {
    small_end_ = e.segment->end();
    later_write_.reset();
  }
  held_back_ = false;
  last_text_ = e.at;
}

void Segmenting::judge_window(const Emitted& e, const Tcb& before, Findings& f) {
  const bool scaled = before.options.scaling() && before.options.peer_shift > 0;
  if (!scaled && before.snd_wnd >= 0x8000) report_.held("RFC9293-MUST-1", before.state, f);
  const bool limited = wire::before(edge_of(before), before.stream_end());
  const bool obeyed = wire::at_or_before(e.segment->end(), edge_of(before));
  if (limited && obeyed) report_.held("RFC5681-2-1", before.state, f);
  if (edge_before_duplicate_ && wire::before(*edge_before_duplicate_, e.segment->end()) && obeyed)
    report_.held("RFC1122-4.2.2.20-g", before.state, f);
}

/// Nagle, as mildly as it is deployed: one small segment may be on its way, what is written later must wait.
/// What comes after the override timeout, or may be a tail loss probe, is left alone.
void Segmenting::judge_nagle(const Emitted& e, const Tcb& before, bool small, const View& view, Findings& f) {
  const bool another = small_end_ && wire::before(before.snd_una, *small_end_) && before.outstanding();
  const bool written_later = later_write_ && wire::before(*later_write_, e.segment->end());
  if (!small || !another || !written_later || e.has(wire::fin) || e.has(wire::urg) || nagle_off_) return;
  const bool soon = last_text_ && elapsed(*last_text_, e.at).most < before_override;
  if (!soon || e.segment->end() == edge_of(before)) return;
  report_.broken(rule("RFC9293-SHLD-7", "NAGLE", before.state),
                 "a second small segment while the first one is not acknowledged",
                 {"nothing until it is acknowledged or a full-sized segment is ready"}, shown(e, view), f);
}

void Segmenting::judge_silly_window(const Emitted& e, const Tcb& before, bool small, const View& view,
                                    Findings& f) {
  const bool just_opened = opened_ && elapsed(*opened_, e.at).most < before_override;
  if (!just_opened || !small || e.segment->end() != edge_of(before) ||
      e.segment->end() == before.stream_end()) {
    if (!small) silly_ = 0;
    return;
  }
  opened_.reset();
  if (++silly_ < sustained) return;
  report_.broken(rule("RFC9293-MUST-38", "SILLY-WINDOW", before.state),
                 fmt::format("segments of {} octets follow tiny openings of the window, again and again",
                             e.segment->text.size()),
                 {"no segment until a full-sized one, or half the largest window, fits"}, shown(e, view), f);
}

void Segmenting::judge_size(const Emitted& e, const Tcb& before, const View& view, Findings& f) {
  const SeqNum first = e.segment->seq;
  const bool of_this_call = wire::at_or_before(call_begins_, first) && wire::before(first, call_ends_);
  const std::uint32_t full = full_size(before, view);
  const auto options = static_cast<std::uint32_t>(e.segment->options.size());
  if (!of_this_call || !segment_size_known_ || full <= options || before.snd_wnd_max_least < 4 * full) return;
  const std::uint32_t most = full - options;
  const bool enough_text = (call_ends_ - first).octets >= most;
  const bool enough_window = (edge_of(before) - first).octets >= most && wire::before(first, edge_of(before));
  if (!enough_text || !enough_window) return;
  if (e.segment->text.size() >= most) {
    short_ = 0;
    report_.held("RFC9293-SHLD-28", before.state, f);
  } else if (++short_ >= sustained) {
    report_.broken(rule("RFC9293-SHLD-28", "SEGMENT-SIZE", before.state),
                   fmt::format("{} segments in a row are smaller than they could be", short_),
                   {fmt::format("{} octets of text", most)}, shown(e, view), f);
  }
}

}  // namespace tcpjury::model
