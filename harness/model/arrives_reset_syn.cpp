// RST and SYN on a connection: the second and fourth check of RFC 9293 section 3.10.7.4, RFC 5961 and RFC
// 1337.
#include "harness/base/assert.h"
#include "harness/model/answers.h"
#include "harness/model/emission.h"
#include "harness/model/other_states.h"
#include "harness/model/receive_window.h"

namespace tcpjury::model {
namespace {

/// What is left of a TIME-WAIT while the SYN that reopened it may still turn out to be an old duplicate.
Tcb as_former(const Tcb& t) {
  Tcb former = t;
  former.owes.clear();
  former.silent.clear();
  former.deviation.reset();
  return former;
}

}  // namespace

// ---- second, check the RST bit (with the first check for RST, and RFC 5961 section 3.2) ----------

void OtherStates::check_reset(const Tcb& t) {
  const SeqNum seq = a_.segment->seq;
  switch (position_of_point(t, seq)) {
    case Position::at_nxt:
      return reset_exact(t);
    case Position::ahead:
      return reset_in_window(t);
    case Position::old:
      if (seq == t.last_ack &&
          t.window_known) {  // an ACK is being delayed: some compare with the last one sent
        reset_exact(t);
        Tcb challenged = alternative(t);
        ++challenged.ack_credit;
        drop(std::move(challenged));
      } else if (wire::before(t.rcv_nxt_least,
                              a_.segment->end())) {  // its text straddles RCV.NXT: not judged
        drop(deleted(t));
        Tcb kept = t;
        ++kept.ack_credit;
        return drop(std::move(kept));
      }
      return silent(t, "RST-OUT");
    case Position::unclear:
      silent(t, "RST-OUT");
      return reset_in_window(alternative(t));
    case Position::beyond:
    case Position::zero_window:
      return silent(t, "RST-OUT");
  }
  TCPJURY_UNREACHABLE();
}

void OtherStates::reset_exact(const Tcb& t) {
  Tcb gone = deleted(t);
  stay_silent(gone, cite(t, "RST-EXACT"));
  gone.gone_by = cite(t, "RST-EXACT");
  if (!a_.segment->text.empty()) gone.gone_by = rule("RFC9293-SHLD-2", "RST-TEXT", t.state);
  const bool closed_window = t.window_known && t.rcv_edge == t.rcv_nxt_least && !t.peer_fin;
  if (closed_window) {  // resets are processed even then
    gone.gone_by = rule("RFC9293-MUST-66", "RST-ZEROWND", t.state);
    stay_silent(gone, *gone.gone_by);
  }
  drop(std::move(gone));
  if (t.state == State::time_wait) {  // RFC 1337 section 3: resets may be ignored in TIME-WAIT
    Tcb kept = alternative(t);
    stay_silent(kept, cite(t, "RST-EXACT"));
    if (c_.profile != Profile::rfc9293) {
      kept.deviation = Deviation{cite(t, "RST-EXACT"), "a reset in TIME-WAIT was ignored",
                                 "RFC 1337 advises it against assassination of TIME-WAIT"};
    }
    drop(std::move(kept));
  }
}

void OtherStates::reset_in_window(const Tcb& t) {
  if (c_.profile == Profile::rfc9293) owe_challenge_ack(t, cite(t, "RST-INWND"), a_, c_, out_);
  Tcb gone = deleted(t);  // RFC 5961 is optional: an in-window reset may count
  stay_silent(gone, cite(t, "RST-INWND"));
  if (c_.profile == Profile::rfc9293) {
    ++gone.rank;
    gone.deviation =
        Deviation{cite(t, "RST-INWND"), "an in-window reset that is not exact ended the connection",
                  "RFC 793 obeys any reset in the window; RFC 5961 SHOULD replace that"};
  }
  drop(std::move(gone));
  if (t.state == State::time_wait) {
    Tcb kept = alternative(t);
    stay_silent(kept, cite(t, "RST-INWND"));
    drop(std::move(kept));
  }
}

// ---- fourth, check the SYN bit (with the first check for SYN, and RFC 5961 section 4.2) ----------

void OtherStates::check_syn(const Tcb& t) {
  if (t.state == State::syn_received) return syn_in_syn_received(t);
  if (t.state == State::time_wait) return syn_in_time_wait(t);
  const bool synack_again = a_.has(wire::ack) && t.origin == Origin::active && a_.segment->seq == t.irs &&
                            a_.segment->ack == *t.iss + SeqLen{1};
  if (synack_again) {
    const bool own_row =
        t.state == State::established || t.state == State::fin_wait_1 || t.state == State::close_wait;
    return owe_challenge_ack(t, cite(t, own_row ? "SYNACK-DUP" : "SYN-OUT"), a_, c_, out_);
  }
  switch (position_of_point(t, a_.segment->seq)) {
    case Position::at_nxt:
    case Position::ahead:
      return syn_in_window(t);
    case Position::unclear:
      syn_in_window(t);
      return owe_challenge_ack(alternative(t), cite(t, "SYN-OUT"), a_, c_, out_);
    case Position::old:
    case Position::beyond:
    case Position::zero_window:
      return owe_challenge_ack(t, cite(t, "SYN-OUT"), a_, c_, out_);
  }
  TCPJURY_UNREACHABLE();
}

void OtherStates::syn_in_window(const Tcb& t) {
  const Rule why = cite(t, "SYN-INWND");
  if (c_.profile == Profile::rfc9293) owe_challenge_ack(t, why, a_, c_, out_);
  Tcb gone = deleted(t);
  if (c_.profile == Profile::rfc9293) {
    ++gone.rank;
    gone.deviation = Deviation{why, "an in-window SYN ended the connection",
                               "RFC 793 resets; RFC 5961 SHOULD replace that by a challenge ACK"};
  }
  owe_reset(gone, why, a_, c_);
  drop(std::move(gone));
}

void OtherStates::syn_in_syn_received(const Tcb& t) {
  // The SYN is old, but text or a FIN behind it lies in the window: by table 6 the segment is acceptable, and
  // the letter of the fourth check returns a passive OPEN to LISTEN. Trimmed to the window it has no SYN any
  // more.
  const bool begins_before = wire::before(a_.segment->seq, t.rcv_nxt_least);
  if (t.origin == Origin::passive && begins_before && wire::before(t.rcv_nxt_least, a_.segment->end()))
    drop(alternative(deleted(t)));
  const bool retransmitted = a_.segment->seq == t.irs && !a_.has(wire::ack);
  if (retransmitted) {
    Tcb answered = t;
    owe_prompt_ack(answered, cite(t, "SYN-DUP"), a_, c_);
    answered.owes.back().forms = form_ack | form_syn_ack;
    drop(std::move(answered));
    return silent_deviation(t, cite(t, "SYN-DUP"), "a retransmitted SYN got no answer",
                            "some stacks leave the answer to the timer of the SYN,ACK");
  }
  const bool other_half = t.origin == Origin::active && a_.segment->seq == t.irs && a_.has(wire::ack) &&
                          a_.segment->ack == *t.iss + SeqLen{1};
  if (other_half) {  // RFC 9293 figure 7 against table 6: both readings
    Tcb open = t;
    become_established(open);
    ++open.ack_credit;
    stay_silent(open, cite(t, "SYNACK-SIMOPEN"));
    absorb_held(open);
    settle_held_fin(std::move(open));
    Tcb still = alternative(t);
    owe_prompt_ack(still, cite(t, "SYNACK-SIMOPEN"), a_, c_);
    return drop(std::move(still));
  }
  const Position p = position_of_point(t, a_.segment->seq);
  if (p == Position::at_nxt || p == Position::ahead || p == Position::unclear) syn_in_window_syn_received(t);
  if (p != Position::at_nxt && p != Position::ahead) old_syn_in_syn_received(t);
}

void OtherStates::syn_in_window_syn_received(const Tcb& t) {
  const Rule why = cite(t, "SYN-INWND");
  if (t.origin == Origin::active) return syn_in_window(t);
  Tcb back = deleted(t);  // a passive opener returns to LISTEN; silence, reset and challenge are all in use
  stay_silent(back, why);
  if (c_.profile != Profile::tc8) drop(back);
  back.silent.clear();
  owe_reset(back, why, a_, c_);
  ++back.rank;
  drop(std::move(back));
  if (c_.profile != Profile::rfc9293) return;  // the older texts reset; RFC 1122 section 4.2.2.20(e) returns
  Tcb challenged = alternative(t);
  owe_prompt_ack(challenged, why, a_, c_);
  drop(std::move(challenged));
  silent_deviation(t, why, "a SYN in the window left the connection in SYN-RECEIVED and got no answer",
                   "some stacks ignore what does not repeat the SYN");
}

void OtherStates::old_syn_in_syn_received(const Tcb& t) {
  const bool bad_ack = a_.has(wire::ack) && !acceptable_ack(t, a_.segment->ack);
  Tcb quiet = t;
  ++quiet.ack_credit;
  stay_silent(quiet, cite(t, "SYN-OLD"));
  drop(std::move(quiet));
  if (bad_ack) {
    Tcb reset = alternative(t);
    owe_reset(reset, cite(t, "SYN-OLD"), a_, c_);
    drop(std::move(reset));
  }
}

void OtherStates::syn_in_time_wait(const Tcb& t) {
  const bool with_ack = a_.has(wire::ack);
  const bool fresh =
      !with_ack && (wire::at_or_before(t.rcv_nxt_least, a_.segment->seq) || has_newer_timestamp(t));
  const Rule why = cite(t, with_ack ? "SYN-ACKSET" : fresh ? "SYN-NEW" : "SYN-STALE");
  if (fresh && c_.listening) {  // MAY-2: reopen directly
    Tcb before = deleted(t);
    const std::size_t first = out_.size();
    arrives_in_listen(before, a_, c_, out_);
    for (std::size_t i = first; i < out_.size(); ++i) {
      for (Obligation& o : out_[i].owes) o.rule = why;
      out_[i].iss_least = t.snd_nxt;
      if (out_[i].state == State::syn_received) out_[i].former = {as_former(t)};
    }
  }
  Tcb kept = t;  // a challenge ACK (RFC 5961) or silence (RFC 6191)
  ++kept.ack_credit;
  stay_silent(kept, why);
  drop(std::move(kept));
  const Position p = position_of_point(t, a_.segment->seq);
  if (p == Position::at_nxt || p == Position::ahead || p == Position::unclear) {
    Tcb gone = alternative(deleted(t));
    owe_reset(gone, why, a_, c_);
    drop(std::move(gone));
  }
}

bool OtherStates::has_newer_timestamp(const Tcb& t) const {
  const auto ts = a_.options.timestamps();
  if (!ts) return false;
  return !t.options.timestamps() || !t.ts_recent ||
         static_cast<std::int32_t>(ts->tsval - t.ts_recent->least) > 0;
}

}  // namespace tcpjury::model
