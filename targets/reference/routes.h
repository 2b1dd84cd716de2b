// Source routes of IPv4 (RFC 791 section 3.1, RFC 9293 section 3.9.2.1) and the ECN field, as TCP gets them.
#pragma once

#include <vector>

#include "targets/reference/host.h"

namespace tcpjury::reference {

/// The two lowest bits of the traffic class.
[[nodiscard]] EcnCodepoint ecn_of(const wire::Packet& packet);

/// The way back of a datagram that came by a completed source route: the last router first. Empty without
/// one.
[[nodiscard]] std::vector<wire::IpAddress> return_route_of(const wire::Packet& packet);

/// The routers an active OPEN names.
[[nodiscard]] std::vector<wire::IpAddress> route_of(const tcpjury_call& call);

}  // namespace tcpjury::reference
