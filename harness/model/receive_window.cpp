#include "harness/model/receive_window.h"

#include "harness/base/assert.h"

namespace tcpjury::model {
namespace {

Position beyond_nxt(const Tcb& t, SeqNum seq) {
  if (t.window_known && wire::before(seq, t.rcv_edge)) return Position::ahead;
  const SeqNum far = wire::later(t.rcv_nxt_least, t.rcv_edge_max) + edge_guard;
  return wire::before(seq, far) ? Position::unclear : Position::beyond;
}

}  // namespace

Position position_of_point(const Tcb& t, SeqNum seq) {
  TCPJURY_ASSERT(t.rcv_certain());
  if (seq == t.rcv_nxt_least) return Position::at_nxt;
  if (wire::before(seq, t.rcv_nxt_least)) return Position::old;
  return beyond_nxt(t, seq);
}

Position position_of(const Tcb& t, SeqNum seq, SeqLen len) {
  if (len.octets == 0) return position_of_point(t, seq);
  TCPJURY_ASSERT(t.rcv_certain());
  const SeqNum nxt = t.rcv_nxt_least;
  if (wire::at_or_before(seq + len, nxt)) return Position::old;
  const bool closed_window = t.window_known && !wire::before(nxt, t.rcv_edge);
  if (wire::at_or_before(seq, nxt)) return closed_window ? Position::zero_window : Position::at_nxt;
  const Position p = beyond_nxt(t, seq);
  return closed_window && p == Position::unclear ? Position::zero_window : p;
}

}  // namespace tcpjury::model
