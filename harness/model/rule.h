// A rule is a requirement as it binds in one state for one event: what a verdict cites.
#pragma once

#include <string_view>

#include "harness/model/requirement.h"
#include "harness/model/state.h"

namespace tcpjury::model {

struct Rule {
  const Requirement* requirement = nullptr;  ///< never null in a rule that is used
  std::string_view event = {};               ///< event class, e.g. "FIN-RETX"; a literal
  State state = State::closed;               ///< the target's state before the event
  friend bool operator==(const Rule&, const Rule&) = default;
};

/// A requirement that must exist: asserts that `id` is in the catalogue.
[[nodiscard]] Rule rule(std::string_view id, std::string_view event, State state);

/// The requirement of one row of event processing: "RFC9293-<section>-<event>-<state>", where SYN-RECEIVED
/// is split by origin (MUST-11). Asserts that the row exists.
[[nodiscard]] Rule row(std::string_view section, std::string_view event, State state, Origin origin);

/// The same for a row that not every state has: `general` stands in where there is none.
[[nodiscard]] Rule row_or(std::string_view general, std::string_view section, std::string_view event,
                          State state, Origin origin);

}  // namespace tcpjury::model
