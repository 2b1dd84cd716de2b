// Acknowledgments, text and FIN from the target (RFC 9293 sections 3.4, 3.6, 3.8; RFC 5681; RFC 7323).
#include <algorithm>

#include <fmt/format.h>

#include "harness/model/emission.h"
#include "harness/model/timestamp_rules.h"

namespace tcpjury::model {
namespace {

bool may_send_text(State s) {
  return s == State::established || s == State::close_wait || s == State::fin_wait_1 || s == State::closing ||
         s == State::last_ack;
}

class TextMatch {
 public:
  TextMatch(const Tcb& t, const Emitted& e, const Context& c)
      : t_{t},
        e_{e},
        c_{c},
        s_{*e.segment},
        accepted_{.next = t},
        len_{static_cast<std::uint32_t>(s_.text.size())} {}

  Match run() {
    if (!connected()) return std::move(*rejection_);
    if (!check_ack_field()) return std::move(*rejection_);
    check_options();
    take_advertisement();
    const bool bare = s_.text.empty() && !e_.has(wire::fin);
    if (!(bare ? bare_ack() : text_or_fin())) return std::move(*rejection_);
    discharge(accepted_.next, forms_, s_.ack, accepted_.held);
    if (t_.suspect) accepted_.held.push_back(*t_.suspect);  // the connection lives: it had no effect
    accepted_.next.suspect.reset();
    return std::move(accepted_);
  }

 private:
  const Tcb& t_;
  const Emitted& e_;
  const Context& c_;
  const wire::TcpSegment& s_;
  Accepted accepted_;
  std::optional<Rejected> rejection_ = {};
  SeqLen len_;
  Forms forms_ = form_ack;
  bool says_something_new_ = false;
  bool opens_window_ = false;

  bool reject(Rule why, std::string message, std::string practice = {}) {
    rejection_ = Rejected{{why, std::move(message), wanted(t_), std::move(practice)}};
    return false;
  }
  void finding(std::string_view id, std::string_view event, std::string message,
               std::vector<std::string> want) {
    accepted_.findings.push_back({rule(id, event, t_.state), std::move(message), std::move(want), {}});
  }
  void held(std::string_view id) { accepted_.held.push_back(rule(id, "", t_.state)); }

  bool connected() {
    if (t_.state == State::closed && t_.gone_by) {
      return reject(*t_.gone_by, "the connection still exists");
    }
    if (t_.state == State::closed || t_.state == State::listen) {
      return reject(
          to_blame(t_, e_.has(wire::fin) || !s_.text.empty() ? "RFC9293-3.6-FIN-RELIABLE" : "RFC5681-4.2-3"),
          t_.owes.empty() ? "a segment of a connection that does not exist"
                          : "an answer of the wrong kind for a connection that does not exist");
    }
    if (t_.state == State::syn_sent || !t_.iss) {
      return reject(to_blame(t_, "RFC9293-3.5-3WHS-ACK"),
                    "a segment without SYN before the connection is synchronized");
    }
    if (!e_.has(wire::ack))
      return reject(rule("RFC9293-3.1-ACKSET", "ACKSET", t_.state), "a segment without ACK on a connection");
    if (t_.state == State::syn_received && s_.text.empty() && !e_.has(wire::fin)) {
      const bool owed = std::any_of(t_.owes.begin(), t_.owes.end(),
                                    [](const Obligation& o) { return (o.forms & form_ack) != 0; });
      if (!owed && t_.ack_credit == 0)
        return reject(to_blame(t_, "RFC5681-4.2-3"), "an acknowledgment that nothing called for");
    }
    return true;
  }

  // ---- acknowledgment, window, options ----------------------------------------------------------------

  /// What an acknowledgment that falls short leaves unanswered.
  [[nodiscard]] Rule blame_for_short_ack() const {
    const auto unanswered = std::find_if(t_.owes.rbegin(), t_.owes.rend(), [&](const Obligation& o) {
      return (o.forms & form_ack) != 0 && wire::before(s_.ack, o.ack_at_least);
    });
    return unanswered != t_.owes.rend() ? unanswered->rule
                                        : rule("RFC9293-3.1-ACKSET", "UNPROVOKED", t_.state);
  }

