// CLOSED, LISTEN and SYN-SENT: RFC 9293 sections 3.10.7.1 to 3.10.7.3.
#include "harness/model/answers.h"
#include "harness/model/segment_arrives.h"

namespace tcpjury::model {
namespace {

/// A new connection from a SYN: RCV.NXT and IRS are set, the text and FIN of the SYN may be kept for later.
Tcb from_syn(const Tcb& before, const Arrival& a, Origin origin) {
  Tcb t{};
  t.rank = before.rank;
  t.deviation = before.deviation;
  t.state = State::syn_received;
  t.origin = origin;
  t.irs = a.segment->seq;
  t.rcv_nxt_least = t.rcv_nxt_most = t.irs + SeqLen{1};
  take_syn_options(t, a);
  if (!a.segment->text.empty()) t.held.push_back({t.rcv_nxt_least, t.rcv_nxt_least + a.text_length()});
  if (a.has(wire::fin)) t.held_fin = t.rcv_nxt_least + a.text_length();
  return t;
}

std::string_view syn_event(const Arrival& a) {
  if (a.has(wire::fin)) return "SYN+FIN";
  return a.segment->text.empty() ? "SYN" : "SYN+DATA";
}

/// Enters ESTABLISHED from SYN-SENT on an acceptable SYN,ACK.
Tcb established_by_syn_ack(const Tcb& before, const Arrival& a) {
  Tcb t = before;
  t.state = State::established;
  t.irs = a.segment->seq;
  t.rcv_nxt_least = t.rcv_nxt_most = t.irs + SeqLen{1};
  t.snd_una = a.segment->ack;
  t.timer = {.longest = before.timer.longest, .slowest = before.timer.slowest};
  const Negotiated own = t.options;
  take_syn_options(t, a);
  t.options.own_scale_offered = own.own_scale_offered;
  t.options.own_shift = own.own_shift;
  t.options.own_timestamps = own.own_timestamps;
  t.options.own_sack = own.own_sack;
  take_window(t, a);
  return t;
}

void syn_ack_in_syn_sent(const Tcb& before, const Arrival& a, const Context& c, Branches& out) {
  const auto cite = [&](std::string_view event) {
    return row("3.10.7.3", event, State::syn_sent, Origin::active);
  };
  Tcb t = established_by_syn_ack(before, a);
  if (a.segment->text.empty() && !a.has(wire::fin)) {
    owe_prompt_ack(t, cite("SYN-ACK"), a, c);
    out.push_back(std::move(t));
    return;
  }
  const std::string_view event = a.has(wire::fin) ? "SYN-ACK+FIN" : "SYN-ACK+DATA";
  Tcb left = t;
  left.deviation = Deviation{cite(event), "what came with the SYN,ACK was not taken",
                             "without fast open the peer is left to send it again"};
  ++left.rank;
  owe_prompt_ack(left, left.deviation->rule, a, c);
  // The ACK of the SYN may come first and alone; the text and FIN must be acknowledged in the end.
  const SeqNum text_end = t.rcv_nxt_least + a.text_length();
  t.rcv_nxt_most = text_end;
  ++t.ack_credit;
  if (a.has(wire::fin)) {
    t.rcv_nxt_most = t.rcv_nxt_most + SeqLen{1};
    t.peer_fin = true;
    t.state = State::close_wait;
  }
  const SeqNum least = t.rcv_nxt_least;
  t.rcv_nxt_least = t.rcv_nxt_most;
  owe_delayed_ack(t, cite(event), a, c, a.has(wire::fin));
  t.rcv_nxt_least = least;
  out.push_back(std::move(t));
  out.push_back(std::move(left));
}

}  // namespace

void arrives_in_closed(const Tcb& tcb, const Arrival& a, const Context& c, Branches& out) {
  const auto cite = [&](std::string_view event) {
    return row("3.10.7.1", event, State::closed, Origin::passive);
  };
  Tcb t = tcb;
  if (a.has(wire::rst)) {
    stay_silent(t, cite("RST"));
  } else {
    owe_reset(t, cite(a.has(wire::ack) ? "ACK" : "NO-ACK"), a, c);
  }
  out.push_back(std::move(t));
}

void arrives_in_listen(const Tcb& tcb, const Arrival& a, const Context& c, Branches& out) {
  const auto cite = [&](std::string_view event) {
    return row("3.10.7.2", event, State::listen, Origin::passive);
  };
  Tcb t = tcb;
  if (a.has(wire::rst)) {  // first check for a RST
    stay_silent(t, cite("RST"));
  } else if (a.has(wire::ack)) {  // second check for an ACK
    owe_reset(t, cite("ACK"), a, c);
  } else if (a.has(wire::syn)) {  // third check for a SYN
    if (a.has(wire::fin)) {
      Tcb dropped = tcb;
      dropped.deviation = Deviation{cite("SYN+FIN"), "a SYN with FIN got no answer",
                                    "stacks that fear SYN+FIN scans drop it"};
      ++dropped.rank;
      out.push_back(std::move(dropped));
    }
    t = from_syn(tcb, a, Origin::passive);
    take_window(t, a);
    owe_syn_ack(t, cite(syn_event(a)), a, c);
  } else {  // fourth other data or control
    stay_silent(t, cite("OTHER"));
  }
  out.push_back(std::move(t));
}

void arrives_in_syn_sent(const Tcb& tcb, const Arrival& a, const Context& c, Branches& out) {
  const auto cite = [&](std::string_view event) {
    return row("3.10.7.3", event, State::syn_sent, Origin::active);
  };
  Tcb t = tcb;
  if (!t.iss) {  // its SYN has not been seen yet: nothing can be said
    out.push_back(std::move(t));
    return;
  }
  const bool ack_ok = a.has(wire::ack) && wire::before(t.snd_una, a.segment->ack) &&
                      wire::at_or_before(a.segment->ack, t.snd_nxt);

  if (a.has(wire::ack) && !ack_ok) {  // first check the ACK bit
    if (a.has(wire::rst)) {
      stay_silent(t, cite("ACK-BAD+RST"));
    } else {
      t.suspect = cite("ACK-BAD");  // the attempt goes on
      owe_reset(t, *t.suspect, a, c);
    }
    out.push_back(std::move(t));
    return;
  }
  if (a.has(wire::rst)) {  // second check the RST bit
    if (ack_ok) {
      t = deleted(t);
      stay_silent(t, cite("RST-ACKOK"));
      t.gone_by = cite("RST-ACKOK");
    } else {
      stay_silent(t, cite("RST-NOACK"));
    }
    out.push_back(std::move(t));
    return;
  }
  if (!a.has(wire::syn)) {  // fifth, if neither of the SYN or RST bits is set
    stay_silent(t, cite(ack_ok ? "ACK-OK-NOSYN" : "OTHER"));
    out.push_back(std::move(t));
    return;
  }
  if (ack_ok) {  // fourth check the SYN bit
    syn_ack_in_syn_sent(t, a, c, out);
    return;
  }
  Tcb crossed = from_syn(tcb, a, Origin::active);  // simultaneous open (RFC 9293 figure 7)
  crossed.iss = tcb.iss;
  crossed.snd_una = tcb.snd_una;
  crossed.snd_nxt = tcb.snd_nxt;
  crossed.stream_accepted = tcb.stream_accepted;
  crossed.close_requested = tcb.close_requested;
  crossed.options.own_scale_offered = tcb.options.own_scale_offered;
  crossed.options.own_shift = tcb.options.own_shift;
  crossed.options.own_timestamps = tcb.options.own_timestamps;
  crossed.options.own_sack = tcb.options.own_sack;
  crossed.timer = tcb.timer;
  take_window(crossed, a);
  owe_syn_ack(crossed, cite("SYN"), a, c);
  out.push_back(std::move(crossed));
}

}  // namespace tcpjury::model
