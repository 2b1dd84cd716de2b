// The way into any state of a connection, in either role, before the first step of a scenario.
#pragma once

#include "harness/scenario/scenario.h"

namespace tcpjury::engine {

/// Steps on the connection "main" that take a target from nothing into `state`, the connection having been
/// opened passively or actively by the target. They bind J and K, the two initial sequence numbers. A state
/// that this role cannot have (LISTEN for an active OPEN, SYN-SENT for a passive one) is reached in the other
/// role, since that is what the state's name means. CLOSED needs no steps.
[[nodiscard]] scenario::Steps walk_steps(model::State state, model::Origin role);

}  // namespace tcpjury::engine
