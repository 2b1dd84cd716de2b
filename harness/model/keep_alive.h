// Keep-alives of the target (RFC 9293 section 3.8.4): off unless the user asks for them (MUST-25), and then
// only where nothing is outstanding and nothing came for the interval the user has set. A bare one is told
// from an acknowledgment by the hypotheses; here stand their times, and the two hours without any.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

/// The states in which an idle connection may be probed.
[[nodiscard]] constexpr bool keeps_alive(State s) {
  return s == State::established || s == State::close_wait || s == State::fin_wait_2;
}

class KeepAlive : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);
  void notice(TimeSpan at, const UserNotice& notice, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const { return due_ == never ? never : due_ + Duration{1}; }
  /// Whose keep-alives were on can say more than that nobody asked for this one.
  [[nodiscard]] Rule blame(Rule rule, const Findings& findings) const;

 private:
  /// The default interval is two hours at the least (MUST-28).
  static constexpr Duration default_idle = std::chrono::hours{2};
  /// Stacks that had keep-alives on would show them by then.
  static constexpr Duration interval = default_idle + std::chrono::minutes{5};

  Reporter report_ = {};
  std::optional<TimeSpan> idle_since_ = {};
  TimePoint due_ = never;

  bool on_ = false;
  bool was_on_ = false;
  bool count_is_one_ = false;           ///< the user said that one unanswered probe is enough
  std::optional<Duration> idle_ = {};   ///< what the user has set
  bool timeout_told_ = false;           ///< the target told its peer of a user timeout (RFC 5482)
  std::optional<TimeSpan> heard_ = {};  ///< the last segment that came
  std::uint8_t probes_ = 0;             ///< since then
  std::uint8_t probes_before_ = 0;      ///< unanswered when the last segment came
  std::optional<Rule> given_up_ = {};   ///< the connection may have been gone by then

  void follow(TimeSpan at, const View& view);
  [[nodiscard]] Duration wanted_idle(const Tcb& t) const;
  void probed(const Emitted& e, const Tcb& before, const View& view, Findings& f);
  void died(std::uint8_t after, State state, Origin origin, std::string got, Findings& f);
};

}  // namespace tcpjury::model
