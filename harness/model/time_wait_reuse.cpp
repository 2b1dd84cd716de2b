#include "harness/model/time_wait_reuse.h"

namespace tcpjury::model {

void TimeWaitReuse::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  const auto ts = a.options.timestamps();
  const bool opens = a.has(wire::syn) && !a.has(wire::ack) && !a.has(wire::rst);
  asked_ = opens && ts && view.context.listening &&
           std::all_of(view.before.begin(), view.before.end(), [&](const Tcb& t) {
             return t.state == State::time_wait && t.options.timestamps() && t.ts_recent &&
                    static_cast<std::int32_t>(ts->tsval - t.ts_recent->most) > 0;
           });
}

void TimeWaitReuse::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  if (!std::exchange(asked_, false)) return;
  if (e.has(wire::syn)) return report_.held("RFC9293-SHLD-4", State::time_wait, f);
  report_.broken(rule("RFC9293-SHLD-4", "SYN-NEW", State::time_wait),
                 "a SYN with a newer timestamp did not open a new connection", {"<CTL=SYN,ACK>"},
                 shown(e, view), f);
}

}  // namespace tcpjury::model
