// SYN-RECEIVED and the synchronized states: RFC 9293 section 3.10.7.4, with RFC 5961, RFC 7323 and RFC 1337
// where they change a check. One member function a check.
#include "harness/base/assert.h"
#include "harness/model/answers.h"
#include "harness/model/emission.h"
#include "harness/model/receive_window.h"
#include "harness/model/segment_arrives.h"

namespace tcpjury::model {
namespace {

constexpr std::string_view no_gratuitous_ack = "RFC5681-4.2-3";

/// ACK comparison of RFC 9293: SND.UNA < SEG.ACK =< SND.NXT.
bool acceptable_ack(const Tcb& t, SeqNum ack) {
  return wire::before(t.snd_una, ack) && wire::at_or_before(ack, t.snd_nxt);
}

bool peer_has_finished(State s) {
  return s == State::close_wait || s == State::closing || s == State::last_ack || s == State::time_wait;
}

class OtherStates {
 public:
  OtherStates(const Arrival& a, const Context& c, Branches& out) : a_{a}, c_{c}, out_{out} {}

  void process(Tcb t) {
    found_ = t.state;
    if (a_.has(wire::rst)) return check_reset(t);
    // The fifth check restarts 2MSL for whatever reaches it, the first for old segments; neither is judged.
    if (t.state == State::time_wait) t.time_wait_restarted = a_.at;
    const bool opens_again = t.state == State::time_wait && a_.has(wire::syn) && !a_.has(wire::ack);
    if (t.options.timestamps() && !opens_again) check_timestamps(t, a_.options.timestamps());
    if (a_.has(wire::syn)) return check_syn(t);
    check_sequence(t);
  }

 private:
  const Arrival& a_;
  const Context& c_;
  Branches& out_;
  State found_ = State::closed;  ///< before the segment, whatever its ACK has made of it since

  [[nodiscard]] Rule cite(const Tcb& t, std::string_view event) const {
    return row_or(no_gratuitous_ack, "3.10.7.4", event, t.state, t.origin);
  }
  /// The same by the state the segment found: its ACK may have changed it before its text and FIN counted.
  [[nodiscard]] Rule cite_found(std::string_view general, std::string_view event, Origin origin) const {
    return row_or(general, "3.10.7.4", event, found_, origin);
  }
  void drop(Tcb t) { out_.push_back(std::move(t)); }
  void silent(Tcb t, std::string_view event) {
    stay_silent(t, cite(t, event));
    drop(std::move(t));
  }
  /// Deviation: nothing is sent although an answer is owed.
  void silent_deviation(Tcb t, Rule why, std::string_view message, std::string_view practice) {
    t.deviation = Deviation{why, message, practice};
    ++t.rank;
    drop(std::move(t));
  }
  [[nodiscard]] Tcb alternative(Tcb t) const {
    ++t.rank;
    return t;
  }

  // ---- RFC 7323 section 5.3: PAWS ---------------------------------------------------------------------

  /// A target may apply PAWS or not, and may drop a segment without the option or not: the branches that drop
  /// are added here, normal processing goes on in the caller.
  void check_timestamps(Tcb& t, const std::optional<wire::Timestamps>& ts) {
    if (!ts) {
      drop(alternative(t));
    } else if (t.ts_recent && static_cast<std::int32_t>(ts->tsval - *t.ts_recent) < 0) {
      Tcb older = alternative(t);
      owe_prompt_ack(older, rule("RFC7323-5.3-1", "PAWS-FAIL", t.state), a_, c_);
      drop(std::move(older));
    } else {
      t.ts_recent = ts->tsval;  // the highest it may be: which segments update it is not judged
    }
  }

  // ---- second, check the RST bit (with the first check for RST, and RFC 5961 section 3.2) --------------