  /// Text held beyond a gap that was filled: all of it is taken before an acknowledgment goes out (MUST-59).
  [[nodiscard]] bool acknowledged_in_steps() const {
    return t_.rcv_certain() && std::any_of(t_.held.begin(), t_.held.end(), [&](const SeqRange& r) {
             return wire::at_or_before(r.first, t_.rcv_nxt_most) && wire::at_or_before(s_.ack, r.end);
           });
  }

  bool check_ack_field() {
    const bool seen_before =
        t_.window_known && wire::at_or_before(t_.last_ack, s_.ack) && wire::before(s_.ack, t_.rcv_nxt_least);
    if (e_.crossed && seen_before) {  // it left before what it does not acknowledge came
      says_something_new_ = s_.ack != t_.last_ack;
      return true;
    }
    const SeqLen span = t_.rcv_nxt_most - t_.rcv_nxt_least;
    if (!wire::in_window(s_.ack, t_.rcv_nxt_least, span + SeqLen{1})) {
      const bool too_far = wire::before(t_.rcv_nxt_most, s_.ack);
      const std::string numbers = fmt::format("SEG.ACK is {}, RCV.NXT {}", (s_.ack - t_.irs).octets,
                                              (t_.rcv_nxt_least - t_.irs).octets);
      if (too_far && acknowledged_in_steps()) {
        return reject(rule("RFC9293-MUST-59", "DATA-FILLGAP", t_.state),
                      "acknowledged in steps what had been contiguous before the first of them: " + numbers);
      }
      if (too_far) {
        Rule why = to_blame_silence(t_, "RFC9293-3.1-ACKSET");
        const bool advice =
            why.requirement->level != Level::must && why.requirement->level != Level::must_not;
        if (advice)
          why = rule("RFC9293-3.1-ACKSET", why.event,
                     why.state);  // covering octets that are missing is never advice
        return reject(why, "acknowledges what was not sent or must not count: " + numbers);
      }
      return reject(blame_for_short_ack(), "does not acknowledge what was received in order: " + numbers);
    }
    Tcb& n = accepted_.next;
    n.rcv_nxt_least = s_.ack;
    std::erase_if(n.held, [&](const SeqRange& r) { return wire::at_or_before(r.end, s_.ack); });
    const bool more_owed = std::any_of(t_.owes.begin(), t_.owes.end(), [&](const Obligation& o) {
      return (o.forms & form_ack) != 0 && wire::before(s_.ack, o.ack_at_least);
    });
    if (!more_owed) n.rcv_nxt_most = s_.ack;
    says_something_new_ = s_.ack != t_.last_ack;
    if (says_something_new_) held("RFC9293-3.1-ACKSET");
    return true;
  }

  void take_advertisement() {
    Tcb& n = accepted_.next;
    const std::uint32_t wnd = std::uint32_t{s_.window} << (t_.options.scaling() ? t_.options.own_shift : 0U);
    const SeqNum edge = s_.ack + SeqLen{wnd};
    const SeqLen granularity{t_.options.scaling() ? 1U << t_.options.own_shift : 1U};
    if (t_.window_known && !peer_done()) {
      if (wire::before(edge + granularity, t_.rcv_edge)) {
        finding(
            "RFC9293-SHLD-14", "SHRINK",
            fmt::format("the right edge of the window moved left by {} octets", (t_.rcv_edge - edge).octets),
            {"a right edge that does not recede"});
      } else {
        held("RFC9293-SHLD-14");
      }
    }
    opens_window_ = !t_.window_known || wire::before(t_.rcv_edge, edge);
    n.last_ack = s_.ack;
    n.last_wnd = wnd;
    n.rcv_edge = edge;
    n.rcv_edge_max = t_.window_known ? wire::later(t_.rcv_edge_max, edge) : edge;
    n.window_known = true;
  }

  /// After the peer's FIN the window says nothing any more.
  [[nodiscard]] bool peer_done() const {
    return t_.peer_fin || t_.state == State::time_wait || t_.state == State::closing ||
           t_.state == State::last_ack;
  }

