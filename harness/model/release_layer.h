// A half-duplex close (RFC 9293 section 3.6.1): that text was lost shows as a reset.
#pragma once

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class ReleaseLayer : public Layer {
 public:
  void emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
    if (!e.has(wire::rst)) return;
    for (const Tcb& t : view.before) {
      for (const Obligation& o : t.owes) {
        if (o.rule.event != "CLOSE-UNREAD") continue;
        f.held(rule("RFC9293-SHLD-3", "CLOSE-UNREAD", o.rule.state));
        f.measured("release.unread", "resets");
        return;
      }
    }
  }
};

}  // namespace tcpjury::model