  void check_reset(const Tcb& t) {
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

  void reset_exact(const Tcb& t) {
    Tcb gone = deleted(t);
    stay_silent(gone, cite(t, "RST-EXACT"));
    gone.gone_by = cite(t, "RST-EXACT");
    drop(std::move(gone));
    if (t.state == State::time_wait) {  // RFC 1337 section 3: resets may be ignored in TIME-WAIT
      Tcb kept = alternative(t);
      stay_silent(kept, cite(t, "RST-EXACT"));
      drop(std::move(kept));
    }
  }

  void reset_in_window(const Tcb& t) {
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

  // ---- fourth, check the SYN bit (with the first check for SYN, and RFC 5961 section 4.2) --------------

  void check_syn(const Tcb& t) {
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

  void syn_in_window(const Tcb& t) {
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

  void syn_in_syn_received(const Tcb& t) {
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
      drop(std::move(open));
      Tcb still = alternative(t);
      owe_prompt_ack(still, cite(t, "SYNACK-SIMOPEN"), a_, c_);
      return drop(std::move(still));
    }
    const Position p = position_of_point(t, a_.segment->seq);
    if (p == Position::at_nxt || p == Position::ahead || p == Position::unclear)
      syn_in_window_syn_received(t);
    if (p != Position::at_nxt && p != Position::ahead) old_syn_in_syn_received(t);
  }

  void syn_in_window_syn_received(const Tcb& t) {
    const Rule why = cite(t, "SYN-INWND");
    if (t.origin == Origin::active) return syn_in_window(t);
    Tcb back = deleted(t);  // a passive opener returns to LISTEN; silence, reset and challenge are all in use
    drop(back);
    owe_reset(back, why, a_, c_);
    ++back.rank;
    drop(std::move(back));
    Tcb challenged = alternative(t);
    owe_prompt_ack(challenged, why, a_, c_);
    drop(std::move(challenged));
  }

  void old_syn_in_syn_received(const Tcb& t) {
    const bool bad_ack = a_.has(wire::ack) && !acceptable_ack(t, a_.segment->ack);
    Tcb quiet = t;
    ++quiet.ack_credit;
    drop(std::move(quiet));
    if (bad_ack) {
      Tcb reset = alternative(t);
      owe_reset(reset, cite(t, "SYN-OLD"), a_, c_);
      drop(std::move(reset));
    }
  }

  void syn_in_time_wait(const Tcb& t) {
    if (a_.has(wire::ack)) {
      Tcb answered = t;
      ++answered.ack_credit;
      drop(std::move(answered));
    } else {
      const bool fresh = wire::at_or_before(t.rcv_nxt_least, a_.segment->seq) || has_newer_timestamp(t);
      if (fresh && c_.listening) {  // MAY-2: reopen directly
        Tcb before = deleted(t);
        const std::size_t first = out_.size();
        arrives_in_listen(before, a_, c_, out_);
        for (std::size_t i = first; i < out_.size(); ++i) {
          for (Obligation& o : out_[i].owes) o.rule = cite(t, "SYN-NEW");
          out_[i].iss_least = t.snd_nxt;
        }
      }
      Tcb kept = t;
      ++kept.ack_credit;
      drop(std::move(kept));
    }
    const Position p = position_of_point(t, a_.segment->seq);
    if (p == Position::at_nxt || p == Position::ahead || p == Position::unclear) {
      Tcb gone = alternative(deleted(t));
      owe_reset(gone, cite(t, a_.has(wire::ack) ? "SYN-ACKSET" : "SYN-STALE"), a_, c_);
      drop(std::move(gone));
    }
  }

  /// RFC 6191 section 2: a SYN with a newer timestamp, or the first one, opens anew whatever its number is.
  [[nodiscard]] bool has_newer_timestamp(const Tcb& t) const {
    const auto ts = a_.options.timestamps();
    if (!ts) return false;
    return !t.options.timestamps() || !t.ts_recent || static_cast<std::int32_t>(ts->tsval - *t.ts_recent) > 0;
  }

  // ---- first, check the sequence number -----------------------------------------------------------------

  void check_sequence(const Tcb& t) {
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

  /// A segment that begins before the window and ends behind it fails both tests of table 6, read literally.
  void covers_the_window(const Tcb& t) {
    const bool covers = t.window_known && wire::before(a_.segment->seq, t.rcv_nxt_least) &&
                        wire::before(t.rcv_edge, a_.segment->end());
    if (covers) unacceptable(alternative(t), cite_found(no_gratuitous_ack, "DATA-OVERLAP", t.origin));
  }

  /// If an incoming segment is not acceptable, an acknowledgment should be sent in reply.
  void unacceptable(const Tcb& t, Rule why) {
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

  void old_segment(const Tcb& t) {
    const bool fin_again =
        a_.has(wire::fin) && peer_has_finished(t.state) && a_.segment->end() == t.rcv_nxt_least;
    const std::string_view event = fin_again ? "FIN-RETX" : "SEQ-OLD";
    unacceptable(t, cite(t, event));
    // Whether the ACK field of a slightly old segment is used is left to the implementation (appendix A.2).
    if (!a_.has(wire::ack) || !acceptable_ack(t, a_.segment->ack)) return;
    Tcb used = alternative(t);
    const State before = used.state;
    if (used.state == State::syn_received) become_established(used);
    advance_una(used);
    if (used.state != State::closed || before == State::closed) {
      owe_prompt_ack(used, cite(t, event), a_, c_);
    }
    drop(std::move(used));
  }

  void at_zero_window(const Tcb& t) {
    const bool bare_fin = a_.has(wire::fin) && a_.segment->text.empty();
    const std::string_view event = bare_fin ? "FIN-ZEROWND" : "SEQ-ZEROWND";
    const Rule why = row_or("RFC9293-3.8.6.1-ACK-AT-ZERO", "3.10.7.4", event, t.state, t.origin);
    const bool syn_received = t.state == State::syn_received;
    if (syn_received || !a_.has(wire::ack)) unacceptable(t, why);
    if (!a_.has(wire::ack) || (syn_received && !acceptable_ack(t, a_.segment->ack))) return;
    Tcb kept = t;
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

  // ---- fifth, check the ACK field -----------------------------------------------------------------------

  void check_ack(Tcb t, Position where) {
    if (!a_.has(wire::ack)) return silent(std::move(t), "NO-ACK");
    const SeqNum ack = a_.segment->ack;
    if (t.state == State::syn_received) return ack_in_syn_received(std::move(t), where);
    if (wire::before(t.snd_nxt, ack)) {  // acks something not yet sent
      const Rule why = cite(t, "ACK-FUTURE");
      owe_challenge_ack(t, why, a_, c_, out_);
      return silent_deviation(std::move(t), why, "an ACK of something not yet sent got no answer",
                              "some stacks drop it silently");
    }
    const bool never_sent = wire::at_or_before(ack, *t.iss);
    const bool too_old = wire::before(ack, t.snd_una - SeqLen{t.snd_wnd_max});
    if (never_sent || too_old) {  // RFC 5961 section 5.2 may discard it with an ACK
      Tcb discarded = alternative(t);
      owe_prompt_ack(discarded, cite(t, "ACK-TOO-OLD"), a_, c_);
      drop(std::move(discarded));
    }
    if (where == Position::ahead && acceptable_ack(t, ack)) {
      after_ack(alternative(t), where);  // the whole segment may be held until the gap is filled
    }
    const bool bare = a_.segment->text.empty() && !a_.has(wire::fin);
    const std::string_view event = acceptable_ack(t, ack) ? "ACK-NEW" : "ACK-DUP";
    const State before = t.state;
    const Origin origin = t.origin;
    const bool covered_fin = advance_una(t);
    update_window(t);
    if (bare && before == State::time_wait) {  // text asks for an ACK, silence avoids a loop: both
      ++t.ack_credit;
    } else if (bare) {
      stay_silent(t, row_or(no_gratuitous_ack, "3.10.7.4", covered_fin ? "ACK-FIN" : event, before, origin));
    }
    if (t.state == State::closed) return drop(std::move(t));  // LAST-ACK: our FIN is acknowledged
    after_ack(std::move(t), where);
  }

  void ack_in_syn_received(Tcb t, Position where) {
    if (!acceptable_ack(t, a_.segment->ack)) {
      Tcb answered = t;
      owe_reset(answered, cite(t, "ACK-BAD"), a_, c_);
      answered.owes.back().forms = form_reset | form_ack;  // the RFC 5961 range test answers with an ACK
      answered.owes.back().ack_at_least = t.rcv_nxt_least;
      ++answered.ack_credit;
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
    take_window(t, a_);
    advance_una(t);
    absorb_held(t);
    after_ack(std::move(t), where);
  }

  void become_established(Tcb& t) {
    t.state = t.close_requested ? State::fin_wait_1 : State::established;
    t.snd_una = *t.iss + SeqLen{1};
    t.timer = {};
    restart_timer(t);  // a FIN may have followed the SYN already
    take_window(t, a_);
  }

  void restart_timer(Tcb& t) const {
    t.timer.running = t.snd_una != t.snd_nxt;
    t.timer.first = t.timer.last = a_.at;
    if (t.timer.count == 0) t.timer.longest = {};  // a sample of the round-trip time ends the back-off
    t.timer.count = 0;
    t.timer.due = t.timer.running ? a_.at.latest + next_expiry(t.timer, c_) : never;
  }

  /// SND.UNA <- SEG.ACK and what follows from it. True when that acknowledged the target's FIN.
  bool advance_una(Tcb& t) {
    const SeqNum ack = a_.segment->ack;
    if (!acceptable_ack(t, ack)) return false;
    t.snd_una = ack;
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

  /// RFC 9293: the send window is updated unless the segment is older than the last one used for it.
  void update_window(Tcb& t) const {
    if (t.state == State::closed) return;
    const SeqNum seq = a_.segment->seq;
    const SeqNum ack = a_.segment->ack;
    if (wire::before(ack, t.snd_una) || wire::before(t.snd_nxt, ack)) return;
    const bool newer =
        wire::before(t.snd_wl1, seq) || (t.snd_wl1 == seq && wire::at_or_before(t.snd_wl2, ack));
    if (newer) take_window(t, a_);
  }

  void enter_time_wait(Tcb& t) const {
    t.state = State::time_wait;
    t.time_wait_entered = t.time_wait_restarted = a_.at;
    t.timer = {};
  }

  // ---- seventh, process the segment text; eighth, check the FIN bit ---------------------------------------

  void after_ack(Tcb t, Position where) {
    const bool bare = a_.segment->text.empty() && !a_.has(wire::fin);
    if (bare) return settle_held_fin(std::move(t));
    if (peer_has_finished(t.state)) return after_peers_fin(std::move(t));
    if (t.released &&
        !a_.segment->text.empty()) {  // section 3.6.1: data after a half-duplex close may be reset
      Tcb reset = deleted(t);
      owe_reset(reset, rule("RFC9293-SHLD-3", "DATA-AFTER-RELEASE", t.state), a_, c_);
      reset.owes.back().reset = {ResetNumbers::Kind::either, a_.segment->ack, t.snd_nxt};
      drop(std::move(reset));
    }
    if (where == Position::ahead) return take_ahead(std::move(t));
    take_text(std::move(t), where);
  }

  /// Text and FIN after the peer's FIN are ignored; an ACK does no harm.
  void after_peers_fin(Tcb t) {
    ++t.ack_credit;
    const bool second = a_.has(wire::fin) && a_.segment->seq == t.rcv_nxt_least && a_.segment->text.empty();
    if (second) t.rcv_nxt_most = t.rcv_nxt_least + SeqLen{1};  // the eighth check read literally counts it
    drop(std::move(t));
  }

  /// Out of order: kept or not (SHLD-31), acknowledged at once (RFC 5681 section 4.2).
  void take_ahead(Tcb t) {
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

  void take_text(Tcb t, Position /*where*/) {
    const SeqNum text_end = a_.segment->seq + a_.text_length();
    const bool fills_gap = !t.held.empty() || t.held_fin.has_value();
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
                                   : trimmed                     ? "DATA-OVERLAP"
                                                                 : "DATA-INORDER";
    // Filling a gap asks for an ACK at once (SHOULD); that one comes at all within half a second is a MUST.
    if (event == "DATA-FILLGAP") owe_delayed_ack(t, rule("RFC9293-MUST-40", event, found_), a_, c_, false);
    owe_delayed_ack(t, cite_found("RFC9293-MUST-40", event, origin), a_, c_, false);
    settle_held_fin(std::move(t));
  }

  /// A FIN that is in order now: signal "connection closing", advance RCV.NXT over it, acknowledge it.
  void take_fin(Tcb t) {
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

  /// A FIN held out of order may have become in order by what was taken last.
  void settle_held_fin(Tcb t) {
    if (t.held_fin && wire::at_or_before(*t.held_fin, t.rcv_nxt_most) && !peer_has_finished(t.state)) {
      Tcb taken = t;
      taken.rcv_nxt_most = *t.held_fin;
      take_fin(std::move(taken));
      t.rcv_nxt_most = wire::earlier(t.rcv_nxt_most, *t.held_fin);
    }
    drop(std::move(t));
  }

  static constexpr std::size_t held_max = 64;
};

}  // namespace

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
