// ICMP errors as TCP sees them (RFC 9293 section 3.9.2.2): which connection an error is about, and how hard
// it is.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/model/judge.h"
#include "harness/wire/packet.h"
#include "harness/wire/seq.h"

namespace tcpjury::model {

/// Classes of RFC 9293 section 3.9.2.2. `unclassified` are codes that stand in no list there: abort and no
/// effect are both permitted.
enum class IcmpClass : std::uint8_t { source_quench, soft, hard, too_big, unclassified };

struct IcmpError {
  IcmpClass kind = IcmpClass::unclassified;
  FourTuple tuple = {};  ///< the connection quoted: its sender is the target
  wire::SeqNum quoted = {};
  std::uint32_t mtu = 0;   ///< too_big: next-hop MTU in octets; 0 where an old router tells none
  std::uint32_t size = 0;  ///< of the quoted datagram, as its IP header tells, in octets
  bool port_unreachable = false;
  bool dont_fragment = true;  ///< of the quoted datagram; IPv6 never fragments on the way
};

/// The class of a type and code; nothing for what is no error (echo, neighbour discovery, redirect).
[[nodiscard]] std::optional<IcmpClass> icmp_class(wire::Family family, std::uint8_t type, std::uint8_t code);

/// Reads an error whose `quoted` datagram carries at least the first eight octets of a TCP header (RFC 792);
/// nothing for any other message. One with a wrong checksum is unclassified.
[[nodiscard]] std::optional<IcmpError> read_icmp_error(const wire::Decoded& frame,
                                                       const wire::Decoded& quoted);

}  // namespace tcpjury::model
