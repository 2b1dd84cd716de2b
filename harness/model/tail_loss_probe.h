// Tail loss probes (RFC 8985 section 7), where a target shows that it sends them: on a connection with SACK
// something other than SND.UNA goes out by a timer before the first retransmission timeout.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class TailLossProbe : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);

 private:
  Reporter report_ = {};
  std::optional<TimeSpan> last_event_ = {};  ///< that could have let a segment out
  std::optional<TimeSpan> last_sent_ = {};
  bool reported_ = false;               ///< SACK reports came: other reasons to repair something later
  std::optional<TimeSpan> probe_ = {};  ///< since SND.UNA last moved
  std::optional<TimeSpan> timed_ = {};  ///< a segment whose acknowledgment gives a round trip
  std::optional<Duration> round_trip_ = {};

  void judge_probe(const Emitted& e, bool again, const Tcb& t, const View& view, Findings& f);
};

}  // namespace tcpjury::model
