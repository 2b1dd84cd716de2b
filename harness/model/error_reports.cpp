#include "harness/model/error_reports.h"

#include "harness/model/icmp_arrives.h"

namespace tcpjury::model {
namespace {

/// R1 corresponds to at least three retransmissions (SHLD-10).
constexpr std::uint32_t r1_least = 3;

}  // namespace

TimePoint ErrorReports::next_deadline() const {
  const TimePoint next = std::min(due_, silent_until_);
  return next == never ? never : next + Duration{1};
}

void ErrorReports::call(TimeSpan /*at*/, const UserCall& call, const View& /*view*/, Findings& /*f*/) {
  if (call.kind != UserCall::Kind::set || call.option != UserOption::error_reports || !call.ok) return;
  on_ = call.value != 0;
  was_on_ = was_on_ || on_;
  due_ = silent_until_ = never;
}

void ErrorReports::icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted,
                        const View& view, Findings& /*f*/) {
  if (!was_on_) return;
  const auto error = read_icmp_error(frame, quoted);
  const Tcb* t = agreed_sender(view.before);
  // Who cannot see the connection cannot quote what is in flight (RFC 5927 section 4.1).
  if (!error || error->kind != IcmpClass::soft || t == nullptr || !synchronized(t->state)) return;
  if (in_flight(*t, error->quoted) != InFlight::yes) return;
  (on_ ? due_ : silent_until_) = at.latest + view.context.timing->prompt;
}

void ErrorReports::notice(TimeSpan /*at*/, const UserNotice& notice, const View& view, Findings& f) {
  const State state = view.before.front().state;
  if (notice.kind == UserNotice::Kind::error && on_ && trouble_ && !trouble_told_) {
    report_.broken(rule("RFC9293-SHLD-9", "R1-EXCEEDED", state),
                   "the user was not told of undelivered text before the connection was given up",
                   {"a report between R1 and R2"}, "an error at R2", f);
  }
  if (notice.kind != UserNotice::Kind::soft_error) return;
  if (!on_) {
    if (was_on_) {
      report_.broken(rule("RFC9293-SHLD-20", "ERROR-REPORT", state),
                     "a soft error was reported after the user had switched that off", {"no report"},
                     "a report", f);
    }
    return;
  }
  if (due_ != never) {
    report_.held("RFC9293-MUST-47", state, f);
    report_.held("RFC9293-SHLD-25", state, f);
  } else if (trouble_) {
    report_.held("RFC9293-SHLD-9", state, f);
    trouble_told_ = true;
  }
  due_ = never;
}

void ErrorReports::emission(const Emitted& /*e*/, EmissionClass what, const View& view, Findings& /*f*/) {
  const Tcb* t = agreed_sender(view.after);
  if (!on_ || what != EmissionClass::retransmission || t == nullptr || !t->timer.running) return;
  trouble_ = t->timer.count + 1 >= r1_least;  // the next expiry may be told before the segment is sent
}

void ErrorReports::quiet_until(TimePoint now, const View& view, Findings& f) {
  const State state = view.before.front().state;
  if (due_ < now) {
    due_ = never;
    report_.broken(rule("RFC9293-MUST-47", "ERROR-REPORT", state),
                   "a soft error was not reported to the user", {"a report to the user"}, "nothing", f);
  }
  if (silent_until_ < now) {
    silent_until_ = never;
    report_.held("RFC9293-SHLD-20", state, f);
  }
}

}  // namespace tcpjury::model
