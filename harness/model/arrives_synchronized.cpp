// The checks of RFC 9293 section 3.10.7.4 on sequence number, ACK, text and FIN.
#include "harness/base/assert.h"
#include "harness/model/answers.h"
#include "harness/model/emission.h"
#include "harness/model/other_states.h"
#include "harness/model/receive_window.h"

namespace tcpjury::model {
namespace {

/// SND.UNA =< SEG.ACK =< SND.NXT.
bool acceptable_or_current(const Tcb& t, SeqNum ack) {
  return wire::at_or_before(t.snd_una, ack) && wire::at_or_before(ack, t.snd_nxt);
}

constexpr std::string_view no_gratuitous_ack = "RFC5681-4.2-3";

bool peer_has_finished(State s) {
  return s == State::close_wait || s == State::closing || s == State::last_ack || s == State::time_wait;
}

}  // namespace

void OtherStates::process(Tcb t) {
  found_ = t.state;
  gone_without_user(t);
  if (a_.has(wire::rst)) return check_reset(t);
  // The fifth check restarts 2MSL for whatever reaches it, the first for old segments; neither is judged.
  if (t.state == State::time_wait) t.time_wait_restarted = a_.at;
  const bool opens_again = t.state == State::time_wait && a_.has(wire::syn) && !a_.has(wire::ack);
  if (t.options.timestamps() && !opens_again && !passes_paws(t)) return;
  if (a_.has(wire::syn)) return check_syn(t);
  check_sequence(t);
}

/// Nobody reads or writes a released connection any more: stacks do not wait for ever for the peer's FIN.
void OtherStates::gone_without_user(const Tcb& t) {
  constexpr std::chrono::seconds least_patience{1};
  const bool orphan = t.orphaned && t.state == State::syn_received;  // nobody will be handed it
  const bool half_closed =
      t.released && t.state == State::fin_wait_2 && elapsed(t.timer.last, a_.at).most >= least_patience;
  if (!orphan && !half_closed) return;
  const auto arrives = c_.listening ? arrives_in_listen : arrives_in_closed;
  arrives(alternative(deleted(t)), a_, c_, out_);
}

Rule OtherStates::cite(const Tcb& t, std::string_view event) const {
  return row_or(no_gratuitous_ack, "3.10.7.4", event, t.state, t.origin);
}

Rule OtherStates::cite_found(std::string_view general, std::string_view event, Origin origin) const {
  return row_or(general, "3.10.7.4", event, found_, origin);
}

void OtherStates::drop(Tcb t) { out_.push_back(std::move(t)); }

void OtherStates::silent(Tcb t, std::string_view event) {
  stay_silent(t, cite(t, event));
  drop(std::move(t));
}

void OtherStates::silent_deviation(Tcb t, Rule why, std::string_view message, std::string_view practice) {
  t.deviation = Deviation{why, message, practice};
  ++t.rank;
  drop(std::move(t));
}

Tcb OtherStates::alternative(Tcb t) const {
  ++t.rank;
  return t;
}

// ---- first, check the sequence number ------------------------------------------------------------

void OtherStates::check_sequence(const Tcb& t) {
  switch (position_of(t, a_.segment->seq, a_.segment->length())) {
    case Position::at_nxt:
      covers_the_window(t);
      return check_ack(t, Position::at_nxt);
    case Position::ahead:
      return check_ack(t, Position::ahead);
    case Position::old:
      return old_segment(t);
    case Position::beyond:
      return unacceptable(t, cite(t, "SEQ-FUTURE"));
    case Position::zero_window:
      return at_zero_window(t);
    case Position::unclear:
      unacceptable(t, cite(t, "SEQ-FUTURE"));
      return check_ack(alternative(t), Position::ahead);
  }
  TCPJURY_UNREACHABLE();
}

void OtherStates::covers_the_window(const Tcb& t) {
  const bool covers = t.window_known && wire::before(a_.segment->seq, t.rcv_nxt_least) &&
                      wire::before(t.rcv_edge, a_.segment->end());
  if (covers) unacceptable(alternative(t), cite_found(no_gratuitous_ack, "DATA-OVERLAP", t.origin));
}

void OtherStates::unacceptable(const Tcb& t, Rule why) {
  const bool bad_ack =
      a_.has(wire::ack) && t.state == State::syn_received && !acceptable_ack(t, a_.segment->ack);
  if (bad_ack) {  // 3.5.2 group 2 asks for a reset whatever SEG.SEQ is: either answer
    Tcb either = t;
    owe_reset(either, why, a_, c_);
    either.owes.back().forms = form_reset | form_ack;
    either.owes.back().ack_at_least = t.rcv_nxt_least;
    ++either.ack_credit;
    return drop(std::move(either));
  }
  owe_challenge_ack(t, why, a_, c_, out_);
  if (!a_.has(wire::ack)) {
    silent_deviation(t, why, "an unacceptable segment without ACK got no answer",
                     "many stacks look at the ACK bit before the sequence number");
  }
}

void OtherStates::old_segment(const Tcb& t) {
  const bool fin_again =
      a_.has(wire::fin) && peer_has_finished(t.state) && a_.segment->end() == t.rcv_nxt_least;
  const std::string_view event = fin_again ? "FIN-RETX" : "SEQ-OLD";
  unacceptable(t, cite(t, event));
  // Whether the ACK field of a slightly old segment is used is left to the implementation (appendix A.2).
  if (!a_.has(wire::ack) || !acceptable_ack(t, a_.segment->ack)) return;
  Tcb used = alternative(t);
  used.echoed = used.echoed || a_.has(wire::ece);
  const State before = used.state;
  if (used.state == State::syn_received) become_established(used);
  advance_una(used);
  if (used.state != State::closed || before == State::closed) {
    owe_prompt_ack(used, cite(t, event), a_, c_);
  }
  drop(std::move(used));
}

void OtherStates::at_zero_window(const Tcb& t) {
  const bool bare_fin = a_.has(wire::fin) && a_.segment->text.empty();
  const std::string_view event = bare_fin ? "FIN-ZEROWND" : "SEQ-ZEROWND";
  const Rule why = row_or("RFC9293-3.8.6.1-ACK-AT-ZERO", "3.10.7.4", event, t.state, t.origin);
  const bool syn_received = t.state == State::syn_received;
  if (syn_received || !a_.has(wire::ack)) unacceptable(t, why);
  if (!a_.has(wire::ack) || (syn_received && !acceptable_ack(t, a_.segment->ack))) return;
  Tcb kept = t;
  kept.unanswered.reset();
  if (acceptable_ack(t, a_.segment->ack)) {  // special allowance for valid ACKs
    if (kept.state == State::syn_received) become_established(kept);
    advance_una(kept);
    take_window(kept, a_);
  }
  if (kept.state == State::closed) return drop(std::move(kept));
  Tcb grown = alternative(kept);  // a receiver that has gained buffer may take it
  owe_prompt_ack(kept, why, a_, c_);
  drop(std::move(kept));
  if (peer_has_finished(grown.state)) return;  // nothing is taken after the peer's FIN
  const bool ahead = wire::before(grown.rcv_nxt_least, a_.segment->seq);
  after_ack(std::move(grown), ahead ? Position::ahead : Position::at_nxt);
}

// ---- fifth, check the ACK field ------------------------------------------------------------------

void OtherStates::check_ack(Tcb t, Position where) {
  if (!a_.has(wire::ack)) return silent(std::move(t), "NO-ACK");
  const SeqNum ack = a_.segment->ack;
  if (t.state == State::syn_received) return ack_in_syn_received(std::move(t), where);
  if (wire::before(t.snd_nxt, ack)) {  // acks something not yet sent
    const Rule why = cite(t, "ACK-FUTURE");
    owe_challenge_ack(t, why, a_, c_, out_);
    // Half of sequence space away a number is old and new at once.
    if (wire::before(ack, t.snd_una)) return after_ack(alternative(std::move(t)), where);
    return silent_deviation(std::move(t), why, "an ACK of something not yet sent got no answer",
                            "some stacks drop it silently");
  }
  const bool never_sent = wire::at_or_before(ack, *t.iss);
  const bool too_old = wire::before(ack, t.snd_una - SeqLen{t.snd_wnd_max_least});
  if ((never_sent || too_old) && c_.profile == Profile::rfc9293) {  // RFC 5961 section 5.2 may discard it
    Tcb discarded = alternative(t);
    owe_prompt_ack(discarded, cite(t, "ACK-TOO-OLD"), a_, c_);
    drop(std::move(discarded));
  }
  if (where == Position::ahead && acceptable_ack(t, ack)) {
    after_ack(alternative(t), where);  // the whole segment may be held until the gap is filled
  }
  const bool bare = a_.segment->text.empty() && !a_.has(wire::fin);
  const std::string_view event = never_sent || too_old    ? "ACK-TOO-OLD"
                                 : acceptable_ack(t, ack) ? "ACK-NEW"
                                                          : "ACK-DUP";
  const State before = t.state;
  const Origin origin = t.origin;
  const bool of_syn = t.snd_una == *t.iss;  // its FIN went out before the SYN was acknowledged
  t.unanswered.reset();
  t.echoed = t.echoed || a_.has(wire::ece);
  const bool covered_fin = advance_una(t);
  if (!update_window(t) && t.state != State::closed && begins_before_the_window(t)) {
    Tcb trimmed = alternative(t);  // the segment as if it began at RCV.NXT (section 3.10.7.4, seventh check)
    take_window(trimmed, a_);
    after_ack(std::move(trimmed), where);
  }
  if (bare && before == State::time_wait) {  // text asks for an ACK, silence avoids a loop: both
    ++t.ack_credit;
    stay_silent(t, row_or(no_gratuitous_ack, "3.10.7.4", event, before, origin));
  } else if (bare) {
    stay_silent(t, row_or(no_gratuitous_ack, "3.10.7.4", covered_fin ? "ACK-FIN" : event, before, origin));
    if (a_.has(wire::urg)) stay_silent(t, row_or(no_gratuitous_ack, "3.10.7.4", "URG", before, origin));
  }
  if (t.state == State::closed) return drop(std::move(t));  // LAST-ACK: our FIN is acknowledged
  if (of_syn) return with_text_of_syn(std::move(t), where);
  after_ack(std::move(t), where);
}

void OtherStates::ack_in_syn_received(Tcb t, Position where) {
  if (!acceptable_ack(t, a_.segment->ack)) {
    Tcb answered = t;
    answered.suspect = cite(t, "ACK-BAD");
    owe_reset(answered, *answered.suspect, a_, c_);
    if (c_.profile == Profile::rfc9293) {  // the RFC 5961 range test answers with an ACK
      answered.owes.back().forms = form_reset | form_ack;
      answered.owes.back().ack_at_least = t.rcv_nxt_least;
      ++answered.ack_credit;
    }
    drop(std::move(answered));
    if (t.origin == Origin::passive) {
      const Rule why = cite(t, "ACK-BAD");
      silent_deviation(std::move(t), why, "an unacceptable ACK in SYN-RECEIVED got no answer",
                       "SYN caches may drop it");
    }
    return;
  }
  if (where == Position::ahead) {  // the segment, its ACK included, may be held until the gap is filled
    Tcb held = alternative(t);
    ++held.ack_credit;
    drop(std::move(held));
  }
  const bool bare = a_.segment->text.empty() && !a_.has(wire::fin);
  if (bare) stay_silent(t, cite(t, "ACK-OF-SYN"));
  become_established(t);
  advance_una(t);
  with_text_of_syn(std::move(t), where);
}

/// Text that came with the SYN counts from here on, where it was kept: what seemed to leave a gap may follow
/// it.
void OtherStates::with_text_of_syn(Tcb t, Position where) {
  absorb_held(t);
  const bool follows = where == Position::ahead && wire::at_or_before(a_.segment->seq, t.rcv_nxt_most);
  if (follows) {
    Tcb kept = alternative(t);
    kept.rcv_nxt_least = kept.rcv_nxt_most;
    absorb_held(kept);
    after_ack(std::move(kept), Position::at_nxt);
    t.rcv_nxt_most = t.rcv_nxt_least;
    std::erase_if(t.held, [&](const SeqRange& r) { return r.first == t.rcv_nxt_least; });
  }
  after_ack(std::move(t), where);
}

/// Who takes the wrong one of two windows sees this right edge.
void OtherStates::note_mistaken_edge(Tcb& t, std::string_view id, SeqNum edge) {
  if (wire::before(t.snd_una + SeqLen{t.snd_wnd}, edge)) t.mistaken_edge = MistakenEdge{id, edge};
}

void OtherStates::become_established(Tcb& t) {
  t.state = t.close_requested ? State::fin_wait_1 : State::established;
  t.former.clear();  // the SYN was no old duplicate
  t.echoed = a_.has(wire::ece);
  t.snd_una = *t.iss + SeqLen{1};
  const RetransmissionTimer of_syn = t.timer;
  t.timer = {};
  restart_timer(t);                                        // a FIN may have followed the SYN already
  if (of_syn.count > 0) t.timer.longest = of_syn.longest;  // the RTO stays backed off (Karn),
  t.timer.slowest = elapsed(of_syn.first, a_.at).most;     // unless timestamps give a sample
  const SeqNum edge_of_syn = t.snd_una + SeqLen{t.snd_wnd};
  take_window(t, a_);
  note_mistaken_edge(t, "RFC1122-4.2.2.20-c", edge_of_syn);
}

void OtherStates::restart_timer(Tcb& t) const {
  // Which transmission was timed is the target's choice, and timestamps time repetitions too.
  if (t.timer.running) t.timer.slowest = std::max(t.timer.slowest, elapsed(t.timer.first, a_.at).most);
  t.timer.running = t.snd_una != t.snd_nxt;
  t.timer.first = t.timer.last = a_.at;
  if (t.timer.count == 0) t.timer.longest = {};  // a sample of the round-trip time ends the back-off
  t.timer.count = 0;
  t.timer.due = t.timer.running ? a_.at.latest + next_expiry(t.timer, c_) : never;
}

bool OtherStates::advance_una(Tcb& t) {
  const SeqNum ack = a_.segment->ack;
  if (!acceptable_ack(t, ack)) return false;
  t.snd_una = ack;
  t.unanswered.reset();
  restart_timer(t);
  if (!t.fin_sent || ack != t.snd_nxt) return false;
  if (t.state == State::fin_wait_1) t.state = State::fin_wait_2;
  if (t.state == State::closing) enter_time_wait(t);
  if (t.state == State::last_ack) {
    const Rule why = cite(t, "ACK-FIN");
    t = deleted(t);
    t.gone_by = why;
  }
  return true;
}

bool OtherStates::begins_before_the_window(const Tcb& t) const {
  return wire::before(a_.segment->seq, t.rcv_nxt_least) && acceptable_or_current(t, a_.segment->ack);
}

bool OtherStates::update_window(Tcb& t) const {
  if (t.state == State::closed) return false;
  const SeqNum seq = a_.segment->seq;
  const SeqNum ack = a_.segment->ack;
  if (wire::before(t.snd_nxt, ack)) return false;
  const bool old_ack = wire::before(ack, t.snd_una);
  const bool newer = wire::before(t.snd_wl1, seq) || (t.snd_wl1 == seq && wire::at_or_before(t.snd_wl2, ack));
  if (old_ack || !newer) {
    const std::uint32_t shift = t.options.scaling() ? t.options.peer_shift : 0U;
    const SeqLen window{std::uint32_t{a_.segment->window} << shift};
    note_mistaken_edge(t, "RFC9293-3.8.6-HIGHEST-ACK", ack + window);
    return false;
  }
  const bool same_numbers = t.snd_wl1 == seq && t.snd_wl2 == ack && a_.segment->length().octets == 0;
  const SeqNum edge_before = t.snd_una + SeqLen{t.snd_wnd};
  take_window(t, a_);
  if (same_numbers) note_mistaken_edge(t, "RFC1122-4.2.2.20-g", edge_before);
  return true;
}

void OtherStates::enter_time_wait(Tcb& t) const {
  t.state = State::time_wait;
  t.time_wait_entered = t.time_wait_restarted = a_.at;
  t.timer = {};
}

// ---- seventh, process the segment text; eighth, check the FIN bit --------------------------------

void OtherStates::after_ack(Tcb t, Position where) {
  const bool bare = a_.segment->text.empty() && !a_.has(wire::fin);
  if (bare) return settle_held_fin(std::move(t));
  if (peer_has_finished(t.state)) return after_peers_fin(std::move(t));
  if (t.released &&
      !a_.segment->text.empty()) {  // section 3.6.1: data after a half-duplex close may be reset
    Tcb reset = deleted(t);
    owe_reset(reset, rule("RFC9293-SHLD-3", "DATA-AFTER-RELEASE", t.state), a_, c_);
    reset.owes.back().reset = {ResetNumbers::Kind::either, a_.segment->ack, t.snd_nxt};
    drop(std::move(reset));
    t.may_reset = true;  // or acknowledged first
  }
  if (where == Position::ahead) return take_ahead(std::move(t));
  take_text(std::move(t), where);
}

void OtherStates::after_peers_fin(Tcb t) {
  const bool fin = a_.has(wire::fin);
  const Rule why = cite_found(no_gratuitous_ack, fin ? "FIN-INWND" : "DATA-INWND", t.origin);
  const bool in_order = fin && wire::at_or_before(a_.segment->seq, t.rcv_nxt_least);
  const bool second = in_order && a_.segment->seq == t.rcv_nxt_least && a_.segment->text.empty();
  if (second) t.rcv_nxt_most = t.rcv_nxt_least + SeqLen{1};  // the eighth check read literally counts it
  // An ACK is prescribed for a FIN that counts again; only TIME-WAIT clearly owes one.
  if (in_order && found_ == State::time_wait) {
    owe_prompt_ack(t, why, a_, c_);
  } else {
    ++t.ack_credit;
    stay_silent(t, why);
  }
  drop(std::move(t));
}

void OtherStates::take_ahead(Tcb t) {
  const bool fin = a_.has(wire::fin);
  if (!a_.segment->text.empty()) t.held.push_back({a_.segment->seq, a_.segment->seq + a_.text_length()});
  if (fin) t.held_fin = a_.segment->seq + a_.text_length();
  const Rule why = fin ? cite(t, "FIN-OOO") : cite_found(no_gratuitous_ack, "DATA-OOO", t.origin);
  ++t.ack_credit;
  if (t.held.size() > held_max) t.held.erase(t.held.begin());
  // 9293 alone only says MAY for the duplicate ACK, RFC 5681 says SHOULD: silence is a broken SHOULD, not
  // more.
  Tcb quiet = alternative(t);
  quiet.deviation = Deviation{rule("RFC5681-3.2-1", fin ? "FIN-OOO" : "DATA-OOO", t.state),
                              "an out-of-order segment got no immediate duplicate ACK",
                              "RFC 9293 MAY-13 alone would permit silence"};
  owe_prompt_ack(t, why, a_, c_);
  drop(std::move(t));
  drop(std::move(quiet));
}

void OtherStates::take_text(Tcb t, Position /*where*/) {
  const SeqNum text_end = a_.segment->seq + a_.text_length();
  const bool fills_gap = !t.held.empty() || t.held_fin.has_value();
  const bool straddles = wire::before(a_.segment->seq, t.rcv_nxt_least);
  const Origin origin = t.origin;
  t.rcv_nxt_least = wire::later(t.rcv_nxt_least, text_end);
  // A segment that reaches beyond the right edge may be trimmed there.
  const bool trimmed = t.window_known && wire::before(t.rcv_edge, t.rcv_nxt_least);
  t.rcv_nxt_most = t.rcv_nxt_least;
  if (trimmed) t.rcv_nxt_least = t.rcv_edge;
  absorb_held(t);
  if (a_.has(wire::fin) && !trimmed) return take_fin(std::move(t));
  if (a_.has(wire::fin)) {  // the FIN lies beyond the edge: taken with the text, or trimmed off
    Tcb taken = alternative(t);
    taken.rcv_nxt_least = taken.rcv_nxt_most;
    take_fin(std::move(taken));
  }
  const std::string_view event = found_ == State::syn_received ? "ACK-OF-SYN+DATA"
                                 : fills_gap                   ? "DATA-FILLGAP"
                                 : trimmed || straddles        ? "DATA-OVERLAP"
                                                               : "DATA-INORDER";
  // Filling a gap asks for an ACK at once (SHOULD); that one comes at all within half a second is a MUST.
  if (event == "DATA-FILLGAP") owe_delayed_ack(t, rule("RFC9293-MUST-40", event, found_), a_, c_, false);
  owe_delayed_ack(t, cite_found("RFC9293-MUST-40", event, origin), a_, c_, false);
  settle_held_fin(std::move(t));
}

void OtherStates::take_fin(Tcb t) {
  const bool fin_covered = found_ == State::fin_wait_1 && t.state == State::fin_wait_2;
  const std::string_view event = found_ == State::syn_received ? "ACK-OF-SYN+FIN"
                                 : fin_covered                 ? "FIN+ACK-FIN"
                                                               : "FIN-INORDER";
  const Rule why = cite_found("RFC9293-3.4-FIN-SEQ", event, t.origin);
  const SeqNum text_end = t.rcv_nxt_least;
  t.rcv_nxt_most = t.rcv_nxt_most + SeqLen{1};
  t.rcv_nxt_least = t.rcv_nxt_most;
  t.peer_fin = true;
  t.held.clear();
  t.held_fin.reset();
  switch (t.state) {
    case State::established:
      t.state = State::close_wait;
      break;
    case State::fin_wait_1:
      t.state = State::closing;
      break;
    case State::fin_wait_2:
      enter_time_wait(t);
      break;
    default:
      TCPJURY_UNREACHABLE();
  }
  owe_delayed_ack(t, why, a_, c_, true);
  if (!a_.segment->text.empty()) {  // the seventh check acknowledges the text, then the eighth the FIN
    t.rcv_nxt_least = text_end;
    ++t.ack_credit;
  }
  drop(std::move(t));
}

void OtherStates::settle_held_fin(Tcb t) {
  if (t.held_fin && wire::at_or_before(*t.held_fin, t.rcv_nxt_most) && !peer_has_finished(t.state)) {
    Tcb taken = t;
    taken.rcv_nxt_most = *t.held_fin;
    take_fin(std::move(taken));
    t.rcv_nxt_most = wire::earlier(t.rcv_nxt_most, *t.held_fin);
  }
  drop(std::move(t));
}

void arrives_in_other_states(const Tcb& tcb, const Arrival& a, const Context& c, Branches& out) {
  if (!tcb.iss) {  // its SYN,ACK is still owed: the answer to the SYN is judged, what overtakes it is not
    out.push_back(tcb);
    return;
  }
  OtherStates checks{a, c, out};
  if (tcb.rcv_certain()) return checks.process(tcb);
  std::vector<SeqNum> ends{tcb.rcv_nxt_least, tcb.rcv_nxt_most};
  for (const SeqRange& r : tcb.held) {  // each piece of held text may have been the last one kept
    if (wire::before(tcb.rcv_nxt_least, r.end) && wire::before(r.end, tcb.rcv_nxt_most))
      ends.push_back(r.end);
  }
  for (const SeqNum nxt : ends) {  // RCV.NXT is one of a range
    Tcb pinned = tcb;
    pinned.rcv_nxt_least = pinned.rcv_nxt_most = nxt;
    checks.process(pinned);
  }
}

}  // namespace tcpjury::model
