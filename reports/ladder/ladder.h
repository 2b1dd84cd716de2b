// A transcript as people draw TCP: two lifelines, time running down, segments in the RFC's notation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/engine/transcript.h"

namespace tcpjury::reports {

struct LadderOptions {
  /// relative: each side's numbers count from the SEQ of its first SYN on that connection, so that both
  /// start at 0. A side that never sent a SYN keeps the numbers of the wire.
  enum class Numbers : std::uint8_t { relative, absolute } numbers = Numbers::relative;
  std::string target = "target";  ///< heading of the right lifeline
  /// A longer transcript keeps its first lines and its last ones up to `after` lines behind the violation.
  std::size_t first = 12;
  std::size_t last = 20;
  std::size_t after = 4;
};

/// Lines of time, step, [connection,] what happened, and at the right the states the target may be in
/// afterwards, as the model believes. User calls and what the user was told stand in brackets; a line that
/// begins with x is a violation, one with * another remark. Empty for an empty transcript. Safe on a
/// terminal whatever the target sent.
[[nodiscard]] std::string ladder(const engine::Transcript& transcript, const LadderOptions& options = {});

}  // namespace tcpjury::reports
