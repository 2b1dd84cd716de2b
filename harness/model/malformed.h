// Segments with an illegal option length (RFC 9293 section 3.1, MUST-7).
#pragma once

#include "harness/model/segment_arrives.h"

namespace tcpjury::model {

/// Ignoring the options (all of them, or from the illegal one on), dropping the segment and resetting the
/// connection are all acceptable: a branch each.
[[nodiscard]] Branches malformed_arrives(const Tcb& tcb, const Arrival& arrival, const Context& context);

}  // namespace tcpjury::model
