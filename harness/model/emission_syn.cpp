// SYN and SYN,ACK from the target (RFC 9293 section 3.5).
#include <algorithm>

#include "harness/model/emission.h"

namespace tcpjury::model {
namespace {

/// The last SYN counts: some stacks leave options out when they repeat it.
void take_own_options(Tcb& t, const Emitted& e) {
  t.options.own_scale_offered = false;
  if (const auto shift = e.options.window_scale()) {
    t.options.own_scale_offered = true;
    t.options.own_shift = std::min<std::uint8_t>(*shift, 14);
  }
  t.options.own_timestamps = e.options.timestamps().has_value();
  t.options.own_sack = e.options.sack_permitted();
}

void advertise(Tcb& t, const Emitted& e) {
  t.last_ack = e.segment->ack;
  t.last_wnd = e.segment->window;  // the window field of a SYN is never scaled
  t.rcv_edge = e.segment->ack + SeqLen{e.segment->window};
  t.rcv_edge_max = t.rcv_edge;
  t.window_known = true;
}

void first_syn(Tcb& t, const Emitted& e, const Context& c) {
  t.iss = e.segment->seq;
  t.snd_una = e.segment->seq;
  t.snd_nxt = e.segment->seq + SeqLen{1};
  take_own_options(t, e);
  sent_first_time(t, e.at, c);
}

/// The timer that the SYN started may go on (RFC 6298 section 5.1), backed off as it is, or start anew.
void crosses(Tcb& t, const Emitted& e, const Context& c) {
  const RetransmissionTimer of_syn = t.timer;
  t.timer.longest = 2 * of_syn.longest;
  sent_first_time(t, e.at, c);
  if (of_syn.running) t.timer.first = of_syn.first;
  t.timer.undisturbed = false;
}

/// A SYN that is repeated shows that what came in between had no effect.
void still_alive(Accepted& a) {
  if (a.next.suspect) a.held.push_back(*a.next.suspect);
  a.next.suspect.reset();
}

Match rejected(const Tcb& t, Rule why, std::string message) {
  return Rejected{{why, std::move(message), wanted(t), {}}};
}

/// The rule that says that the connection is over, where there is one.
Rule blame_for_syn(const Tcb& t, std::string_view general) {
  return t.state == State::closed && t.gone_by && t.owes.empty() ? *t.gone_by : to_blame(t, general);
}

Match syn_without_ack(const Tcb& t, const Emitted& e, const Context& c) {
  if (t.state != State::syn_sent) {
    return rejected(t, blame_for_syn(t, "RFC9293-3.10.1-OPEN-ACTIVE-CLOSED"), "a SYN that no OPEN asked for");
  }
  Accepted a{.next = t};
  if (!t.iss) {
    first_syn(a.next, e, c);
    discharge(a.next, form_syn, SeqNum{}, a.held);
    return a;
  }
  if (e.segment->seq != *t.iss) {
    return rejected(t, row("3.10.8", "RETRANSMISSION", t.state, t.origin),
                    "the SYN was repeated with another sequence number");
  }
  a.what = EmissionClass::retransmission;
  still_alive(a);
  take_own_options(a.next, e);
  sent_again(a, e.at, c);
  return a;
}

}  // namespace

Match match_syn(const Tcb& t, const Emitted& e, const Context& c) {
  if (!e.has(wire::ack)) return syn_without_ack(t, e, c);
  // A CLOSE may have led to FIN-WAIT-1 before the SYN was acknowledged.
  const bool unacknowledged = t.state == State::fin_wait_1 && t.iss && t.snd_una == *t.iss;
  if (t.state != State::syn_received && !unacknowledged) {
    return rejected(t, blame_for_syn(t, "RFC9293-3.5-3WHS-SYNACK"), "a SYN,ACK outside SYN-RECEIVED");
  }
  const Rule numbers = t.owes.empty() ? rule("RFC9293-3.5-3WHS-SYNACK", "SYN", t.state) : t.owes.back().rule;
  if (e.segment->ack != t.irs + SeqLen{1}) {
    return rejected(t, numbers, "the SYN,ACK does not acknowledge the SYN's sequence number plus one");
  }
  Accepted a{.next = t};
  const bool owed = std::any_of(t.owes.begin(), t.owes.end(),
                                [](const Obligation& o) { return (o.forms & form_syn_ack) != 0; });
  if (!t.iss) {
    first_syn(a.next, e, c);
    if (t.iss_least && wire::before(e.segment->seq, *t.iss_least)) {
      a.findings.push_back({rule("RFC9293-MAY-2", "SYN-NEW", State::time_wait),
                            "the initial sequence number is not larger than the numbers used before",
                            {"an ISS beyond the previous incarnation's SND.NXT"},
                            {}});
    }
  } else if (e.segment->seq != *t.iss) {
    return rejected(t, numbers, "the SYN,ACK does not carry the initial sequence number sent before");
  } else if (t.window_known) {
    a.what = owed ? EmissionClass::progress : EmissionClass::retransmission;
    take_own_options(a.next, e);
    if (!owed) sent_again(a, e.at, c);
  } else {  // the SYN,ACK of a simultaneous open: its SYN was sent before
    take_own_options(a.next, e);
    crosses(a.next, e, c);
  }
  still_alive(a);
  advertise(a.next, e);
  discharge(a.next, form_syn_ack, e.segment->ack, a.held);
  return a;
}

}  // namespace tcpjury::model
