// A half-duplex close (RFC 9293 section 3.6.1): that text was lost shows as a reset.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class ReleaseLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const { return lost_ ? lost_->due + Duration{1} : never; }

 private:
  /// Text that came after RELEASE, so that nobody will read it.
  struct Lost {
    SeqNum end = {};
    TimePoint due = never;
    bool acknowledged = false;
  };
  Reporter report_ = {};
  std::optional<Lost> lost_ = {};
};

}  // namespace tcpjury::model
