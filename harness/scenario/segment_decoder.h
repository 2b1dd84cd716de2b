// The table that describes a segment, in its three roles.
#pragma once

#include "harness/scenario/variant_context.h"

namespace tcpjury::scenario {

/// send: 'seq' may bind a name. match: every field may. filter: none may, since it may never match.
enum class SegmentRole : std::uint8_t { send, match, filter };

/// Reads what it can; complains about the rest.
[[nodiscard]] SegmentPattern decode_segment(VariantContext& context, const Node& node, SegmentRole role);

/// A length, a text, "hex:..", or { length = expression }. The length is at most `limit`.
[[nodiscard]] std::optional<SegmentPattern::Text> decode_data(VariantContext& context, const Node& node,
                                                              const Field& field, std::uint32_t limit);

/// The routers of a source route; they are addresses of IPv4. Complains where they are not.
[[nodiscard]] std::vector<wire::IpAddress> decode_route(VariantContext& context, const Node& node,
                                                        const Field& field);

}  // namespace tcpjury::scenario
