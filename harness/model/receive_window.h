// Where a segment lies relative to the receive window (RFC 9293 section 3.4, table 6), as far as a tester can
// know.
#pragma once

#include "harness/model/tcb.h"

namespace tcpjury::model {

enum class Position : std::uint8_t {
  old,          ///< entirely below RCV.NXT
  at_nxt,       ///< acceptable, begins at or below RCV.NXT and reaches beyond it (or is empty at RCV.NXT)
  ahead,        ///< acceptable, begins beyond RCV.NXT
  zero_window,  ///< occupies sequence space at or beyond RCV.NXT while the window is closed
  beyond,       ///< entirely beyond the window
  unclear,      ///< between the edge advertised and the edge a receiver may really use (RFC 7323 section 2.4)
};

/// How far beyond the largest edge ever advertised a receiver's real window may reach. Internal windows
/// exceed the scaled advertisement; a tester that wants a clear answer stays farther away than this.
inline constexpr SeqLen edge_guard{1U << 20U};

/// Position of [seq, seq+len) for a hypothesis whose RCV.NXT is certain.
[[nodiscard]] Position position_of(const Tcb& t, SeqNum seq, SeqLen len);

/// Position of a single number, for RST and SYN (RFC 5961 section 3.2): old, at_nxt (exact), ahead (in
/// window), beyond or unclear.
[[nodiscard]] Position position_of_point(const Tcb& t, SeqNum seq);

}  // namespace tcpjury::model
