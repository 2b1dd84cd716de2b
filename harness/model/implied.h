// A row of event processing is often the same demand as a numbered requirement: evaluating the one evaluates
// the other.
#pragma once

#include <span>
#include <string_view>

#include "harness/model/rule.h"

namespace tcpjury::model {

/// The requirements that hold whenever `held` held.
[[nodiscard]] std::span<const Requirement* const> implied_by(const Rule& held);

}  // namespace tcpjury::model
