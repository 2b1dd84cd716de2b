// ICMP errors about this connection (RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927, RFC 1191, RFC 8201).
#include <algorithm>
#include <array>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

namespace {

/// Where the router does not say: the next lower of the sizes that links have (RFC 1191 section 7.1).
std::uint32_t plateau_below(std::uint32_t size) {
  constexpr std::array<std::uint32_t, 11> plateaus{65'535, 32'000, 17'914, 8'166, 4'352, 2'002,
                                                   1'492,  1'006,  508,    296,   68};
  const auto found = std::ranges::find_if(plateaus, [&](std::uint32_t plateau) { return plateau < size; });
  return found == plateaus.end() ? plateaus.back() : *found;
}

}  // namespace

void Connection::icmp_error(const IcmpError& error) {
  // Whoever cannot see the connection cannot know what is in flight (RFC 5927 section 4.1).
  const bool in_flight = wire::in_window(error.seq, tcb_.snd.una, SeqLen{flight()});
  if (!in_flight && !fault(Fault::icmp_not_validated)) return;
  switch (error.kind) {
    case IcmpError::Kind::soft:  // MUST-56
      if (!fault(Fault::soft_error_not_told)) report_error("destination unreachable");
      if (fault(Fault::icmp_soft_error_aborts)) delete_tcb(TCPJURY_EVENT_ERROR, "destination unreachable");
      return;
    case IcmpError::Kind::source_quench:  // MUST-55
      if (fault(Fault::icmp_source_quench_aborts)) delete_tcb(TCPJURY_EVENT_ERROR, "source quench");
      if (fault(Fault::icmp_source_quench_obeyed)) tcb_.congestion.cwnd = 1;
      return;
    case IcmpError::Kind::hard:
      if (fault(Fault::icmp_hard_error_ignored)) return;
      if (fault(Fault::icmp_not_validated)) delete_tcb(TCPJURY_EVENT_ERROR, "destination unreachable");
      // Soft where the connection is synchronized (RFC 5927 section 5.2).
      if (tcb_.state == State::syn_received && tcb_.passive)
        delete_tcb(TCPJURY_EVENT_CLOSED);
      else if (is_in({State::syn_sent, State::syn_received}))
        delete_tcb(TCPJURY_EVENT_ERROR, "destination unreachable");
      return;
    case IcmpError::Kind::packet_too_big:
      packet_too_big(error);
      output();
      return;
  }
}

void Connection::packet_too_big(const IcmpError& error) {
  constexpr Time forgotten_after = 10 * minutes;  // RFC 1191 section 6.3
  const bool v4 = tcb_.remote.address.family == wire::Family::v4;
  const std::uint32_t least = v4 ? 68 : 1280;
  std::uint32_t mtu = error.mtu;
  if (fault(Fault::packet_too_big_ignored)) return;
  if (fault(Fault::packet_too_big_aborts)) {
    delete_tcb(TCPJURY_EVENT_ERROR, "packet too big");
    return;
  }
  if (fault(Fault::packet_too_big_without_mtu_ignored) && mtu == 0) return;
  if (v4 && mtu == 0) mtu = plateau_below(error.size);
  const bool any_size = fault(Fault::packet_too_big_of_any_size);
  if (!v4 && mtu < least && !any_size) return;  // RFC 8201 section 4
  mtu = std::max(mtu, any_size ? fixed_headers(tcb_.remote.address.family) : least);
  const bool lowers = mtu < tcb_.path_mtu && mtu < tcb_.largest_sent;
  if (!lowers && !fault(Fault::packet_too_big_always_resends)) return;
  tcb_.path_mtu = std::min(mtu, tcb_.path_mtu);
  tcb_.path_mtu_until = host_.now() + forgotten_after;
  if (tcb_.snd.una == tcb_.snd.iss) return;
  // What is outstanding goes out again in smaller segments, which is no sign of congestion.
  tcb_.congestion.lost_next = tcb_.snd.una;
  tcb_.congestion.lost_end = tcb_.snd.nxt;
}

}  // namespace tcpjury::reference
