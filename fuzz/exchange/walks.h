// The shortest honest way into each state, from either side.
#pragma once

#include <vector>

#include "fuzz/exchange/event.h"
#include "harness/model/state.h"

namespace tcpjury::exchange {

/// Events that lead the target into `state` on `flow`: opened by the tester (passive) or by the target
/// (active). SYN-SENT is reached by an active OPEN whatever the role, LISTEN by a passive one; CLOSED needs
/// nothing.
[[nodiscard]] std::vector<Event> walk_to(model::State state, model::Origin role, Flow flow = 0);

}  // namespace tcpjury::exchange
