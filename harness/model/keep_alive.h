// Keep-alives of the target (RFC 9293 section 3.8.4): off unless the user asks for them (MUST-25). A bare one
// is told from an acknowledgment by the hypotheses; here stand the form with an octet, and the two hours
// without any.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class KeepAlive : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const { return due_ == never ? never : due_ + Duration{1}; }

 private:
  /// The default interval is two hours at the least (MUST-28); stacks that had keep-alives on would show
  /// them.
  static constexpr Duration interval = std::chrono::hours{2} + std::chrono::minutes{5};

  Reporter report_ = {};
  std::optional<TimeSpan> idle_since_ = {};
  TimePoint due_ = never;

  void follow(TimeSpan at, const View& view);
};

}  // namespace tcpjury::model
