// Random exchanges on a target in the process: is anybody accused who should not be?
#pragma once

#include <cstdint>

#include "fuzz/exchange/draw.h"
#include "harness/cli/args.h"

namespace tcpjury::cli {

struct RandomChoice {
  std::uint64_t events = 0;
  std::uint64_t seed = 1;  ///< of the first session; each following one counts up
  TargetChoice target;
  std::string avoid = {};  ///< as the user wrote it
  exchange::Lies lies = {};
  model::Profile profile = model::Profile::rfc9293;
};

/// Plays sessions until `events` events have been played, and says what came of them. Each accusation that no
/// known deviation explains is shown once, shrunk, with its ladder and the seed that brings it back. Exit
/// codes: 0; 1 for such an accusation or a target that broke down; 2, 11 when there is no target in the
/// process to play with; 70 when a session played twice was not the same twice.
int random_selftest(const RandomChoice& choice);

}  // namespace tcpjury::cli
