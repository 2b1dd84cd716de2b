// Lies that are told about finished octets: wrong checksums, segments cut short, fragments.
#pragma once

#include <vector>

#include "harness/scenario/scenario.h"
#include "harness/wire/packet.h"

namespace tcpjury::engine {

/// The octets of `packet` with the lies of `pattern` that no field of the value can tell. One datagram, or
/// its fragments.
[[nodiscard]] std::vector<Bytes> spoiled(const scenario::SegmentPattern& pattern, wire::Packet packet);

/// A 16-bit checksum that is wrong for sure: `right` with its bits inverted, except for the two values that
/// are each other's inverse and equal in ones' complement.
[[nodiscard]] std::uint16_t wrong_checksum(std::uint16_t right);

}  // namespace tcpjury::engine
