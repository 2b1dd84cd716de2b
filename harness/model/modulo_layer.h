// Sequence numbers that pass 2^32 or 2^31 (RFC 9293 section 3.4): an observation that nothing explains, made
// just there, is put down to arithmetic that is not modulo 2^32.
#pragma once

#include "harness/model/layer.h"

namespace tcpjury::model {

class ModuloLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);

  /// The rule that plain comparisons break, where the last segment or a window lies across such a number.
  [[nodiscard]] Rule blame(const Rule& why, const Findings& findings) const;

 private:
  bool across_ = false;
};

}  // namespace tcpjury::model
