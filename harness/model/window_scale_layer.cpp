#include "harness/model/window_scale_layer.h"

#include <fmt/format.h>

#include "harness/model/agreement.h"

namespace tcpjury::model {
namespace {

constexpr std::uint8_t shift_max = 14;  // RFC 7323 section 2.3

bool settled_options(std::span<const Tcb> hypotheses) {
  return common(hypotheses, [](const Tcb& t) { return t.options; }).has_value();
}

}  // namespace

void WindowScaleLayer::arrival(const Arrival& a, const View& v, Findings& /*f*/) {
  if (a.has(wire::rst)) return;
  if (a.has(wire::syn)) {
    offered_ = a.options.window_scale();
    peer_field_ = a.segment->window;
    peer_syn_ = true;
    return;
  }
  const Tcb& before = v.before.front();
  const auto edge = common(v.after, [](const Tcb& t) { return t.snd_una + SeqLen{t.snd_wnd}; });
  const bool scaling = all_agree(v.after, [](const Tcb& t) { return t.options.scaling(); });
  if (edge && scaling && before.iss) {
    const SeqNum old = before.snd_una + SeqLen{before.snd_wnd};
    const bool back = wire::before(*edge, old) && (old - *edge).octets < (1U << before.options.peer_shift);
    retracted_ = retracted_ || back;
  }
  peer_field_ = a.segment->window;
  peer_syn_ = false;
  const SeqNum end = a.segment->end();
  beyond_latest_ = scaling && !a.segment->text.empty() && all_agree(v.before, [&](const Tcb& t) {
                     return t.window_known && t.rcv_certain() && a.segment->seq == t.rcv_nxt_least &&
                            wire::before(t.rcv_edge, end) && wire::before(t.rcv_edge, t.rcv_edge_max);
                   });
}

/// What the user reads opens the window: the field says nothing about scaling then.
void WindowScaleLayer::call(TimeSpan /*at*/, const UserCall& call, const View& /*v*/, Findings& /*f*/) {
  if (call.kind == UserCall::Kind::receive) last_.reset();
}

void WindowScaleLayer::emission(const Emitted& e, EmissionClass what, const View& v, Findings& f) {
  if (e.has(wire::rst)) return;
  const State state = v.before.front().state;
  if (e.has(wire::syn)) {
    if (const auto shift = e.options.window_scale()) {
      f.measured("window-scale.shift", fmt::format("{}", *shift));
    }
    last_ = {e.segment->ack, e.segment->window, true, !e.has(wire::ack)};
    return;
  }
  if (!settled_options(v.after) || e.crossed) return;
  const Tcb& t = v.after.front();
  own_window(e, t, state, f);
  if (!e.segment->text.empty() && what == EmissionClass::progress) text(e, t, state, f);
  if (retracted_ && e.has(wire::ack)) rules_.held(ScaleRule::shrinkage_tolerated, state, f);
  const bool taken =
      beyond_latest_ && t.rcv_certain() && wire::before(v.before.front().rcv_edge, e.segment->ack);
  if (taken) {
    rules_.held(ScaleRule::old_edge_honoured, state, f);
    rules_.held(ScaleRule::true_edge_tracked, state, f);
  }
  beyond_latest_ = false;
  last_ = {e.segment->ack, e.segment->window, false, false};
}

bool WindowScaleLayer::first_window(const Emitted& e, const Tcb& t, std::uint32_t taken, State state,
                                    Findings& f) {
  constexpr std::uint32_t capped = 0xffff;
  const std::uint32_t in_syn = last_->field;
  // Without text in between, a smaller or larger buffer after the SYN could look like a shift.
  if (in_syn == capped || taken < 64 || in_syn < taken + 1024 || e.segment->window < 16) return false;
  const auto about = [&](std::uint32_t value) {
    return e.segment->window <= value && value <= e.segment->window + 1U;
  };
  const unsigned shift = t.options.scaling() ? t.options.own_shift : 0;
  if (shift > 0 && about(in_syn - (taken >> shift))) {
    rules_.broken(ScaleRule::never_in_syn, state,
                  {"WINDOW-SCALE",
                   fmt::format("the window field {} of the SYN was shifted by {} already", in_syn, shift),
                   "the window in octets in a SYN",
                   {}},
                  wire::to_notation(*e.segment), f);
    return true;
  }
  if (t.options.scaling() || t.options.peer_scale_offered) return false;
  for (unsigned k = 1; k <= shift_max; ++k) {
    if (!about((in_syn - taken) >> k)) continue;
    rules_.broken(ScaleRule::zero_without_offer, state,
                  {"WINDOW-SCALE",
                   fmt::format("the window field fell from {} to {}, as if shifted by {}", in_syn,
                               e.segment->window, k),
                   "windows in octets",
                   {}},
                  wire::to_notation(*e.segment), f);
    return true;
  }
  return false;
}

void WindowScaleLayer::own_window(const Emitted& e, const Tcb& t, State state, Findings& f) {
  if (!last_ || t.peer_fin) return;
  const std::uint32_t taken = last_->before_peer ? 0 : (e.segment->ack - last_->ack).octets;
  if (last_->syn && taken < 0x8000 && first_window(e, t, taken, state, f)) return;
  if (!t.options.scaling()) {
    // A shifted field after the literal one of the SYN would have moved the edge back by nearly all of it.
    const bool literal = e.segment->window + taken >= last_->field;
    if (last_->syn && t.options.own_scale_offered != t.options.peer_scale_offered && literal)
      rules_.held(ScaleRule::both_or_none, state, f);
    if (last_->syn && !t.options.peer_scale_offered && literal)
      rules_.held(ScaleRule::zero_without_offer, state, f);
    return;
  }
  if (t.options.own_shift == 0 || last_->syn || taken < 64 || taken > 0xffff) return;
  if (last_->field == e.segment->window + taken) {
    if (++as_octets_ < 2) return;
    rules_.broken(ScaleRule::own_shift_applied, state,
                  {"WINDOW-SCALE",
                   fmt::format("the window field fell by {} for {} octets at a shift count of {}", taken,
                               taken, t.options.own_shift),
                   fmt::format("the window shifted right by {}", t.options.own_shift),
                   {}},
                  wire::to_notation(*e.segment), f);
    return;
  }
  as_octets_ = 0;
  const std::uint32_t fallen = last_->field - e.segment->window;
  const std::uint32_t units = taken >> t.options.own_shift;
  if (last_->field >= e.segment->window && fallen >= units && fallen <= units + 1) {
    rules_.held(ScaleRule::own_shift_applied, state, f);
    rules_.held(ScaleRule::own_shift_used, state, f);
  }
}

/// New text went out under the tester's last window: what it says about how that field was read.
void WindowScaleLayer::text(const Emitted& e, const Tcb& t, State state, Findings& f) {
  const SeqNum literal = t.snd_una + SeqLen{peer_field_};
  const SeqNum scaled = t.snd_una + SeqLen{t.snd_wnd};
  const SeqNum end = e.segment->end();
  if (wire::before(scaled, end)) return;  // beyond the window: judged there
  if (peer_syn_) {
    if (t.options.scaling()) rules_.held(ScaleRule::never_in_syn, state, f);
    return;
  }
  if (t.options.scaling() && wire::before(literal, end)) {
    rules_.held(ScaleRule::peer_shift_applied, state, f);
    if (offered_ && *offered_ > shift_max) rules_.held(ScaleRule::too_large_shift, state, f);
  }
}

}  // namespace tcpjury::model
