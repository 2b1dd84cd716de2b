// Counts what the rules on ICMP errors forbid as evaluated where the connection is seen to live on, and what
// they ask for where it is seen to be gone.
#pragma once

#include <array>
#include <optional>

#include "harness/model/icmp_arrives.h"
#include "harness/model/layer.h"

namespace tcpjury::model {

class IcmpLayer : public Layer {
 public:
  void icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted, const View& view,
            Findings& findings);
  void emission(const Emitted& emitted, EmissionClass what, const View& view, Findings& findings);

  /// Whether the connection is gone shows in the answer to the next segment.
  [[nodiscard]] IcmpLayer renewed() const { return *this; }

 private:
  struct Pending {
    IcmpError error = {};
    Rule row = {};
    State state = State::closed;
    InFlight where = InFlight::perhaps;
  };
  static constexpr std::size_t classes = 5;
  std::array<std::optional<Pending>, classes> pending_ = {};  ///< the last of each class

  void gone(Findings& findings);
  void alive(Findings& findings);
};

}  // namespace tcpjury::model
