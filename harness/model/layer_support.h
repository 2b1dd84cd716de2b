// What the layers share: a view of what all hypotheses agree on, and a memory of what was reported already.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "harness/model/layer.h"
#include "harness/model/timestamp_rules.h"

namespace tcpjury::model {

/// On an exact clock whatever is sent within this time of its cause was not held back by a timer: the
/// shortest delays in use (40 ms before an acknowledgment, 200 ms before a retransmission) are longer.
inline constexpr Duration at_once = std::chrono::milliseconds{30};

/// On a real clock a retransmission this soon after its cause cannot come from a timer (200 ms is the
/// smallest minimum in use).
inline constexpr Duration sooner_than_any_timer = std::chrono::milliseconds{150};

/// A hypothesis that speaks for all in what concerns sending; null where they differ.
[[nodiscard]] const Tcb* agreed_sender(std::span<const Tcb> hypotheses);
/// The same for receiving: RCV.NXT is certain, and all agree on it, on the window and on what is held.
[[nodiscard]] const Tcb* agreed_receiver(std::span<const Tcb> hypotheses);

/// The states in which text may be sent or sent again.
[[nodiscard]] constexpr bool sends_text(State s) {
  return s == State::established || s == State::close_wait || s == State::fin_wait_1 || s == State::closing ||
         s == State::last_ack;
}
/// The states in which the peer's text is taken.
[[nodiscard]] constexpr bool takes_text(State s) {
  return s == State::established || s == State::fin_wait_1 || s == State::fin_wait_2;
}

/// The same for a hypothesis: not after the peer's FIN, nor once the user has stopped receiving.
[[nodiscard]] inline bool takes_text(const Tcb& t) {
  return takes_text(t.state) && !t.peer_fin && !t.released;
}

/// RFC 7323: without timestamps, or with older ones, the segment is dropped and the rest does not apply.
[[nodiscard]] inline bool passes_paws(const Arrival& a, const Tcb& t) {
  if (!t.options.timestamps()) return true;
  const auto ts = a.options.timestamps();
  return ts && t.ts_recent && !older_timestamp(ts->tsval, t.ts_recent->most);
}

/// The largest segment the target may send as far as the tester told it (SMSS, MUST-15): an upper bound,
/// options not deducted. Stacks keep a floor under tiny values.
[[nodiscard]] inline std::uint32_t sender_mss(const Tcb& t, const Context& c) {
  return t.options.peer_mss ? std::max<std::uint32_t>(*t.options.peer_mss, c.default_mss) : c.default_mss;
}

/// The session has shown this kept: what breaks it now does so for what is special about this segment.
[[nodiscard]] inline bool kept_before(const Findings& f, std::string_view id) {
  const auto found = f.evaluations().find(id);
  return found != f.evaluations().end() && found->second.held > 0;
}

/// The segment in the notation of RFC 9293, relative to the connection.
[[nodiscard]] std::string shown(const Emitted& e, const View& view);

/// "1.234 s"
[[nodiscard]] std::string seconds(Duration d);

/// Reports each rule once as held and once as broken: a connection that keeps a rule for an hour costs no
/// more than one that keeps it for a second.
class Reporter {
 public:
  /// `id` is a literal: literals are told apart by their address, so that asking twice costs nothing.
  void held(std::string_view id, State state, Findings& f) {
    if (first(held_, held_count_, id)) f.held(rule(id, "", state));
  }
  void broken(const Rule& which, std::string message, std::vector<std::string> want, std::string got,
              Findings& f) {
    if (first(broken_, broken_count_, which.requirement->id))
      f.broken({which, std::move(message), std::move(want), {}}, std::move(got));
  }

 private:
  static constexpr std::size_t capacity = 24;
  using Ids = std::array<const char*, capacity>;
  Ids held_ = {};
  Ids broken_ = {};
  std::uint8_t held_count_ = 0;
  std::uint8_t broken_count_ = 0;

  static bool first(Ids& ids, std::uint8_t& count, std::string_view id) {
    const auto end = ids.begin() + count;
    if (std::find(ids.begin(), end, id.data()) != end || count == capacity) return false;
    ids[count++] = id.data();
    return true;
  }
};

}  // namespace tcpjury::model
