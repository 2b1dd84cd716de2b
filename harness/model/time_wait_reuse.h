// A SYN that meets TIME-WAIT: with timestamps in use a newer one opens anew (SHLD-4, RFC 6191 section 2).
#pragma once

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class TimeWaitReuse : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);

 private:
  Reporter report_ = {};
  bool asked_ = false;  ///< such a SYN came, and nothing since
};

}  // namespace tcpjury::model
