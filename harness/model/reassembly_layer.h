// Text beyond a gap is kept for when the gap is filled (RFC 9293 SHLD-31).
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class ReassemblyLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const { return filled_ ? filled_->due : never; }

 private:
  struct Filled {
    SeqNum end = {};   ///< of what filled the gap
    SeqNum most = {};  ///< of what had arrived beyond it
    TimePoint due = never;
  };
  std::optional<Filled> filled_ = {};
  bool acknowledged_ = false;  ///< the filling, but not what lies beyond
  Reporter report_ = {};
};

}  // namespace tcpjury::model
