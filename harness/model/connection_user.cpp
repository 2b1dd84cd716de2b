// What the user of the target asks and hears of a connection.
#include <algorithm>

#include <fmt/format.h>

#include "harness/model/answers.h"
#include "harness/model/connection.h"
#include "harness/model/notices.h"

namespace tcpjury::model {

void Connection::call(TimeSpan at, const UserCall& call, const Context& c, Findings& f) {
  if (hypotheses_.empty()) return;
  last_.reset();
  if (call.kind == UserCall::Kind::send && call.ok) target_text_.append(call.octets);
  if (call.kind == UserCall::Kind::receive && call.ok) {
    check_delivery(call, f);
    window_moves_ = true;
  }
  std::vector<Tcb> next;
  std::optional<Finding> why;
  for (const Tcb& t : hypotheses_) {
    Finding reason{};
    const bool unread = t.iss && wire::before(delivered_, t.rcv_nxt_most) && synchronized(t.state);
    for (Tcb& after : user_call(t, call, CallFacts{at, unread}, c, reason)) {
      owe_sending(after, at.latest, c);
      next.push_back(std::move(after));
    }
    if (!why && reason.rule.requirement != nullptr) why = reason;
  }
  if (next.empty() && why) {
    f.broken(*why, "the call succeeded", Findings::Effect::impossible);
    return suspend();
  }
  const std::vector<Tcb> before_event = std::move(hypotheses_);
  adopt(std::move(next), f, {});
  silence_counted_ = false;
  tell_layers([&](auto& layer) { layer.call(at, call, View{tuple_, before_event, hypotheses_, c}, f); });
}

/// Text reaches the user in order, complete and unchanged (RFC 9293 section 3.10.7.4, seventh check).
void Connection::check_delivery(const UserCall& call, Findings& f) {
  if (call.octets.empty() || hypotheses_.empty()) return;
  const bool of_another_incarnation = resumed_ || std::any_of(hypotheses_.begin(), hypotheses_.end(),
                                                              [](const Tcb& t) { return !t.former.empty(); });
  streams_unknown_ = streams_unknown_ || of_another_incarnation;
  if (streams_unknown_) return;
  const SeqNum end = delivered_ + SeqLen{static_cast<std::uint32_t>(call.octets.size())};
  const bool arrived = std::any_of(hypotheses_.begin(), hypotheses_.end(), [&](const Tcb& t) {
    return t.state == State::closed || wire::at_or_before(end, t.rcv_nxt_most);
  });
  const State state = hypotheses_.front().state;
  const Rule cited = rule("RFC9293-3.10.3-RECEIVE-ESTAB", "DELIVERY", state);
  const Rule in_line = rule("RFC6093-2.1-1", "DELIVERY", state);
  const auto agrees = [&](SeqNum seq, BytesView octets) { return peer_text_.agrees(seq, octets); };
  if (arrived && agrees(delivered_, call.octets)) {
    f.held(cited);
    if (urgent_.any_in(delivered_, end - delivered_)) f.held(in_line);
    if (syn_text_) f.held(rule("RFC9293-3.5-DATA-HOLD", "DELIVERY", state));
    delivered_ = end;
  } else if (const auto covered = urgent_.explain(delivered_, call.octets, agrees)) {
    f.broken({in_line,
              "the last urgent octet was taken out of the stream",
              {"urgent octets in line"},
              "BSD sockets do so unless the user asks for SO_OOBINLINE"},
             fmt::format("{} octets", call.octets.size()));
    delivered_ = delivered_ + SeqLen{*covered};
  } else {
    f.broken({cited,
              arrived ? "the user received other octets than the peer sent"
                      : "the user received text that had not arrived in order",
              {"the peer's octets in order"},
              {}},
             fmt::format("{} octets", call.octets.size()));
    delivered_ = end;
  }
  if (syn_text_ && state == State::syn_received) {
    f.broken({rule("RFC9293-3.5-DATA-HOLD", "DELIVERY", state),
              "text of the SYN was delivered before the connection was established",
              {"nothing yet"},
              {}},
             fmt::format("{} octets", call.octets.size()));
  }
  peer_text_.forget_before(delivered_);
}

/// Whose user has set a timeout may find FIN-WAIT-2 ended by it, although nothing is outstanding (section
/// 3.10.8: "for any state").
void Connection::user_timeout_of_idle() {
  const std::size_t known = hypotheses_.size();
  for (std::size_t i = 0; i < known; ++i) {
    if (!hypotheses_[i].user_r2 || hypotheses_[i].state != State::fin_wait_2) continue;
    Tcb gone = deleted(hypotheses_[i]);
    gone.gone_by = row("3.10.8", "USER-TIMEOUT", State::fin_wait_2, hypotheses_[i].origin);
    ++gone.rank;
    hypotheses_.push_back(std::move(gone));
  }
}

void Connection::notice(TimeSpan at, const UserNotice& notice, const Context& c, Findings& f) {
  if (hypotheses_.empty()) return;
  const TimePoint last_stimulus = std::max(last_arrival_, last_message_);
  if (const auto why = contradiction(notice, hypotheses_, at.latest, last_stimulus, c)) {
    f.broken(*why, "the user was told so", Findings::Effect::impossible);
    return suspend();
  }
  for (Tcb& t : hypotheses_) {
    if (tells_of_giving_up(notice, t, at.latest, c)) t.timer.due = at.latest;  // it will not be sent again
  }
  const bool ended = notice.kind == UserNotice::Kind::reset || notice.kind == UserNotice::Kind::error;
  if (notice.kind == UserNotice::Kind::error) user_timeout_of_idle();
  if (ended) may_have_given_up(at.latest);
  const std::vector<Tcb> before_event = hypotheses_;
  const auto keep_if = [&](auto wanted_state) {
    const bool some = std::any_of(hypotheses_.begin(), hypotheses_.end(), wanted_state);
    if (some) std::erase_if(hypotheses_, [&](const Tcb& t) { return !wanted_state(t); });
  };
  switch (notice.kind) {
    case UserNotice::Kind::opened:
    case UserNotice::Kind::accepted:
      keep_if([](const Tcb& t) { return t.state != State::syn_sent && t.state != State::syn_received; });
      break;
    case UserNotice::Kind::peer_closed:
      keep_if([](const Tcb& t) { return t.peer_fin || t.state == State::closed; });
      break;
    case UserNotice::Kind::reset:
    case UserNotice::Kind::error:
      keep_if([](const Tcb& t) { return t.state == State::closed; });
      break;
    case UserNotice::Kind::readable:
    case UserNotice::Kind::closed:
    case UserNotice::Kind::urgent:
    case UserNotice::Kind::soft_error:
      break;
  }
  tell_layers([&](auto& layer) { layer.notice(at, notice, View{tuple_, before_event, hypotheses_, c}, f); });
}

}  // namespace tcpjury::model
