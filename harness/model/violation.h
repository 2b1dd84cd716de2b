// What the judge says: violations, evaluated requirements, and what an emitted segment was.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/requirement.h"
#include "harness/model/state.h"

namespace tcpjury::model {

/// A rule that was broken: an observation no hypothesis about the target can explain.
struct Violation {
  std::string requirement;  ///< id in the catalogue
  Level level = Level::must;
  State state = State::closed;  ///< the target's state before the broken rule's event
  std::string event;            ///< event class ("FIN-RETX", "ACK-BAD", ...); stable, part of the fingerprint
  std::string message;          ///< one sentence for people
  std::string got;              ///< what came, in the RFC's notation; "nothing" when silence is the fault
  std::vector<std::string> want;  ///< what would have been permitted
  bool fatal = false;             ///< no hypothesis is left: the connection is not judged any further
  std::string known_practice;  ///< why deployed stacks do this, when it is a documented deviation; else empty
  friend bool operator==(const Violation&, const Violation&) = default;
};

/// What a segment from the target was, so that a scenario can skip what it did not ask about.
enum class EmissionClass : std::uint8_t {
  progress,        ///< new text, SYN, FIN, reset, or an acknowledgment that says something new
  retransmission,  ///< sequence space sent before
  duplicate_ack,   ///< says nothing new
  window_update,   ///< only the window is new
  probe,           ///< zero-window probe or keep-alive
  foreign,         ///< of no connection of this session (ICMP, other tuples)
  violation,       ///< no hypothesis permits it
};
[[nodiscard]] std::string_view to_string(EmissionClass c);

/// A requirement that was really evaluated on this session, and how often.
struct Evaluation {
  std::string requirement;
  std::uint32_t held = 0;
  std::uint32_t broken = 0;
};

}  // namespace tcpjury::model
