// The sender in front of a closed window (RFC 9293 section 3.8.6.1, RFC 6429): it probes, at growing
// intervals, and keeps the connection open for as long as the probes are answered.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class ZeroWindow : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const { return due_ == never ? never : due_ + Duration{1}; }

 private:
  Reporter report_ = {};
  bool closed_ = false;  ///< the window is closed and something waits for it
  bool beginning_seen_ = false;
  bool shrunken_ = false;  ///< text was outstanding when it closed
  TimeSpan since_ = {};
  TimeSpan last_ = {};  ///< the last probe, or when the window closed
  std::uint32_t probes_ = 0;
  ElapsedBounds interval_ = {};              ///< between the last two
  std::optional<Duration> first_gap_ = {};   ///< from the first probe to the second
  std::optional<TimeSpan> unanswered_ = {};  ///< the first probe nobody has answered
  bool always_answered_ = true;
  TimePoint due_ = never;

  void follow(TimeSpan at, const View& view);
  void judge_interval(const Emitted& e, const View& view, Findings& f);
};

}  // namespace tcpjury::model
