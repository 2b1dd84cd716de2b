#include "harness/model/ip_fields_layer.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

/// The two lower bits of the octet belong to ECN (RFC 3168 section 5).
std::uint8_t diffserv_of(const wire::Packet& packet) {
  const auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip);
  const std::uint8_t octet = v4 != nullptr ? v4->tos : std::get<wire::Ipv6Header>(packet.ip).traffic_class;
  return static_cast<std::uint8_t>(octet >> 2U);
}

std::uint8_t ttl_of(const wire::Packet& packet) {
  const auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip);
  return v4 != nullptr ? v4->ttl : std::get<wire::Ipv6Header>(packet.ip).hop_limit;
}

/// A segment of the connection the user has: not of what is left of it afterwards.
bool of_the_user(const Emitted& e, const Tcb& t) {
  return !e.crossed && !e.has(wire::rst) && !e.has(wire::syn) && synchronized(t.state) &&
         t.state != State::time_wait && !t.released;
}

}  // namespace

void IpFieldsLayer::call(TimeSpan at, const UserCall& call, const View& /*view*/, Findings& /*f*/) {
  if (call.kind != UserCall::Kind::set || !call.ok) return;
  const Asked asked{static_cast<std::uint8_t>(call.value), at};
  const auto take = [&](std::optional<Asked>& option) {
    const bool again = option && option->value != asked.value;
    option = asked;
    option->again = again;
  };
  if (call.option == UserOption::diffserv) take(diffserv_);
  if (call.option == UserOption::ttl) take(ttl_);
}

void IpFieldsLayer::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  const Tcb& t = view.before.front();
  if (!of_the_user(e, t)) return;
  const auto later = [&](const std::optional<Asked>& o) { return o && o->at.latest <= e.at.earliest; };
  if (later(diffserv_)) judge_diffserv(e, t.state, f);
  if (later(ttl_)) judge_ttl(e, t.state, f);
}

void IpFieldsLayer::judge_diffserv(const Emitted& e, State state, Findings& f) {
  const std::uint8_t got = diffserv_of(e.frame->packet);
  const std::string_view id = diffserv_->again ? "RFC9293-SHLD-21" : "RFC9293-MUST-48";
  if (got == diffserv_->value) {
    report_.held(id, state, f);
    report_.held("RFC9293-SHLD-22", state, f);
    return;
  }
  report_.broken(rule(id, "DIFFSERV", state), fmt::format("the Diffserv field is {}", got),
                 {fmt::format("{}, as the user has set it", diffserv_->value)}, fmt::format("{}", got), f);
}

void IpFieldsLayer::judge_ttl(const Emitted& e, State state, Findings& f) {
  const std::uint8_t got = ttl_of(e.frame->packet);
  if (got == ttl_->value) return report_.held("RFC9293-MUST-49", state, f);
  report_.broken(rule("RFC9293-MUST-49", "TTL", state), fmt::format("the Time to Live is {}", got),
                 {fmt::format("{}, as the user has set it", ttl_->value)}, fmt::format("{}", got), f);
}

}  // namespace tcpjury::model
