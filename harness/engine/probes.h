// How one tells from outside in which state a target is.
#pragma once

#include <string>

#include "harness/base/result.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::engine {

struct ProbeContext {
  std::string conn;      ///< the connection asked about
  std::string stranger;  ///< label of a connection nobody has used, for states that only a new peer can see
  bool port_known = true;
  bool port_listens =
      false;  ///< a listener exists, so that a SYN is answered whatever this connection's state
  bool sequence_known = true;  ///< the tester has sent its SYN
};

/// Steps that hold only when the target is in `state`, as far as RFC 9293 lets one tell. Some consume
/// sequence space (an octet in ESTABLISHED, FIN-WAIT-1 and FIN-WAIT-2) or end the connection; what follows in
/// a scenario should use snd.nxt and rcv.nxt. Fails when the state cannot be probed in this situation.
[[nodiscard]] Result<scenario::Steps> probe_steps(model::State state, const ProbeContext& context);

}  // namespace tcpjury::engine
