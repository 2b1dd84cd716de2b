#include "harness/model/icmp_layer.h"

#include <algorithm>

namespace tcpjury::model {
namespace {

bool exists(const Tcb& t) { return t.state != State::closed && t.state != State::listen; }

void held(Findings& f, std::string_view id, std::string_view event, State state) {
  f.held(rule(id, event, state));
}

}  // namespace

void IcmpLayer::icmp(TimeSpan /*at*/, const wire::Decoded& frame, const wire::Decoded& quoted,
                     const View& view, Findings& /*findings*/) {
  const auto error = read_icmp_error(frame, quoted);
  if (!error) return;
  const Tcb& first = view.before.front();
  const auto row = icmp_row(first, error->kind);
  const InFlight where = in_flight(first, error->quoted);
  const bool agreed = std::all_of(view.before.begin(), view.before.end(), [&](const Tcb& t) {
    return t.state == first.state && t.origin == first.origin && in_flight(t, error->quoted) == where;
  });
  if (!row || !agreed || !first.iss) return;
  pending_.at(static_cast<std::size_t>(error->kind)) = Pending{*error, *row, first.state, where};
}

void IcmpLayer::emission(const Emitted& emitted, EmissionClass /*what*/, const View& view,
                         Findings& findings) {
  const std::span<const Tcb> known = emitted.has(wire::rst) ? view.after : view.before;
  if (std::none_of(known.begin(), known.end(), exists)) return gone(findings);
  if (emitted.has(wire::rst)) return;
  const bool lives = std::all_of(view.after.begin(), view.after.end(), exists);
  if (lives) alive(findings);
}

void IcmpLayer::gone(Findings& findings) {
  const auto& hard = pending_.at(static_cast<std::size_t>(IcmpClass::hard));
  if (hard && hard->where == InFlight::yes) {
    findings.held(hard->row);
    for (const std::string_view id : {"RFC9293-SHLD-26", "RFC9293-MUST-54"})
      held(findings, id, "ICMP-HARD", hard->state);
    if (hard->error.port_unreachable) held(findings, "RFC1122-4.2.3.9-1", "ICMP-HARD", hard->state);
    if (synchronized(hard->state)) findings.measured("icmp.hard-error.synchronized", "aborts");
  }
  pending_ = {};
}

void IcmpLayer::alive(Findings& findings) {
  for (std::optional<Pending>& p : pending_) {
    if (!p) continue;
    const std::string_view event = p->row.event;
    // What must be ignored shows so by the connection going on; so does what RFC 5927 lets pass for soft.
    findings.held(p->row);
    if (p->error.tuple.target.address.family == wire::Family::v6)
      held(findings, "RFC9293-3.9.2.2-V6", event, p->state);
    if (p->where == InFlight::no) held(findings, "RFC5927-4.1-1", event, p->state);
    switch (p->error.kind) {
      case IcmpClass::source_quench:
        for (const std::string_view id : {"RFC9293-MUST-55", "RFC6633-5-1", "RFC5927-6.2-1"})
          held(findings, id, event, p->state);
        break;
      case IcmpClass::soft:
        held(findings, "RFC9293-MUST-56", event, p->state);
        if (!synchronized(p->state)) held(findings, "RFC5461-4.1-1", event, p->state);
        break;
      case IcmpClass::hard:
        if (synchronized(p->state) && p->where == InFlight::yes) {
          held(findings, "RFC5927-5.2-1", event, p->state);
          findings.measured("icmp.hard-error.synchronized", "treated as soft");
        }
        break;
      case IcmpClass::too_big:
      case IcmpClass::unclassified:
        break;
    }
    p.reset();
  }
}

}  // namespace tcpjury::model
