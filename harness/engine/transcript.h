// What happened in a case, in order: the evidence every report is made from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/base/time.h"

namespace tcpjury::engine {

struct TranscriptEvent {
  enum class Kind : std::uint8_t {
    sent,      ///< octets put on the link; `octets`
    received,  ///< octets from the target; `octets`, `note` says how it was taken ("skipped: retransmission")
    call,      ///< a user call and its answer; `note`
    notice,    ///< what the target told its user; `note`
    state,     ///< the model's set of states changed; `note` lists them
    mark,      ///< a verdict, a violation, a remark; `note`
  } kind = Kind::mark;
  TimePoint at = clock_epoch;
  std::uint32_t step = 0;  ///< step of the scenario, 0 before the first
  std::string conn = {};   ///< which connection of the scenario, when one is meant
  Bytes octets = {};
  std::string note = {};
};

/// At most this many events are kept; the last one then says how many were dropped.
inline constexpr std::size_t transcript_events_max = 100'000;
using Transcript = std::vector<TranscriptEvent>;

}  // namespace tcpjury::engine
