// What the one session of a virtual target may use: everything there is.
#pragma once

#include "harness/engine/session.h"

namespace tcpjury::runner {

/// Ports, and up to sixteen tester addresses of the family; no address where the target lacks the family.
[[nodiscard]] engine::Slot whole_link(const engine::TargetTraits& traits, wire::Family family);

}  // namespace tcpjury::runner
