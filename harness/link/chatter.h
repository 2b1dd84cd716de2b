// What an IP stack says for its own sake (neighbour discovery, group membership) and nobody is judged by.
#pragma once

#include "harness/base/bytes.h"

namespace tcpjury::link {

/// True for a datagram that no test can be about: neighbour and router discovery, multicast listener reports,
/// IGMP, and anything else but TCP that goes to a multicast or broadcast address. TCP, ICMP errors, echoes
/// and whatever cannot be understood are never chatter.
[[nodiscard]] bool is_chatter(BytesView datagram);

}  // namespace tcpjury::link
