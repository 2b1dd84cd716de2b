// What may become of one hypothesis when an ICMP error about its connection reaches the target (RFC 9293
// section 3.9.2.2, with RFC 5927, RFC 5461, RFC 1191 and RFC 8201 where they permit more).
#pragma once

#include "harness/model/icmp_error.h"
#include "harness/model/segment_arrives.h"
#include "harness/model/tcb.h"

namespace tcpjury::model {

/// Whether the quoted sequence number is in flight, SND.UNA =< SEG.SEQ < SND.NXT (RFC 5927 section 4.1).
enum class InFlight : std::uint8_t { no, perhaps, yes };
[[nodiscard]] InFlight in_flight(const Tcb& t, SeqNum quoted);

/// The row of section 3.9.2.2 that says what an error of this class does in this state; nothing where the
/// text has none (CLOSED, LISTEN, codes in neither list).
[[nodiscard]] std::optional<Rule> icmp_row(const Tcb& t, IcmpClass kind);

/// Never empty.
[[nodiscard]] Branches icmp_arrives(const Tcb& t, TimeSpan at, const IcmpError& error, const Context& c);

/// An error about another connection of the same peer: without effect here (MUST-54).
[[nodiscard]] Tcb icmp_of_another(const Tcb& t);

}  // namespace tcpjury::model