  void check_options() {
    if (t_.options.timestamps()) {
      if (const auto ts = e_.options.timestamps()) {
        held("RFC7323-3.2-6");
        pin_ts_recent(ts->tsecr);
      } else {
        finding("RFC7323-3.2-6", "TSOPT", "a segment without timestamps although both SYNs carried them",
                {"a timestamps option"});
      }
    }
    if (e_.options.find(wire::option_kind::sack) != nullptr && !t_.options.peer_sack) {
      finding("RFC2018-4-1", "SACK", "a SACK option although the peer's SYN did not permit it",
              {"no SACK option"});
    }
  }

  /// What is echoed is TS.Recent, or was when a segment that crossed ours left. What PAWS compares with may
  /// be newer (RFC 7323 section 5.2), never older.
  void pin_ts_recent(std::uint32_t tsecr) {
    auto& recent = accepted_.next.ts_recent;
    if (!recent || e_.crossed) return;
    const auto ahead = [&](std::uint32_t s, std::uint32_t t) { return s == t || older_timestamp(s, t); };
    if (ahead(recent->least, tsecr) && ahead(tsecr, recent->most)) recent->least = tsecr;
  }

  // ---- bare acknowledgments -----------------------------------------------------------------------------

  bool bare_ack() {
    const bool probing = t_.snd_wnd == 0 && t_.stream_end() != t_.snd_una;
    const SeqNum before_una = t_.snd_una - SeqLen{1};
    if (s_.seq != t_.snd_nxt) {
      if (probing && s_.seq == before_una) {
        accepted_.what = EmissionClass::probe;
        asks_for_answer();
        return true;
      }
      if (s_.seq == t_.snd_una + SeqLen{t_.snd_wnd} && wire::before(s_.seq, t_.snd_nxt))
        return classify_ack();
      if (s_.seq == t_.snd_nxt - SeqLen{1} && t_.keepalive) return keepalive();
      if (s_.seq == t_.snd_nxt - SeqLen{1} && !t_.outstanding() && !owes_ack()) {
        return reject(rule("RFC9293-MUST-25", "KEEPALIVE", t_.state), "a keep-alive that no user asked for");
      }
      return reject(
          to_blame(t_, "RFC9293-3.4-MODULO"),
          fmt::format("SEG.SEQ is {}, SND.NXT {}", (s_.seq - *t_.iss).octets, (t_.snd_nxt - *t_.iss).octets));
    }
    return classify_ack();
  }

  /// A keep-alive the user asked for (section 3.8.4). When it may come is the keep-alive layer's business.
  bool keepalive() {
    if (t_.outstanding()) {
      return reject(rule("RFC9293-MUST-26", "KEEPALIVE", t_.state), "a keep-alive while text is outstanding");
    }
    accepted_.what = EmissionClass::probe;
    if (accepted_.next.keepalives < 0xff) ++accepted_.next.keepalives;
    return true;
  }

  [[nodiscard]] bool owes_ack() const {
    return std::any_of(t_.owes.begin(), t_.owes.end(),
                       [](const Obligation& o) { return (o.forms & form_ack) != 0; });
  }

  bool classify_ack() {
    Tcb& n = accepted_.next;
    const bool owed = owes_ack();
    if (owed || says_something_new_) {
      if (n.ack_credit > 0) --n.ack_credit;
      note_challenge();
      return true;
    }
    if (opens_window_) {
      accepted_.what = EmissionClass::window_update;
      return true;
    }
    if (n.ack_credit == 0) {
      const bool quiet = !t_.silent.empty();
      return reject(quiet ? t_.silent.back() : rule("RFC5681-4.2-3", "UNPROVOKED", t_.state),
                    "an acknowledgment that says nothing new and that nothing called for");
    }
    --n.ack_credit;
    accepted_.what = EmissionClass::duplicate_ack;
    note_challenge();
    return true;
  }

  /// Remembers when an ACK answered something that may be throttled (RFC 5961 section 7).
  void note_challenge() {
    if (!says_something_new_) accepted_.next.challenged = e_.at;
  }

  // ---- text and FIN ---------------------------------------------------------------------------------------

