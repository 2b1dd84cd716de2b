// What the user sets (RFC 9293 sections 3.8.4, 3.8.5, 3.9.1 and 3.9.2), and what it is told of errors and
// urgent data.
#include <algorithm>

#include "targets/reference/connection.h"
#include "targets/reference/reply.h"

namespace tcpjury::reference {

using wire::before;

int Connection::set(const tcpjury_call& call, tcpjury_reply& reply) {
  if (abandoned_ || tcb_.state == State::closed) return too_late(reply);
  Wishes& user = tcb_.user;
  const bool on = call.value != 0;
  switch (call.option) {
    case TCPJURY_OPTION_NAGLE:
      user.nagle = on;
      break;
    case TCPJURY_OPTION_KEEPALIVE:
      if (on || !fault(Fault::keepalive_stays_on)) user.keep_alive = on;
      break;
    case TCPJURY_OPTION_KEEPALIVE_IDLE:
      user.keep_alive_idle = call.value;
      break;
    case TCPJURY_OPTION_KEEPALIVE_INTERVAL:
      user.keep_alive_interval = call.value;
      break;
    case TCPJURY_OPTION_KEEPALIVE_COUNT:
      user.keep_alive_count = static_cast<unsigned>(std::max<std::uint64_t>(call.value, 1));
      break;
    case TCPJURY_OPTION_USER_TIMEOUT:
      user.timeout = call.value;
      tcb_.user_timeout_untold = host_.settings().user_timeout_option && call.value != 0 &&
                                 !(tcb_.user_timeout_told && fault(Fault::user_timeout_told_once));
      tcb_.user_timeout_told = tcb_.user_timeout_told || tcb_.user_timeout_untold;
      break;
    case TCPJURY_OPTION_DIFFSERV:
      if (fault(Fault::diffserv_set_once) && user.diffserv_changes > 0) break;
      ++user.diffserv_changes;
      user.diffserv = static_cast<std::uint8_t>(call.value & 0x3fU);
      break;
    case TCPJURY_OPTION_TTL:
      if (call.value == 0 || call.value > 255) return refuse(reply, "the time to live is 1 to 255");
      user.ttl = static_cast<std::uint8_t>(call.value);
      break;
    case TCPJURY_OPTION_ERROR_REPORTS:
      if (on || !fault(Fault::error_reports_stay_on)) user.error_reports = on;
      break;
    case TCPJURY_OPTION_URGENT:
      user.urgent = on;
      break;
    default:
      return TCPJURY_UNSUPPORTED;
  }
  if (call.option == TCPJURY_OPTION_KEEPALIVE || call.option == TCPJURY_OPTION_KEEPALIVE_IDLE)
    stop(Timer::keep_alive);
  if (call.option == TCPJURY_OPTION_USER_TIMEOUT) stop(Timer::user);
  output();
  return TCPJURY_OK;
}

// ---- what goes to the IP layer ----------------------------------------------------------------------------

IpFields Connection::ip_fields(EcnCodepoint ecn) const {
  return {.ecn = ecn,
          .diffserv = fault(Fault::diffserv_ignored) ? std::uint8_t{0} : tcb_.user.diffserv,
          .ttl = fault(Fault::ttl_ignored) ? std::uint8_t{64} : tcb_.user.ttl,
          .route = route()};
}

/// The user's route comes first (MUST-52).
std::vector<wire::IpAddress> Connection::route() const {
  if (fault(Fault::route_of_user_ignored)) return {};
  const bool by_user = !tcb_.route.empty();
  if (by_user && !(fault(Fault::route_of_peer_preferred) && !tcb_.return_route.empty())) return tcb_.route;
  return fault(Fault::return_route_forgotten) ? std::vector<wire::IpAddress>{} : tcb_.return_route;
}

/// A route that comes later replaces the one before it (SHLD-24).
void Connection::take_route(const Segment& segment) {
  if (segment.return_route.empty() || segment.has(wire::syn)) return;
  if (fault(Fault::later_route_ignored) && !tcb_.return_route.empty()) return;
  tcb_.return_route = segment.return_route;
}

// ---- urgent text ------------------------------------------------------------------------------------------

void Connection::mark_urgent(wire::TcpSegment& segment) const {
  constexpr std::uint32_t farthest = 0xffff;
  if (!tcb_.snd.up || segment.text.empty() || !before(segment.seq, *tcb_.snd.up)) return;
  if (fault(Fault::urgent_not_sent)) return;
  if (fault(Fault::urgent_on_last_segment_only) && before(segment.end(), *tcb_.snd.up)) return;
  const std::uint32_t ahead = (*tcb_.snd.up - segment.seq).octets;
  segment.flags = segment.flags | wire::urg;
  segment.urgent = static_cast<std::uint16_t>(std::min(ahead, farthest));  // RFC 7323 appendix A
  if (fault(Fault::urgent_pointer_wraps)) segment.urgent = static_cast<std::uint16_t>(ahead & farthest);
  if (fault(Fault::urgent_pointer_one_less)) --segment.urgent;
}

// RFC 9293 section 3.10.7.4, sixth: RCV.UP, and the signal to the user where it moves.
void Connection::note_urgent(const Segment& segment) {
  const SeqNum pointer = segment.seq + SeqLen{segment.urgent};
  const bool moves = !tcb_.rcv.up || before(*tcb_.rcv.up, pointer);
  if (!moves) return;
  const bool first = !tcb_.rcv.up;
  tcb_.rcv.up = pointer;
  if (!tcb_.user.urgent || fault(Fault::urgent_not_told)) return;
  if (first || !fault(Fault::urgent_told_once)) tell(TCPJURY_EVENT_URGENT);
}

/// Whether urgent text is left that RECEIVE has not returned (MUST-33).
bool Connection::more_urgent() const {
  if (!tcb_.rcv.up || fault(Fault::urgent_flag_of_receive_missing)) return false;
  if (fault(Fault::urgent_flag_of_receive_stays)) return true;
  return before(tcb_.rcv.nxt - octets(tcb_.incoming.size()) - SeqLen{tcb_.peer_closed ? 1U : 0U},
                *tcb_.rcv.up);
}

/// ERROR_REPORT (section 3.9.1.8): the connection goes on.
void Connection::report_error(const char* text) {
  if (tcb_.user.error_reports) tell(TCPJURY_EVENT_SOFT_ERROR, text);
}

}  // namespace tcpjury::reference
