// What the target tells its user, held against what the hypotheses know.
#pragma once

#include <optional>
#include <span>

#include "harness/model/emission.h"

namespace tcpjury::model {

/// The rule a notice breaks: an end although what came last had to be without effect, a reset that did not
/// come (MUST-12), or a connection given up before R2 (SHLD-11); nothing where some hypothesis explains it.
/// How long something waited is told on an exact clock alone.
[[nodiscard]] std::optional<Finding> contradiction(const UserNotice& notice, std::span<const Tcb> hypotheses,
                                                   TimePoint now, TimePoint last_stimulus, const Context& c);

/// True for a notice that tells of a connection given up in time (RFC 9293 section 3.8.3).
[[nodiscard]] bool tells_of_giving_up(const UserNotice& notice, const Tcb& t, TimePoint now,
                                      const Context& c);

}  // namespace tcpjury::model
