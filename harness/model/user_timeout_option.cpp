#include "harness/model/user_timeout_option.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

/// Kind, length 4, a granularity bit and fifteen bits of value (RFC 5482 section 3.3).
constexpr std::size_t value_octets = 2;

std::uint32_t value_of(const wire::TcpOption& option) {
  return (std::to_integer<std::uint32_t>(option.value[0] & std::byte{0x7f}) << 8U) |
         std::to_integer<std::uint32_t>(option.value[1]);
}

}  // namespace

void UserTimeoutOption::arrival(const Arrival& a, const View& /*view*/, Findings& /*f*/) {
  const wire::TcpOption* option = a.options.find(wire::option_kind::user_timeout);
  answer_due_ = option != nullptr && option->value.size() == value_octets && a.segment->length().octets > 0;
  if (!answer_due_) return;
  seen_ = true;
  zero_ = zero_ || value_of(*option) == 0;
  on_syn_ = on_syn_ || a.has(wire::syn);
}

void UserTimeoutOption::call(TimeSpan /*at*/, const UserCall& call, const View& /*view*/, Findings& /*f*/) {
  const bool sets = call.kind == UserCall::Kind::set && call.option == UserOption::user_timeout && call.ok;
  if (sets && call.value != 0) own_due_ = own_seen_;
}

void UserTimeoutOption::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  const State state = view.before.front().state;
  if (const wire::TcpOption* own = e.options.find(wire::option_kind::user_timeout)) {
    if (own->value.size() != value_octets) {
      report_.broken(rule("RFC5482-3.3-1", "UTO", state),
                     fmt::format("a User Timeout option of {} octets", own->value.size() + 2), {"length 4"},
                     shown(e, view), f);
    } else if (value_of(*own) == 0) {
      report_.broken(rule("RFC5482-3.4-1", "UTO", state), "a User Timeout of zero", {"a value, or no option"},
                     shown(e, view), f);
    } else {
      report_.held("RFC5482-3.3-1", state, f);
    }
  }
  const bool own = e.options.find(wire::option_kind::user_timeout) != nullptr;
  if (own_due_ && !e.crossed && !e.has(wire::rst)) {
    if (own) {
      report_.held("RFC5482-3-3", state, f);
    } else {
      report_.broken(rule("RFC5482-3-3", "UTO", state), "a new user timeout was not told to the peer",
                     {"a User Timeout option"}, shown(e, view), f);
    }
    own_due_ = false;
  }
  own_seen_ = own_seen_ || own;
  if (!seen_ || e.has(wire::rst)) return;
  if (answer_due_ && what != EmissionClass::retransmission) {  // the segment was processed like any other
    report_.held("RFC5482-3-1", state, f);
    if (zero_) report_.held("RFC5482-3.4-1", state, f);
    answer_due_ = false;
  }
  const Tcb* t = agreed_sender(view.before);
  if (t == nullptr || what != EmissionClass::retransmission || !t->timer.running) return;
  const Duration waiting = elapsed(t->timer.first, e.at).least;
  if (on_syn_ && state == State::syn_received && waiting > 2s) report_.held("RFC5482-3.3-2", state, f);
  if (synchronized(state) && waiting > r2_data) report_.held("RFC5482-3.1-3", state, f);
}

}  // namespace tcpjury::model
