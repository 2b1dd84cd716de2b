// A layer judges one aspect of a connection beside the hypotheses: what needs a memory of its own (when was
// what acknowledged, which options came with which segment) but never changes which states are possible.
#pragma once

#include <span>

#include "harness/model/findings.h"
#include "harness/model/judge.h"
#include "harness/model/segment_arrives.h"

namespace tcpjury::model {

/// What a layer sees of its connection. Where hypotheses disagree about what a rule rests on, the layer
/// abstains.
struct View {
  const FourTuple& tuple;
  std::span<const Tcb> before;  ///< hypotheses before the event, best rank first; never empty
  std::span<const Tcb> after;   ///< and after it; never empty, since judging ends with the last hypothesis
  const Context& context;
};

/// What every layer may be told, in the order it happens. A layer is a class that derives from this, shadows
/// what it needs and stands in the list of layers.h; it is a value, its memory is bounded whatever the length
/// of a session, and it reports the same broken rule of one connection once.
class Layer {
 public:
  void arrival(const Arrival& /*arrival*/, const View& /*view*/, Findings& /*findings*/) {}
  /// An ICMP message whose quoted datagram belongs to this connection.
  void icmp(TimeSpan /*at*/, const wire::Decoded& /*frame*/, const wire::Decoded& /*quoted*/,
            const View& /*view*/, Findings& /*findings*/) {}
  void emission(const Emitted& /*emitted*/, EmissionClass /*what*/, const View& /*view*/,
                Findings& /*findings*/) {}
  void call(TimeSpan /*at*/, const UserCall& /*call*/, const View& /*view*/, Findings& /*findings*/) {}
  void notice(TimeSpan /*at*/, const UserNotice& /*notice*/, const View& /*view*/, Findings& /*findings*/) {}
  /// The segment just emitted showed that the four-tuple carries a new connection: the last that this memory
  /// is told.
  void succeeded(Findings& /*findings*/) {}
  /// Everything emitted before `now` has been reported.
  void quiet_until(TimePoint /*now*/, const View& /*view*/, Findings& /*findings*/) {}
  /// When quiet_until() may next find something; `never` when nothing is pending.
  [[nodiscard]] TimePoint next_deadline() const { return never; }
  /// False while the next stimulus would confuse cause and effect.
  [[nodiscard]] bool settled() const { return true; }
};

}  // namespace tcpjury::model
