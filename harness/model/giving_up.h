// Giving up a connection whose segments nobody acknowledges: the threshold R2 (RFC 9293 section 3.8.3).
#pragma once

#include "harness/model/layer_support.h"

namespace tcpjury::model {

/// What a retransmission that did not come in time means.
enum class GivingUp : std::uint8_t {
  no,         ///< the segment was hardly repeated at all: the retransmission is missing
  too_early,  ///< it was repeated, as R1 asks, but not for as long as R2 allows
  in_time,
};
[[nodiscard]] GivingUp giving_up(const Tcb& t, TimePoint now);

/// The probes of a closed window went unanswered for as long as R2: MUST-37 keeps a connection open only
/// while answers come.
[[nodiscard]] bool gave_up_probing(const Tcb& t, TimePoint now);
/// The row of event processing for a connection that reached R2 in this state.
[[nodiscard]] Rule r2_exceeded(const Tcb& t);

/// Reports the thresholds that were kept, when a connection is given up.
class Thresholds : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void notice(TimeSpan at, const UserNotice& notice, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);

 private:
  Reporter report_ = {};
  bool advised_ = false;  ///< the peer sent a User Timeout option after the user had set R2

  void in_time(const Tcb& t, Findings& f);
  void gave_up(const Tcb& t, TimePoint now, Findings& f);
};

}  // namespace tcpjury::model
