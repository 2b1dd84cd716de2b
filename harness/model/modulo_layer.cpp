#include "harness/model/modulo_layer.h"

#include "harness/model/layer_support.h"

namespace tcpjury::model {
namespace {

/// From `first` to `end` the number passes 2^32, where unsigned comparisons fail, or 2^31, where signed ones
/// do.
bool passes_a_border(SeqNum first, SeqNum end) {
  constexpr unsigned half = 31;
  return end.raw < first.raw || (first.raw >> half) != (end.raw >> half);
}

/// Numbers farther apart than any window are not compared for what is in it.
bool near(SeqNum a, SeqNum b) {
  constexpr SeqLen most{1U << 20U};
  return (wire::later(a, b) - wire::earlier(a, b)) <= most;
}

bool knows_numbers(const Tcb& t) {
  return t.iss && (synchronized(t.state) || t.state == State::syn_received);
}

}  // namespace

void ModuloLayer::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  const Tcb& t = view.before.front();
  across_ = false;
  if (!knows_numbers(t)) return;
  const bool near_window = near(a.segment->seq, t.rcv_nxt_least) && near(a.segment->end(), t.rcv_nxt_least);
  const SeqNum first = wire::earlier(a.segment->seq, t.rcv_nxt_least);
  const SeqNum end = wire::later(a.segment->end(), t.rcv_edge);
  if (near_window && t.window_known) across_ = passes_a_border(first, end);
  if (a.has(wire::ack) && near(a.segment->ack, t.snd_una))
    across_ = across_ || passes_a_border(wire::earlier(a.segment->ack, t.snd_una), t.snd_nxt);
}

Rule ModuloLayer::blame(const Rule& why, const Findings& findings) const {
  const std::string_view id = why.requirement->id;
  if (!across_ || !id.starts_with("RFC9293-3.10.7.4-") || !kept_before(findings, id)) return why;
  for (const std::string_view event : {"DATA-", "FIN-", "ACK-OF-SYN", "ACK-NEW", "ACK-DUP"}) {
    if (why.event.starts_with(event)) return rule("RFC9293-3.4-MODULO", why.event, why.state);
  }
  return why;
}

}  // namespace tcpjury::model
