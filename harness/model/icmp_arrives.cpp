#include "harness/model/icmp_arrives.h"

#include "harness/base/assert.h"
#include "harness/model/answers.h"

namespace tcpjury::model {
namespace {

std::string_view event_of(IcmpClass kind) {
  switch (kind) {
    case IcmpClass::source_quench:
      return "ICMP-SOURCE-QUENCH";
    case IcmpClass::soft:
      return "ICMP-SOFT";
    case IcmpClass::hard:
      return "ICMP-HARD";
    case IcmpClass::too_big:
      return "ICMP-PTB";
    case IcmpClass::unclassified:
      return "ICMP-OTHER";
  }
  TCPJURY_UNREACHABLE();
}

/// Nothing but a retransmission may follow: a changed route or a smaller MTU may bring it forward (RFC 1191
/// section 6.4, RFC 6069).
Tcb unaffected(const Tcb& t, Rule why) {
  Tcb kept = segment_discarded(t, why);
  kept.timer.undisturbed = false;
  return kept;
}

Tcb given_up(const Tcb& t, Rule why) {
  Tcb gone = deleted(t);
  gone.gone_by = why;
  return gone;
}

/// The connection was deleted and a reset sent (section 3.6 lets an abort send one or more).
Tcb aborted(const Tcb& t, TimeSpan at, Rule why, const Context& c) {
  Tcb gone = deleted(t);
  Obligation o{};
  o.forms = form_reset;
  o.rule = why;
  o.due = at.latest + c.timing->prompt;
  o.prompt = false;
  o.reset = {ResetNumbers::Kind::abort, t.snd_nxt, t.snd_una};
  gone.owes.push_back(o);
  ++gone.rank;
  return gone;
}

void deviates(Tcb& t, Rule why, std::string_view message, std::string_view practice) {
  ++t.rank;
  t.deviation = Deviation{why, message, practice};
}

Branches soft_error(const Tcb& t, Rule why) {
  Branches out{unaffected(t, why)};
  if (synchronized(t.state)) return out;
  Tcb gone = deleted(t);
  deviates(gone, why, "a soft error ended the attempt to open",
           "RFC 5461 section 4 documents stacks that do so while a connection opens");
  out.push_back(std::move(gone));
  return out;
}

Branches hard_error(const Tcb& t, TimeSpan at, Rule why, InFlight where, const Context& c) {
  if (t.state == State::time_wait) return {unaffected(t, why)};  // MUST-13, whatever is quoted
  if (where == InFlight::no) {
    const Rule check = rule("RFC5927-4.1-1", "ICMP-HARD", t.state);
    Branches out{unaffected(t, check)};
    Tcb gone = deleted(t);
    deviates(gone, check, "an error that quotes nothing in flight ended the connection",
             "RFC 9293 SHLD-26 does not ask for the check of RFC 5927");
    Tcb reset = aborted(t, at, why, c);
    reset.deviation = gone.deviation;
    out.push_back(std::move(gone));
    out.push_back(std::move(reset));
    return out;
  }
  Branches out{given_up(t, why), aborted(t, at, why, c)};
  Tcb kept = unaffected(t, why);
  // RFC 5927 section 5.2 and RFC 5461 section 2.1: soft in synchronized states.
  if (synchronized(t.state) || where == InFlight::perhaps) {
    ++kept.rank;
  } else {
    deviates(kept, why, "a hard error did not end the attempt to open", "stacks without ICMP input for TCP");
  }
  out.push_back(std::move(kept));
  return out;
}

/// Neither list has the code: abort and no effect are both permitted.
Branches either_way(const Tcb& t) {
  Tcb kept = t;
  kept.timer.undisturbed = false;
  kept.may_reset = true;
  Tcb gone = deleted(t);
  ++gone.rank;
  return {std::move(kept), std::move(gone)};
}

}  // namespace

InFlight in_flight(const Tcb& t, SeqNum quoted) {
  if (!t.iss) return InFlight::perhaps;
  if (wire::before(quoted, t.snd_una)) return InFlight::no;
  if (wire::before(quoted, t.snd_nxt)) return InFlight::yes;
  const SeqNum sendable = t.stream_end() + SeqLen{t.close_requested ? 1U : 0U};
  return wire::before(quoted, sendable) ? InFlight::perhaps : InFlight::no;  // sent, but not seen yet
}

std::optional<Rule> icmp_row(const Tcb& t, IcmpClass kind) {
  if (kind == IcmpClass::unclassified || t.state == State::closed || t.state == State::listen)
    return std::nullopt;
  return row("3.9.2.2", event_of(kind), t.state, t.origin);
}

Branches icmp_arrives(const Tcb& t, TimeSpan at, const IcmpError& error, const Context& c) {
  if (t.state == State::closed || t.state == State::listen) return {t};
  const auto why = icmp_row(t, error.kind);
  if (!why || !t.iss) return either_way(t);
  switch (error.kind) {
    case IcmpClass::source_quench:
      return {unaffected(t, *why)};
    case IcmpClass::soft:
      return soft_error(t, *why);
    case IcmpClass::hard:
      return hard_error(t, at, *why, in_flight(t, error.quoted), c);
    case IcmpClass::too_big:
      // Without path MTU discovery the same code is a hard error (codes 2-4).
      if (!error.dont_fragment) return either_way(t);
      return {unaffected(t, *why)};
    case IcmpClass::unclassified:
      break;
  }
  TCPJURY_UNREACHABLE();
}

Tcb icmp_of_another(const Tcb& t) {
  Tcb same = t;
  if (t.state == State::closed || t.state == State::listen) return same;
  same.timer.undisturbed = false;  // the path may have changed for it, too
  if (!same.suspect) same.suspect = rule("RFC9293-MUST-54", "ICMP-OF-ANOTHER", t.state);
  return same;
}

}  // namespace tcpjury::model
