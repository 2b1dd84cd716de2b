// User calls in a step: call = { ... }.
#pragma once

#include <optional>
#include <vector>

#include "harness/scenario/document.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/variant_context.h"

namespace tcpjury::scenario {

/// Complains and gives nothing where the node is no call.
[[nodiscard]] std::optional<Call> decode_call(VariantContext& context, const Node& node);

/// What a call needs of a target.
void add_call_needs(const Call& call, std::vector<Capability>& needs);

}  // namespace tcpjury::scenario
