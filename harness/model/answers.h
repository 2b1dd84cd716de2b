// The answers the RFC prescribes, as changes to a hypothesis: owe an acknowledgment, a reset, or silence.
#pragma once

#include "harness/model/segment_arrives.h"
#include "harness/model/tcb.h"

namespace tcpjury::model {

/// Owes <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> without deliberate delay.
void owe_prompt_ack(Tcb& t, Rule rule, const Arrival& a, const Context& c);
/// The same where RFC 5961 section 7 lets the target throttle: adds a silent branch when one was seen lately.
void owe_challenge_ack(const Tcb& t, Rule rule, const Arrival& a, const Context& c, Branches& out);
/// Owes an acknowledgment of everything up to RCV.NXT within half a second (MUST-40). `prompt` makes the
/// tester wait for it.
void owe_delayed_ack(Tcb& t, Rule rule, const Arrival& a, const Context& c, bool prompt);
/// Owes a reset that answers the segment (RFC 9293 section 3.5.2): SEQ=SEG.ACK if ACK is on, else SEQ=0,
/// ACK=SEG.SEQ+SEG.LEN.
void owe_reset(Tcb& t, Rule rule, const Arrival& a, const Context& c);
/// Owes SYN,ACK.
void owe_syn_ack(Tcb& t, Rule rule, const Arrival& a, const Context& c);
/// Nothing may be sent in answer.
void stay_silent(Tcb& t, Rule rule);

/// The hypothesis that the TCB was deleted; a listener may cover the tuple from then on.
[[nodiscard]] Tcb deleted(const Tcb& t);

/// SND.WND, SND.WL1, SND.WL2 from a segment, without the tests for old segments (RFC 9293 section 3.10.7.3
/// and .4).
void take_window(Tcb& t, const Arrival& a);
/// Reads the options of the tester's SYN.
void take_syn_options(Tcb& t, const Arrival& a);
/// RCV.NXT may have moved over text and FIN that were held beyond it.
void absorb_held(Tcb& t);

}  // namespace tcpjury::model
