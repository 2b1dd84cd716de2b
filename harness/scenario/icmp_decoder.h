// The table that describes an ICMP message: by name for either family, or by number.
#pragma once

#include "harness/scenario/variant_context.h"

namespace tcpjury::scenario {

/// Reads what it can; complains about the rest.
[[nodiscard]] IcmpStep decode_icmp(VariantContext& context, const Node& node);

}  // namespace tcpjury::scenario