  bool text_or_fin() {
    const SeqNum text_end = s_.seq + len_;
    const SeqNum end = s_.end();
    const bool again = wire::at_or_before(end, t_.snd_nxt);
    const bool crossed =
        again && e_.crossed && (t_.state == State::fin_wait_2 || t_.state == State::time_wait);
    if (!may_send_text(t_.state) && !crossed && !(t_.state == State::syn_received && t_.close_requested)) {
      return reject(to_blame_silence(t_, "RFC9293-3.6-FIN-RELIABLE"),
                    fmt::format("text or FIN in {}", to_string(t_.state)));
    }
    const bool garbage_octet = t_.keepalive && len_ == SeqLen{1} && end == t_.snd_nxt && !t_.outstanding();
    if (garbage_octet && !e_.has(wire::fin)) return keepalive();  // MAY-6
    if (!check_position(text_end, end) || !check_content()) return false;
    if (again) {
      if (s_.seq == t_.snd_una || wire::before(s_.seq, t_.snd_una)) sent_again_from_una();
      accepted_.what = EmissionClass::retransmission;
      return true;
    }
    return new_text(text_end);
  }

  /// The sentence that says which text a segment has: of what was sent before, of what is sent for the first
  /// time, and of what is left when the user has closed.
  [[nodiscard]] Rule blame_for_text() const {
    if (len_ == SeqLen{0} && !t_.fin_sent) return rule("RFC9293-3.4-FIN-SEQ", "FIN", t_.state);
    if (t_.fin_sent || wire::before(s_.seq, t_.snd_nxt))
      return row_or("RFC9293-3.10.8-RETX", "3.10.8", "RETRANSMISSION", t_.state, t_.origin);
    if (t_.close_requested) return rule("RFC9293-3.6-FIN-RELIABLE", "TEXT", t_.state);
    return row_or("RFC9293-3.6-FIN-RELIABLE", "3.10.2", "SEND", t_.state, t_.origin);
  }

  bool check_position(SeqNum text_end, SeqNum end) {
    if (wire::before(t_.snd_nxt, s_.seq)) {
      return reject(blame_for_text(),
                    fmt::format("SEG.SEQ is {} beyond SND.NXT", (s_.seq - t_.snd_nxt).octets));
    }
    const SeqNum stream_end = t_.stream_end();
    if (wire::before(stream_end, text_end)) {
      if (len_ == SeqLen{0})
        return reject(blame_for_text(), "the FIN does not follow the last octet of text");
      return reject(blame_for_text(),
                    fmt::format("{} octets of text that no user sent", (text_end - stream_end).octets));
    }
    if (!e_.has(wire::fin)) {
      if (t_.fin_sent && end == t_.snd_nxt && len_.octets > 0)
        return reject_fin("the FIN is missing from its place in sequence space");
      return true;
    }
    if (!t_.close_requested) {
      const std::string_view id = t_.peer_fin ? "RFC9293-3.6-NOAUTOFIN" : "RFC9293-3.10.4-CLOSE-ESTAB";
      return reject(rule(id, "FIN", t_.state), "a FIN although the user has not closed");
    }
    if (text_end != stream_end) return reject_fin("the FIN does not follow the last octet of text");
    return true;
  }
  bool reject_fin(std::string message) {
    return reject(rule("RFC9293-3.4-FIN-SEQ", "FIN", t_.state), std::move(message));
  }

  bool check_content() {
    if (e_.target_text == nullptr || s_.text.empty()) return true;
    if (!e_.target_text->agrees(s_.seq, s_.text)) {
      return reject(blame_for_text(), "the text differs from what the user sent");
    }
    held("RFC9293-3.6-FIN-RELIABLE");
    return true;
  }

  /// Into a closed window: a probe, of whatever form.
  void asks_for_answer() {
    Tcb& n = accepted_.next;
    if (t_.snd_wnd != 0) return;
    // Text that was repeated already when the window closed has waited for longer than its probes.
    const bool repeated_before = t_.probes == 0 && t_.timer.running && t_.timer.count > 0;
    if (!t_.unanswered) n.unanswered = repeated_before ? t_.timer.first : e_.at;
    if (n.probes < UINT8_MAX) ++n.probes;
  }

