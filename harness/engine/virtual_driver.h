// Runs one case on a target in the process, as fast as the processor allows.
#pragma once

#include <cstdint>

#include "harness/engine/session.h"

namespace tcpjury::engine {

struct VirtualLimits {
  Duration time = std::chrono::hours{48};  ///< of the virtual clock
  std::uint64_t rounds = 20'000'000;       ///< turns of the driver's loop
};

/// Resets `target` and executes the case to its end. What goes wrong with the target itself:
/// - reset() fails: verdict error, nothing was judged;
/// - packet_in() or advance() fails afterwards (it floods the link, hangs, breaks its own ABI): verdict fail
///   with the reason, without a violation, since no requirement of the catalogue says that a stack survives;
/// - a limit is reached: verdict error.
[[nodiscard]] CaseResult run_virtual(const scenario::Variant& variant, const SessionConfig& config,
                                     VirtualTarget& target, VirtualLimits limits = {});

/// The same for a caller that watches the session: `session` is new, begins at clock_epoch, and `target` has
/// just been reset to that time. Returns when the session is finished.
void run_virtual(Session& session, VirtualTarget& target, VirtualLimits limits = {});

}  // namespace tcpjury::engine
