#include "harness/model/user_calls.h"

#include <algorithm>

#include "harness/model/answers.h"
#include "harness/model/emission.h"

namespace tcpjury::model {
namespace {

Obligation owed_after_call(Rule rule, const CallFacts& facts, const Context& c, Forms forms) {
  Obligation o{};
  o.rule = rule;
  o.forms = forms;
  o.due = facts.at.latest + c.timing->prompt;
  return o;
}

/// The TCB is deleted and a reset goes out, <SEQ=SND.NXT><CTL=RST> (any number the peer would accept).
Tcb aborted(const Tcb& t, Rule rule, const CallFacts& facts, const Context& c) {
  Tcb gone = deleted(t);
  gone.gone_by = rule;
  Obligation o = owed_after_call(rule, facts, c, form_reset);
  o.reset = {ResetNumbers::Kind::abort, t.snd_nxt, t.snd_una};
  gone.owes.push_back(o);
  return gone;
}

/// An acknowledgment that was due may leave before the call takes force.
void or_acknowledged_first(Branches& out, const Tcb& t) {
  const bool due = t.ack_credit > 0 || std::any_of(t.owes.begin(), t.owes.end(), [](const Obligation& o) {
                     return (o.forms & form_ack) != 0;
                   });
  if (!due || out.front().owes.empty()) return;
  Tcb first = t;
  ++first.rank;
  first.owes = out.front().owes;
  first.silent.clear();
  first.timer = {};
  first.ack_credit = std::max<std::uint16_t>(first.ack_credit, 1);
  out.push_back(std::move(first));
}

/// ABORT: section 3.10.5.
Branches abort_call(const Tcb& t, const CallFacts& facts, const Context& c) {
  if (t.state == State::closed || t.state == State::listen) return {t};
  const Rule why = row("3.10.5", "ABORT", t.state, t.origin);
  if (t.state == State::syn_sent || !t.iss) {
    Tcb gone = deleted(t);
    stay_silent(gone, why);
    return {gone};
  }
  Branches out{aborted(t, why, facts, c)};
  or_acknowledged_first(out, t);
  const bool late = t.state == State::closing || t.state == State::last_ack || t.state == State::time_wait;
  if (late) {  // 3.10.5 sends none there, 3.9.1.6 always sends one
    Tcb gone = deleted(t);
    ++gone.rank;
    out.push_back(std::move(gone));
  }
  return out;
}

/// CLOSE: section 3.10.4. The user sends no more; receiving goes on.
Branches close_call(const Tcb& before, const CallFacts& facts, const Context& c) {
  Tcb t = before;
  if (t.state == State::closed || t.state == State::listen) return {t};
  const Rule why = row("3.10.4", "CLOSE", t.state, t.origin);
  switch (t.state) {
    case State::syn_sent:
      t = deleted(t);
      stay_silent(t, why);
      return {t};
    case State::established:
      t.state = State::fin_wait_1;
      break;
    case State::close_wait:
      t.state = State::last_ack;
      break;
    case State::syn_received:  // queued until ESTABLISHED, or FIN-WAIT-1 at once where nothing waits
      if (t.origin == Origin::passive && t.iss && t.stream_accepted == 0)
        t.owes.push_back(owed_after_call(why, facts, c, form_fin));
      else
        stay_silent(t, why);
      break;
    default:
      stay_silent(t, why);
      return {t};
  }
  t.close_requested = true;
  Branches out{t};
  const bool no_room = !wire::before(t.snd_nxt, t.snd_una + SeqLen{t.snd_wnd});
  if (t.state == State::syn_received && t.iss && no_room) {  // its FIN waits for a window
    out.push_back(t);
    out.back().state = State::fin_wait_1;
    ++out.back().rank;
  }
  return out;
}

/// RELEASE: CLOSE, and no more receiving (section 3.6.1). Unread text may be answered by a reset (SHLD-3).
Branches release_call(const Tcb& before, const CallFacts& facts, const Context& c) {
  Branches out = before.close_requested ? Branches{before} : close_call(before, facts, c);
  for (Tcb& t : out) t.released = true;
  if (facts.unread && before.iss && synchronized(before.state) && before.state != State::time_wait) {
    const Rule why = row("3.10.4", "CLOSE-UNREAD", before.state, before.origin);
    if (before.close_requested) {  // FIN-WAIT, CLOSING and LAST-ACK: nothing, where no reset comes
      for (Tcb& t : out) stay_silent(t, why);
    }
    Tcb reset = aborted(before, why, facts, c);
    ++reset.rank;
    out.push_back(std::move(reset));
  }
  return out;
}

Branches send_call(const Tcb& before, const UserCall& call, Finding& why) {
  Tcb t = before;
  const bool open = t.state == State::syn_sent || t.state == State::syn_received ||
                    t.state == State::established || t.state == State::close_wait;
  if (call.octets.empty()) return {t};
  if (!open || t.close_requested) {
    why = {row_or("RFC9293-3.10.2-SEND-CLOSED", "3.10.2", "SEND", t.state, t.origin),
           "SEND was accepted although the connection is closing",
           {"error: connection closing"},
           {}};
    return {};
  }
  t.stream_accepted += static_cast<std::uint32_t>(call.octets.size());
  return {t};
}

Branches receive_call(const Tcb& before, const UserCall& call, Finding& why) {
  if (!call.peer_closed || before.peer_fin || before.state == State::closed || before.held_fin)
    return {before};
  why = {rule("RFC9293-MUST-12", "RECEIVE", before.state),
         "the user was told of an end that the peer has not sent",
         {"more text, or none yet"},
         {}};
  return {};
}

/// Nobody has been handed the connection that a SYN began in TIME-WAIT: the call is about the one it left.
Branches call_on_former(const Tcb& t, const UserCall& call) {
  Branches out{t};
  if (call.kind != UserCall::Kind::abort) return out;
  out.push_back(t);
  out.back().former.clear();
  ++out.back().rank;
  return out;
}

/// What the user sets holds from now on; the layers judge whether it does.
Branches set_call(const Tcb& before, const UserCall& call) {
  Tcb t = before;
  if (t.state == State::closed || t.state == State::listen) return {t};
  if (call.option == UserOption::keepalive) {
    t.keepalive = call.value != 0;
    t.keepalives = 0;
  }
  if (call.option == UserOption::user_timeout) {
    const auto asked = Duration{static_cast<Duration::rep>(call.value)};
    t.user_r2 = call.value == 0 ? std::nullopt : std::optional{asked};
  }
  return {t};
}

}  // namespace

Branches user_call(const Tcb& t, const UserCall& call, const CallFacts& facts, const Context& c,
                   Finding& why) {
  if (!call.ok) {  // "connection closing", and no second FIN (section 3.10.4)
    Tcb same = t;
    if (call.kind == UserCall::Kind::close && t.close_requested && synchronized(t.state)) {
      stay_silent(same, row("3.10.4", "CLOSE", t.state, t.origin));
      same.timer.undisturbed = false;  // what follows at once is not the timer's doing
    }
    return {std::move(same)};
  }
  if (!t.former.empty()) return call_on_former(t, call);
  Branches out;
  switch (call.kind) {
    case UserCall::Kind::send:
      out = send_call(t, call, why);
      break;
    case UserCall::Kind::receive:
      out = receive_call(t, call, why);
      break;
    case UserCall::Kind::close:
      out = close_call(t, facts, c);
      break;
    case UserCall::Kind::release:
      out = release_call(t, facts, c);
      break;
    case UserCall::Kind::abort:
      out = abort_call(t, facts, c);
      break;
    case UserCall::Kind::set:
      out = set_call(t, call);
      break;
    case UserCall::Kind::open_passive:
    case UserCall::Kind::open_active:
      out = {t};
      break;
  }
  return out;
}

void owe_sending(Tcb& t, TimePoint now, const Context& c) {
  const bool open = t.state == State::established || t.state == State::close_wait ||
                    t.state == State::fin_wait_1 || t.state == State::closing || t.state == State::last_ack;
  if (!open || !t.iss) return;
  if (t.snd_wnd == 0) {  // what is outstanding is probed for, not retransmitted, until the window opens
    if (t.timer.running) t.timer.due = never;
  } else if (t.timer.running && t.timer.due == never) {
    t.timer.due = now + c.timing->retransmission_max;
  }
  // After a timeout cwnd is one segment, and stacks that count segments wait for the acknowledgment.
  const bool repeated = t.outstanding() && t.timer.count > 0;
  const bool room = wire::before(t.snd_nxt, t.snd_una + SeqLen{t.snd_wnd}) && !repeated;
  if (!room) {
    std::erase_if(t.owes, [](const Obligation& o) { return (o.forms & (form_text | form_fin)) != 0; });
    return;
  }
  const auto of_sending = [](const Obligation& o) { return (o.forms & (form_text | form_fin)) != 0; };
  const bool already = std::any_of(t.owes.begin(), t.owes.end(), of_sending);
  if (already && !t.echoed) return;
  if (already) std::erase_if(t.owes, of_sending);
  Obligation o{};
  // "The sending TCP will then be able to send a new packet only when the retransmit timer expires" (RFC 3168
  // section 6.1.2).
  o.due = now + (t.echoed ? next_expiry(t.timer, c) : c.timing->prompt);
  o.prompt = !t.echoed;
  const SeqNum end = t.stream_end();
  if (wire::before(t.snd_nxt, end) && !t.outstanding()) {  // neither Nagle nor cwnd can hold it back
    o.forms = form_text;
    const State cited =
        t.state == State::close_wait || t.state == State::last_ack ? State::close_wait : State::established;
    o.rule = row("3.10.2", "SEND", cited, t.origin);
  } else if (t.close_requested && !t.fin_sent && t.snd_nxt == end &&
             (t.snd_nxt - t.snd_una).octets < c.default_mss) {  // less than a segment: cwnd has room
    o.forms = form_fin;
    const State closed_in = t.state == State::last_ack ? State::close_wait : State::established;
    o.rule = row("3.10.4", "CLOSE", closed_in, t.origin);
  } else {
    return;
  }
  t.owes.push_back(o);
}

}  // namespace tcpjury::model
