// Cuts a datagram in two, as a router or a careful sender does (RFC 791 section 3.2, RFC 8200 section 4.5).
#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/wire/packet.h"

namespace tcpjury::wire {

/// The datagram of `packet` as two fragments, the first with `first_payload_octets` of what can be
/// fragmented: the transport message and, for IPv6, the extension headers that only the destination reads.
/// Offsets count in eights, so the number is rounded down to a multiple of eight, and up to eight. A datagram
/// with no more than that to carry comes back whole, as one.
///
/// Transport checksums are those of the whole. A lie about the total or payload length is dropped, since it
/// is about the whole; every other lie stands in both fragments. DF is cleared. The caller chooses the IPv4
/// identification; IPv6 takes one from the octets, so that two different datagrams are never mixed.
[[nodiscard]] std::vector<Bytes> fragment(const Packet& packet, std::uint16_t first_payload_octets);

}  // namespace tcpjury::wire