  void sent_again_from_una() {
    asks_for_answer();
    if (t_.timer.running) sent_again(accepted_, e_.at, c_);
  }

  bool new_text(SeqNum text_end) {
    Tcb& n = accepted_.next;
    const SeqNum end = s_.end();
    const SeqNum offered = t_.snd_una + SeqLen{t_.snd_wnd};
    const bool probe = t_.snd_wnd == 0 && len_ == SeqLen{1};
    if (wire::before(offered, text_end) && !probe) {
      check_window(text_end);
    } else if (!probe && wire::before(offered, t_.snd_edge)) {  // inside what is left of a window taken back
      held(t_.options.scaling() ? "RFC7323-2.4-4" : "RFC9293-SHLD-15");
    }
    check_size();
    check_push(text_end);
    if (probe) {
      accepted_.what = EmissionClass::probe;
      asks_for_answer();
    }
    const bool restart = !t_.outstanding();
    n.snd_nxt = end;
    n.echoed = false;
    if (restart) sent_first_time(n, e_.at, c_);
    if (len_.octets > 0) forms_ |= form_text;
    if (e_.has(wire::fin)) {
      forms_ |= form_fin;
      n.fin_sent = true;
      if (n.state == State::syn_received) n.state = State::fin_wait_1;
    }
    return true;
  }

  void check_window(SeqNum text_end) {
    if (t_.mistaken_edge && wire::at_or_before(text_end, t_.mistaken_edge->edge)) {
      finding(t_.mistaken_edge->id, "WINDOW",
              fmt::format("{} octets beyond the window that counts",
                          (text_end - (t_.snd_una + SeqLen{t_.snd_wnd})).octets),
              {fmt::format("text up to {}", (t_.snd_una + SeqLen{t_.snd_wnd} - *t_.iss).octets)});
    } else if (wire::at_or_before(text_end, t_.snd_edge)) {
      finding(t_.options.scaling() ? "RFC7323-2.4-4" : "RFC9293-SHLD-15", "SHRUNKEN-WINDOW",
              "new text beyond a right edge that the peer has taken back", {"no new text"});
    } else {
      // The window of a SYN is never scaled, so a SYN read as scaled shows here first.
      const bool from_syn = t_.options.scaling() && t_.snd_wl1 == t_.irs;
      finding(
          from_syn ? "RFC7323-2.2-6" : "RFC5681-2-1", "WINDOW",
          fmt::format("{} octets beyond the window", (text_end - (t_.snd_una + SeqLen{t_.snd_wnd})).octets),
          {fmt::format("text up to {}", (t_.snd_una + SeqLen{t_.snd_wnd} - *t_.iss).octets)});
    }
  }

  /// Eff.snd.MSS (RFC 9293 section 3.7.1): the peer's MSS less the options; stacks keep a floor under tiny
  /// values.
  void check_size() {
    if (s_.text.empty()) return;
    const std::uint32_t mss =
        t_.options.peer_mss ? std::max<std::uint32_t>(*t_.options.peer_mss, c_.default_mss) : c_.default_mss;
    const std::uint32_t options = static_cast<std::uint32_t>(s_.options.size());
    const std::string_view id = t_.options.peer_mss ? "RFC9293-MUST-16" : "RFC9293-MUST-15";
    if (len_.octets + options > mss) {
      finding(
          id, "MSS",
          fmt::format("{} octets of text and {} of options exceed the MSS of {}", len_.octets, options, mss),
          {fmt::format("at most {} octets of text", mss - std::min(mss, options))});
    } else {
      held(id);
      if (options > 0) held("RFC6691-2-3");
    }
  }

  void check_push(SeqNum text_end) {
    if (s_.text.empty() || text_end != t_.stream_end()) return;
    if (e_.has(wire::psh) || e_.has(wire::fin)) {
      held("RFC9293-MUST-61");
    } else {
      finding("RFC9293-MUST-61", "PSH", "the segment that empties the send queue does not have PSH set",
              {"<CTL=ACK,PSH>"});
    }
  }
};

}  // namespace

Match match_text(const Tcb& t, const Emitted& e, const Context& c) { return TextMatch{t, e, c}.run(); }

}  // namespace tcpjury::model
