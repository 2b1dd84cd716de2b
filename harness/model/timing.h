// How long the target may take: bounds from the RFCs, and the slack a shared machine needs.
//
// On a virtual clock the bounds are exact but for the target's own timer resolution. On a real clock upper
// bounds only have to tell "late" from "never", so they are generous: load must not turn a pass into a fail.
#pragma once

#include "harness/model/judge.h"

namespace tcpjury::model {

struct Timing {
  bool exact;                     ///< virtual clock: how long something took is known, not only bounded
  Duration prompt;                ///< an answer without deliberate delay
  Duration acknowledgment;        ///< MUST-40: an ACK is delayed by less than 0.5 s
  Duration first_retransmission;  ///< generous: initial timers of 1 s to 6 s are in use
  Duration retransmission_max;    ///< between two retransmissions at the most
  Duration slack;                 ///< added to every upper bound
  Duration time_wait_least;       ///< 2MSL as claimed; without a claim one second
  std::optional<Duration> time_wait_most;  ///< nothing without a claim
};

[[nodiscard]] Timing timing_for(const TargetFacts& facts);

/// R2 for a SYN allows at least three minutes (MUST-23).
inline constexpr Duration r2_syn = std::chrono::minutes{3};
/// R2 otherwise corresponds to at least 100 seconds (SHLD-11).
inline constexpr Duration r2_data = std::chrono::seconds{100};
/// Challenge ACKs may be throttled (RFC 5961 section 7 gives 5 s as its example interval).
inline constexpr Duration challenge_interval = std::chrono::seconds{5};

}  // namespace tcpjury::model
