#include "harness/model/layer_support.h"

#include <fmt/format.h>

namespace tcpjury::model {

const Tcb* agreed_sender(std::span<const Tcb> hypotheses) {
  const Tcb& first = hypotheses.front();
  if (!first.iss) return nullptr;
  const bool agreed = std::all_of(hypotheses.begin() + 1, hypotheses.end(), [&](const Tcb& t) {
    return t.state == first.state && t.iss == first.iss && t.snd_una == first.snd_una &&
           t.snd_nxt == first.snd_nxt && t.snd_wnd == first.snd_wnd &&
           t.stream_accepted == first.stream_accepted && t.fin_sent == first.fin_sent &&
           t.close_requested == first.close_requested && t.timer.count == first.timer.count &&
           t.timer.undisturbed == first.timer.undisturbed && t.timer.last == first.timer.last;
  });
  return agreed ? &first : nullptr;
}

const Tcb* agreed_receiver(std::span<const Tcb> hypotheses) {
  const Tcb& first = hypotheses.front();
  if (!first.iss || !first.rcv_certain() || !first.window_known) return nullptr;
  const bool agreed = std::all_of(hypotheses.begin() + 1, hypotheses.end(), [&](const Tcb& t) {
    return t.state == first.state && t.window_known && t.rcv_certain() &&
           t.rcv_nxt_least == first.rcv_nxt_least && t.rcv_edge == first.rcv_edge &&
           t.snd_nxt == first.snd_nxt && t.snd_una == first.snd_una && t.peer_fin == first.peer_fin &&
           t.held == first.held && t.held_fin == first.held_fin && t.released == first.released;
  });
  return agreed ? &first : nullptr;
}

std::string shown(const Emitted& e, const View& view) {
  const Tcb& t = view.after.front();
  return wire::to_notation(*e.segment, t.iss ? wire::NotationBase{t.iss, t.irs} : wire::NotationBase{});
}

std::string seconds(Duration d) { return fmt::format("{:.3f} s", std::chrono::duration<double>{d}.count()); }

}  // namespace tcpjury::model
