#include "harness/model/urgent_signals.h"

#include <fmt/format.h>

#include <algorithm>

namespace tcpjury::model {
namespace {

constexpr std::uint32_t pointer_most = 0xffff;

}  // namespace

// ---- what the user sends ----------------------------------------------------------------------------------

void UrgentSending::call(TimeSpan /*at*/, const UserCall& call, const View& view, Findings& /*f*/) {
  if (call.kind != UserCall::Kind::send || !call.urgent || !call.ok || call.octets.empty()) return;
  const Tcb* t = agreed_sender(view.after);
  urgent_.reset();
  if (t == nullptr || !t->iss) return;
  const SeqNum end = t->stream_end();
  urgent_ = SeqRange{end - SeqLen{static_cast<std::uint32_t>(call.octets.size())}, end};
}

void UrgentSending::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  if (!urgent_ || e.crossed || e.has(wire::rst) || e.has(wire::syn) || e.segment->text.empty()) return;
  const Tcb* t = agreed_sender(view.before);
  // What a probe of a closed window carries besides its octet is left open.
  const bool plain_probe = what == EmissionClass::probe && !e.has(wire::urg);
  if (t != nullptr && wire::before(e.segment->seq, urgent_->end) && !plain_probe) judge(e, t->state, view, f);
}

void UrgentSending::judge(const Emitted& e, State state, const View& view, Findings& f) {
  const wire::TcpSegment& s = *e.segment;
  const std::uint32_t ahead = (urgent_->end - s.seq).octets;
  const bool overlaps = wire::before(urgent_->first, s.end());
  const bool last = wire::at_or_before(urgent_->end, s.end());
  const bool too_far = ahead > pointer_most;
  if (!e.has(wire::urg)) {
    if (!overlaps || too_far) return;
    report_.broken(rule(last ? "RFC9293-MUST-30" : "RFC9293-MUST-31", "URG", state),
                   "urgent text in a segment without URG", {fmt::format("URG and UP={}", ahead)},
                   shown(e, view), f);
    return;
  }
  const std::uint32_t want = std::min(ahead, pointer_most);
  if (s.urgent != want) {
    report_.broken(rule(too_far ? "RFC7323-A-2" : "RFC9293-MUST-62", "URG", state),
                   fmt::format("the urgent pointer is {}", s.urgent),
                   {fmt::format("{}, the octet behind the urgent ones", want)}, shown(e, view), f);
    return;
  }
  if (too_far) return report_.held("RFC7323-A-2", state, f);
  for (const char* id : {"RFC9293-MUST-30", "RFC9293-MUST-62", "RFC6093-4-1", "RFC6093-5-1"})
    report_.held(id, state, f);
  if (!last && overlaps) report_.held("RFC9293-MUST-31", state, f);
}

// ---- what the user is told --------------------------------------------------------------------------------

void UrgentSignals::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  const Tcb* before = agreed_receiver(view.before);
  const Tcb* after = agreed_receiver(view.after);
  if (!wanted_ || before == nullptr || after == nullptr || !takes_text(*before)) return;
  const wire::TcpSegment& s = *a.segment;
  const bool inside = s.urgent > 0 && s.urgent <= s.text.size();
  const bool taken = s.seq == before->rcv_nxt_least &&
                     after->rcv_nxt_least == s.seq + SeqLen{static_cast<std::uint32_t>(s.text.size())};
  if (!a.has(wire::urg) || a.has(wire::fin) || !inside || !taken) return;
  const SeqNum up = s.seq + SeqLen{s.urgent};
  if (up_ && !wire::before(*up_, up)) return;
  if (!read_known_) read_ = before->irs + SeqLen{1};
  read_known_ = true;
  if (!up_ || wire::before(*up_, read_)) first_ = s.seq;
  up_ = up;
  due_ = a.at.latest + view.context.timing->prompt;
}

void UrgentSignals::call(TimeSpan /*at*/, const UserCall& call, const View& view, Findings& f) {
  if (call.kind == UserCall::Kind::set && call.option == UserOption::urgent && call.ok) {
    wanted_ = call.value != 0;
    due_ = never;
  }
  if (call.kind == UserCall::Kind::receive && call.ok) received(call, view, f);
}

void UrgentSignals::received(const UserCall& call, const View& view, Findings& f) {
  const Tcb* t = agreed_receiver(view.after);
  if (t == nullptr) {
    wanted_ = false;
    due_ = never;
    return;
  }
  if (!read_known_) read_ = t->irs + SeqLen{1};
  read_known_ = true;
  read_ = read_ + SeqLen{static_cast<std::uint32_t>(call.octets.size())};
  if (!wanted_ || !up_ || call.octets.empty()) return;
  if (wire::at_or_before(*up_, read_)) due_ = never;
  // By RFC 1122 the pointer designates the last urgent octet itself: one octet decides nothing.
  const bool remains = wire::before(read_ + SeqLen{1}, *up_);
  const bool over = wire::before(*up_, read_);
  if (!remains && !over) return;
  if (call.urgent != remains) {
    report_.broken(rule("RFC9293-MUST-33", "RECEIVE", t->state),
                   remains ? "RECEIVE says that no more urgent data remains"
                           : "RECEIVE says that urgent data remains after all of it was read",
                   {remains ? "URGENT on" : "URGENT off"}, remains ? "URGENT off" : "URGENT on", f);
    return;
  }
  report_.held("RFC9293-MUST-33", t->state, f);
  if (over && first_ && (*up_ - *first_).octets > 1) report_.held("RFC9293-MUST-31", t->state, f);
}

void UrgentSignals::notice(TimeSpan /*at*/, const UserNotice& notice, const View& view, Findings& f) {
  if (notice.kind != UserNotice::Kind::urgent || due_ == never) return;
  due_ = never;
  const State state = view.before.front().state;
  report_.held("RFC9293-MUST-32", state, f);
  report_.held("RFC9293-MUST-30", state, f);
}

void UrgentSignals::quiet_until(TimePoint now, const View& view, Findings& f) {
  if (due_ >= now) return;
  due_ = never;
  report_.broken(rule("RFC9293-MUST-32", "URG", view.before.front().state),
                 "the user was not told of urgent data", {"a signal to the user"}, "nothing", f);
}

}  // namespace tcpjury::model
