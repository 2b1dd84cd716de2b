// Steps: from the array in the file to values for the engine.
#pragma once

#include "harness/scenario/variant_context.h"

namespace tcpjury::scenario {

inline constexpr std::size_t step_limit = 1000;  ///< of one file, nested ones included
inline constexpr int step_depth_limit = 8;

/// Gives every step of the file its number, from 1, depth first in the order of the file, conditions aside.
/// Complains and returns false when there are more than step_limit, or deeper than step_depth_limit.
[[nodiscard]] bool number_steps(const Node& steps, std::map<const Node*, std::uint32_t>& numbers,
                                Complaints& complaints);

/// The steps that belong to this variant.
[[nodiscard]] Steps decode_steps(VariantContext& context, const Node& node);

/// What the steps need of a target, added to `needs`.
void add_needs(const Steps& steps, std::vector<Capability>& needs);

}  // namespace tcpjury::scenario
