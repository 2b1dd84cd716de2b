#include "harness/model/connection.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/model/answers.h"
#include "harness/model/giving_up.h"
#include "harness/model/icmp_arrives.h"
#include "harness/model/malformed.h"
#include "harness/model/notices.h"

namespace tcpjury::model {

std::string Observed::text() const {
  return segment == nullptr ? "nothing" : wire::to_notation(*segment, base);
}

namespace {

/// Same hypothesis but for the rank: the better rank stays.
void merge(std::vector<Tcb>& list) {
  if (list.size() < 2) return;
  std::stable_sort(list.begin(), list.end(), [](const Tcb& a, const Tcb& b) { return a.rank < b.rank; });
  std::vector<Tcb> kept;
  kept.reserve(list.size());
  for (Tcb& t : list) {
    const bool known = std::any_of(kept.begin(), kept.end(), [&](const Tcb& k) {
      const std::uint8_t rank = std::exchange(t.rank, k.rank);
      const bool same = k == t;
      t.rank = rank;
      return same;
    });
    if (!known) kept.push_back(std::move(t));
  }
  list = std::move(kept);
}

/// Only hypotheses that contain a deviation are left: that deviation is what happened.
void resolve_deviation(std::vector<Tcb>& list, Findings& f, const Observed& got) {
  if (list.empty() || std::any_of(list.begin(), list.end(), [](const Tcb& t) { return !t.deviation; }))
    return;
  const Deviation d = *list.front().deviation;
  f.broken({d.rule, std::string{d.message}, {"an answer"}, std::string{d.practice}}, got.text());
  for (Tcb& t : list) t.deviation.reset();
}

}  // namespace

/// Takes over what an event left, keeping the set small and honest.
void Connection::adopt(std::vector<Tcb> next, Findings& f, const Observed& got) {
  merge(next);
  resolve_deviation(next, f, got);
  if (next.size() > hypotheses_max) {
    f.undecided(fmt::format("more than {} hypotheses about the target remain", hypotheses_max));
    next.clear();
  }
  if (!next.empty()) {  // ranks only compare; on a long life they must not run over
    const std::uint8_t best = next.front().rank;
    for (Tcb& t : next) t.rank = static_cast<std::uint8_t>(t.rank - best);
  }
  hypotheses_ = std::move(next);
}

wire::NotationBase Connection::notation() const {
  for (const Tcb& t : hypotheses_) {
    if (t.iss) return {t.iss, t.irs};
  }
  return {};
}

// ---- arrivals ---------------------------------------------------------------------------------------------

namespace {

/// Whether the SYN that arrived is the one a SYN,ACK answers.
enum class Opening : std::uint8_t { no, perhaps, yes };

bool may_open(const Tcb& t) {
  return t.state == State::closed || t.state == State::listen || t.state == State::syn_sent ||
         t.state == State::time_wait;
}

/// A reset that is on its way before the SYN,ACK has been seen: nobody can tell which was first at the
/// target.
bool overtakes_syn_ack(const Tcb& t, const Arrival& a) {
  constexpr SeqLen unscaled_window{65'536};
  return t.state == State::syn_received && !t.iss && a.has(wire::rst) &&
         wire::in_window(a.segment->seq, t.rcv_nxt_least, unscaled_window);
}

/// True when the hypothesis has an initial receive sequence number.
bool knows_peer(const Tcb& t) {
  return t.state != State::closed && t.state != State::listen && t.state != State::syn_sent;
}

/// Text beyond its own FIN, or a SYN with what lies on both sides of RCV.NXT: whatever the target makes of
/// such a peer is right.
bool contradicts_itself(const Tcb& t, const Arrival& a) {
  if (!knows_peer(t) || a.has(wire::rst)) return false;
  const SeqNum first = a.segment->seq;
  if (a.has(wire::syn))
    return wire::before(first, t.rcv_nxt_most) && wire::before(t.rcv_nxt_least, a.segment->end());
  const SeqNum text_end = first + a.text_length();
  if (t.held_fin && (wire::before(*t.held_fin, text_end) || (a.has(wire::fin) && *t.held_fin != text_end)))
    return true;
  return a.has(wire::fin) && wire::at_or_before(t.rcv_nxt_least, text_end) &&
         std::any_of(t.held.begin(), t.held.end(),
                     [&](const SeqRange& r) { return wire::before(text_end, r.end); });
}

/// Nothing is owed, nothing runs out: what is sent after the next arrival cannot have been sent before it.
bool at_rest(const Tcb& t) {
  const bool all_sent = !t.iss || (t.stream_end() == t.snd_nxt && !t.close_requested) || t.fin_sent;
  return t.owes.empty() && !t.timer.running && all_sent && t.ack_credit <= 1 && !t.may_reset;
}

/// The options of a SYN that opens nothing are never answered; where both may be, both offers stand.
Offered offered_after(const Offered& before, Opening opening, Offered latest) {
  if (opening == Opening::yes || !before.syn_seen) return latest;
  if (opening == Opening::no) return before;
  latest.window_scale = latest.window_scale || before.window_scale;
  latest.timestamps = latest.timestamps || before.timestamps;
  return latest;
}

}  // namespace

void Connection::arrival(const Arrival& a, const Context& c, Findings& f) {
  if (hypotheses_.empty()) return;
  if (std::any_of(hypotheses_.begin(), hypotheses_.end(),
                  [&](const Tcb& t) { return overtakes_syn_ack(t, a) || contradicts_itself(t, a); }))
    return suspend();
  const bool returning = std::any_of(hypotheses_.begin(), hypotheses_.end(), [](const Tcb& t) {
    return t.state == State::closed && !t.former.empty();
  });
  forget_incarnation();
  last_arrival_ = a.at.latest;
  calm_ = !window_moves_ && std::all_of(hypotheses_.begin(), hypotheses_.end(), at_rest);
  may_have_given_up(a.at.latest);
  const Offered before = offered_;
  const auto opens =
      static_cast<std::size_t>(std::count_if(hypotheses_.begin(), hypotheses_.end(), may_open));
  Opening opening = opens == 0 ? Opening::no : opens == hypotheses_.size() ? Opening::yes : Opening::perhaps;
  const auto arrives = a.malformed() ? malformed_arrives : segment_arrives;
  std::vector<Tcb> next;
  for (Tcb& t : hypotheses_) {
    const bool answers_pending = std::any_of(t.owes.begin(), t.owes.end(),
                                             [](const Obligation& o) { return (o.forms & form_ack) != 0; });
    if (!answers_pending) t.ack_credit = 0;  // what earlier segments allowed has been used or waived
    t.keepalives = 0;
    for (Tcb& after : arrives(t, a, c)) {
      owe_sending(after, a.at.latest, c);
      next.push_back(std::move(after));
    }
    if (a.perhaps_lost) {
      next.push_back(t);
      ++next.back().rank;
    }
  }
  std::vector<Tcb> before_event = std::move(hypotheses_);
  adopt(std::move(next), f, {});
  // One that was half open may have been forgotten by its listener, which the segment then meets.
  const bool opens_anew = std::any_of(hypotheses_.begin(), hypotheses_.end(), [&](const Tcb& t) {
    return t.state == State::syn_received && !t.iss && t.irs == a.segment->seq;
  });
  if (opening == Opening::no && opens_anew) opening = Opening::perhaps;
  if (a.has(wire::syn) && !a.has(wire::rst)) {
    const bool crossing =
        !a.has(wire::ack) && !hypotheses_.empty() && hypotheses_.front().origin == Origin::active;
    offered_ = {true, a.options.window_scale().has_value(), a.options.timestamps().has_value(), crossing,
                a.options.defect == wire::OptionDefect::nonzero_after_end};
  }
  follow_incarnation(Moment::arrival, f);
  note_resumed(returning);
  const bool ignored = a.has(wire::rst) || (a.has(wire::syn) && opening == Opening::no);
  if (!ignored) note_text(a);
  offered_ = offered_after(before, opening, offered_);
  silence_counted_ = false;
  tell_layers([&](auto& layer) { layer.arrival(a, View{tuple_, before_event, hypotheses_, c}, f); });
  remember(a, std::move(before_event), c);
}

void Connection::remember(const Arrival& a, std::vector<Tcb> before, const Context& c) {
  // Nothing crosses on a virtual clock, nor what came while the target had nothing to send; but what is sent
  // again may be on its way before the text is taken, on any clock.
  const bool may_send_again =
      !a.segment->text.empty() &&
      std::any_of(before.begin(), before.end(), [](const Tcb& t) { return t.outstanding(); });
  if ((c.timing->exact || calm_) && !may_send_again) return last_.reset();
  last_ = LastArrival{std::move(before), a.at, *a.frame};
}

/// A new connection on the same tuple begins its own streams.
void Connection::follow_incarnation(Moment moment, Findings& f) {
  const Tcb* known = nullptr;
  for (const Tcb& t : hypotheses_) {
    if (!knows_peer(t)) continue;
    if (known != nullptr && known->irs != t.irs) return;  // which of the two lives is not decided yet
    known = &t;
  }
  if (known == nullptr) return;
  const bool same_iss = !iss_ || !known->iss || iss_ == known->iss;
  if (irs_ == known->irs && same_iss) {
    if (known->iss) iss_ = known->iss;
    return;
  }
  if (irs_ && target_text_based_) {
    if (moment == Moment::later) layers_.each([&](auto& layer) { layer.succeeded(f); });
    layers_ = {};
  }
  layers_saw_the_beginning_ = moment == Moment::arrival || !irs_;
  irs_ = known->irs;
  iss_ = known->iss;
  delivered_ = known->irs + SeqLen{1};
  urgent_.forget();
  streams_unknown_ = syn_text_ = false;
  peer_text_.restart(delivered_);
  if (waiting_ && waiting_->first == delivered_) {
    syn_text_ = true;
    peer_text_.note(delivered_, waiting_->octets);
  }
  waiting_.reset();
  if (known->origin == Origin::passive) {
    target_text_.restart({});
    target_text_based_ = false;
  }
}

namespace {

bool gave_up_retransmitting(const Tcb& t, TimePoint now) {
  const bool opening = t.state == State::syn_sent || t.state == State::syn_received;
  return (opening || t.snd_wnd != 0) && t.timer.running && giving_up(t, now) == GivingUp::in_time;
}

}  // namespace

/// From R2 on the connection may be closed at any moment (RFC 9293 section 3.8.3): both are held to be
/// possible.
void Connection::may_have_given_up(TimePoint now) {
  const std::size_t known = hypotheses_.size();
  for (std::size_t i = 0; i < known; ++i) {
    const Tcb& t = hypotheses_[i];
    const bool half_open =
        t.state == State::syn_received && t.origin == Origin::passive;  // at any time: no news
    const bool unanswered = t.keepalives > 0 && keeps_alive(t.state);
    const bool r2_over = !half_open && (gave_up_retransmitting(t, now) || gave_up_probing(t, now));
    if (!r2_over && !unanswered) continue;
    Tcb gone = deleted(t);
    gone.gone_by = r2_over ? r2_exceeded(t) : row("3.8.4", "KEEPALIVE-FAIL", t.state, t.origin);
    ++gone.rank;
    hypotheses_.push_back(std::move(gone));
  }
  if (hypotheses_.size() > known) merge(hypotheses_);
}

/// `returning`: a SYN that reopened TIME-WAIT may have turned out to be an old one. Of the incarnation that
/// comes back the streams are forgotten.
void Connection::note_resumed(bool returning) {
  const bool waits = std::any_of(hypotheses_.begin(), hypotheses_.end(),
                                 [](const Tcb& t) { return t.state == State::time_wait; });
  resumed_ = waits && (resumed_ || returning);
  if (resumed_ && returning) layers_saw_the_beginning_ = false;
}

/// Nothing is left of the last incarnation: the next one may begin with the same numbers.
void Connection::forget_incarnation() {
  if (!irs_ || std::any_of(hypotheses_.begin(), hypotheses_.end(), knows_peer)) return;
  irs_.reset();
  iss_.reset();
  if (!target_text_based_) return;  // it never answered: nothing has ended
  layers_.renew();
  layers_saw_the_beginning_ = true;
}

void Connection::note_text(const Arrival& a) {
  if (a.segment->text.empty() || hypotheses_.empty()) return;
  const SeqNum first = a.has(wire::syn) ? a.segment->seq + SeqLen{1} : a.segment->seq;
  if (a.has(wire::syn) && irs_ != a.segment->seq) waiting_ = SynText{first, a.segment->text};
  if (a.has(wire::syn)) syn_text_ = true;
  urgent_.note(a);
  peer_text_.note(first, a.segment->text);
}

void Connection::discarded(std::string_view section, std::string_view event, std::string_view general,
                           bool listening, Findings& f) {
  std::vector<Tcb> next;
  for (const Tcb& t : hypotheses_) {
    const State s = t.state == State::closed && listening ? State::listen : t.state;
    next.push_back(segment_discarded(t, row_or(general, section, event, s, t.origin)));
  }
  adopt(std::move(next), f, {});
  silence_counted_ = false;
}

void Connection::suspend() { hypotheses_.clear(); }

void Connection::icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted,
                      const IcmpError& error, const Context& c, Findings& f) {
  if (hypotheses_.empty()) return;
  last_message_ = at.latest;
  std::vector<Tcb> next;
  for (const Tcb& t : hypotheses_) {
    for (Tcb& after : icmp_arrives(t, at, error, c)) next.push_back(std::move(after));
  }
  const std::vector<Tcb> before_event = std::move(hypotheses_);
  adopt(std::move(next), f, {});
  silence_counted_ = false;
  if (hypotheses_.empty()) return;
  last_.reset();
  tell_layers(
      [&](auto& layer) { layer.icmp(at, frame, quoted, View{tuple_, before_event, hypotheses_, c}, f); });
}

void Connection::icmp_of_another(Findings& f) {
  std::vector<Tcb> next;
  for (const Tcb& t : hypotheses_) next.push_back(model::icmp_of_another(t));
  if (!next.empty()) adopt(std::move(next), f, {});
}

void Connection::may_be_deleted() {
  std::vector<Tcb> gone;
  for (Tcb& t : hypotheses_) {
    t.timer.undisturbed = false;
    if (t.state == State::closed) continue;
    t.may_reset = true;  // who deletes the connection may say so
    t.orphaned = t.state == State::syn_received && t.origin == Origin::passive;
    gone.push_back(deleted(t));
    ++gone.back().rank;
  }
  for (Tcb& t : gone) hypotheses_.push_back(std::move(t));
  merge(hypotheses_);
}

// ---- emissions --------------------------------------------------------------------------------------------

namespace {

/// Findings that every surviving hypothesis shares; what only one of them sees may not have happened.
std::vector<Finding> shared_findings(const std::vector<Accepted>& accepted) {
  std::vector<Finding> shared;
  for (const Finding& first : accepted.front().findings) {
    const bool everywhere = std::all_of(accepted.begin(), accepted.end(), [&](const Accepted& a) {
      return std::any_of(a.findings.begin(), a.findings.end(),
                         [&](const Finding& o) { return o.rule.requirement == first.rule.requirement; });
    });
    if (everywhere) shared.push_back(first);
  }
  return shared;
}

}  // namespace

/// The segment as sent before the last arrival was looked at: what is believed after both.
std::vector<Accepted> Connection::in_the_other_order(const Emitted& e, const Context& c) {
  std::vector<Accepted> accepted;
  if (!last_) return accepted;
  // Section 3.10.7.4: the fifth check may send again before the seventh takes the text.
  const wire::TcpSegment* segment = last_->frame.packet.tcp();
  const bool by_the_fifth_check = !e.crossed && !segment->text.empty() && e.at.earliest <= last_->at.latest;
  if (!e.crossed && !by_the_fifth_check) return accepted;
  const Arrival arrival{last_->at, &last_->frame, segment, wire::parse_options(segment->options)};
  const auto arrives = arrival.malformed() ? malformed_arrives : segment_arrives;
  std::vector<Tcb> before;
  for (const Tcb& t : last_->before) {
    Match m = match_emission(t, e, c);
    auto* sent = std::get_if<Accepted>(&m);
    if (sent == nullptr || (by_the_fifth_check && sent->what != EmissionClass::retransmission)) continue;
    owe_sending(sent->next, e.at.latest, c);
    for (Tcb& after : arrives(sent->next, arrival, c)) {
      owe_sending(after, last_->at.latest, c);
      accepted.push_back({std::move(after), sent->what, sent->findings, sent->held, sent->measured});
    }
    before.push_back(std::move(sent->next));
  }
  if (!accepted.empty()) last_->before = std::move(before);
  return accepted;
}

EmissionClass Connection::emission(TimeSpan at, const wire::Decoded& frame, const Context& c, Findings& f) {
  if (hypotheses_.empty()) return EmissionClass::progress;
  const wire::TcpSegment& segment = *frame.packet.tcp();
  Emitted e{at,       &frame,
            &segment, wire::parse_options(segment.options),
            nullptr,  at.earliest < last_arrival_ && !calm_};
  const Observed got{&segment, notation()};
  const HeaderVerdict header = check_header(frame, e.options, offered_, c.mtu, hypotheses_.front().state);
  for (const Finding& b : header.broken) f.broken(b, got.text());
  for (const Rule& h : header.held) f.held(h);
  for (const auto& [name, value] : header.measured) f.measured(name, value);
  if (target_text_based_) e.target_text = &target_text_;

  std::vector<Accepted> accepted;
  std::optional<Rejected> first_rejection;
  bool rejected_by_deviant = false;  // a notice to the user may have left nothing but deviations
  bool rejected_by_gone = false;     // what is sent on a connection is measured by one that exists
  for (const Tcb& t : hypotheses_) {
    Match m = match_emission(t, e, c);
    if (auto* a = std::get_if<Accepted>(&m)) {
      owe_sending(a->next, at.latest, c);
      accepted.push_back(std::move(*a));
    } else if (!first_rejection || (rejected_by_deviant && !t.deviation) ||
               (rejected_by_gone && knows_peer(t) && !t.deviation && !e.has(wire::rst))) {
      first_rejection = std::get<Rejected>(std::move(m));
      rejected_by_deviant = t.deviation.has_value();
      rejected_by_gone = !knows_peer(t);
    }
  }
  if (accepted.empty()) {
    accepted = in_the_other_order(e, c);
  } else if (!e.crossed) {
    last_.reset();  // the link keeps the order: whatever comes now was sent afterwards
  }
  if (accepted.empty()) {
    first_rejection->why.rule = layers_.blame(first_rejection->why.rule, f);
    f.broken(first_rejection->why, got.text(), Findings::Effect::impossible);
    suspend();
    return EmissionClass::violation;
  }
  for (const Finding& b : shared_findings(accepted)) f.broken(b, got.text());
  for (const Rule& h : accepted.front().held) f.held(h);
  for (const auto& [name, value] : accepted.front().measured) f.measured(name, value);
  const EmissionClass what = accepted.front().what;
  std::vector<Tcb> next;
  for (Accepted& a : accepted) next.push_back(std::move(a.next));
  const std::vector<Tcb> before_event = std::move(hypotheses_);
  adopt(std::move(next), f, got);
  follow_incarnation(Moment::later, f);
  note_resumed(false);
  if (!target_text_based_ && !hypotheses_.empty() && hypotheses_.front().iss) {
    target_text_.rebase(*hypotheses_.front().iss + SeqLen{1});
    target_text_based_ = true;
  }
  forget_old_text();
  window_moves_ = false;
  tell_layers([&](auto& layer) { layer.emission(e, what, View{tuple_, before_event, hypotheses_, c}, f); });
  return what;
}

void Connection::forget_old_text() {
  if (hypotheses_.empty() || !target_text_based_) return;
  SeqNum oldest = hypotheses_.front().snd_una;
  for (const Tcb& t : hypotheses_) {
    if (!t.iss) return;
    oldest = wire::earlier(oldest, t.snd_una);
  }
  target_text_.forget_before(oldest);
}

}  // namespace tcpjury::model
