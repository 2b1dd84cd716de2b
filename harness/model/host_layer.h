// Gathers of one connection what is judged over a whole run: initial sequence numbers and choices.
#pragma once

#include <optional>

#include "harness/model/layer.h"

namespace tcpjury::model {

class HostLayer : public Layer {
 public:
  void arrival(const Arrival& arrival, const View& view, Findings& findings);
  void emission(const Emitted& emitted, EmissionClass what, const View& view, Findings& findings);
  void succeeded(Findings& findings) { chose("opens anew", findings); }

  /// Whether the connection is gone shows in the answer to the next segment.
  [[nodiscard]] HostLayer renewed() const { return *this; }

 private:
  std::optional<Rule> choosing_ = {};  ///< the row of the stimulus whose effect is not known yet

  void chose(std::string_view choice, Findings& findings);
};

}  // namespace tcpjury::model
