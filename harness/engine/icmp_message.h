// ICMP messages about a connection (RFC 792, RFC 4443): errors quote what the target sent.
#pragma once

#include <optional>

#include "harness/model/judge.h"
#include "harness/scenario/scenario.h"
#include "harness/wire/packet.h"

namespace tcpjury::engine {

/// An error quotes the target's `last` segment (or, when it sent none, one it could have sent) with
/// `quoted_seq` in place of its sequence number; any other type is an empty message of its own.
[[nodiscard]] wire::Packet icmp_message(const scenario::IcmpStep& step, const model::FourTuple& connection,
                                        const std::optional<wire::Packet>& last,
                                        std::optional<std::uint32_t> quoted_seq);

}  // namespace tcpjury::engine
