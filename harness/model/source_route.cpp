#include "harness/model/source_route.h"

#include <algorithm>
#include <string>

namespace tcpjury::model {
namespace {

constexpr std::size_t before_addresses = 3;
constexpr std::size_t address_octets = 4;

/// A loose or strict source route: its pointer, and the addresses.
struct RouteOption {
  std::size_t pointer = 0;
  std::size_t octets = 0;
  Route addresses = {};
};

std::optional<RouteOption> find_route(BytesView options) {
  constexpr std::uint8_t end = 0, no_operation = 1, loose = 131, strict = 137;
  while (!options.empty() && octet(options[0]) != end) {
    if (octet(options[0]) == no_operation) {
      options = options.subspan(1);
      continue;
    }
    const std::size_t length = options.size() < 2 ? 0 : octet(options[1]);
    if (length < 2 || length > options.size()) return std::nullopt;
    const bool route = octet(options[0]) == loose || octet(options[0]) == strict;
    if (!route || length < before_addresses) {
      options = options.subspan(length);
      continue;
    }
    RouteOption found{.pointer = octet(options[2]), .octets = length};
    for (std::size_t at = before_addresses; at + address_octets <= length; at += address_octets) {
      const auto o = options.subspan(at, address_octets);
      found.addresses.push_back(wire::IpAddress::v4(octet(o[0]), octet(o[1]), octet(o[2]), octet(o[3])));
    }
    return found;
  }
  return std::nullopt;
}

std::optional<RouteOption> find_route(const wire::Packet& packet) {
  const auto* v4 = std::get_if<wire::Ipv4Header>(&packet.ip);
  return v4 == nullptr ? std::nullopt : find_route(v4->options);
}

std::string text_of(const Route& route) {
  std::string text;
  for (const wire::IpAddress& address : route) text += (text.empty() ? "" : ", ") + wire::to_string(address);
  return text;
}

}  // namespace

std::optional<Route> return_route(const wire::Packet& packet) {
  const auto option = find_route(packet);
  if (!option || option->addresses.empty() || option->pointer <= option->octets) return std::nullopt;
  Route route{option->addresses.rbegin(), option->addresses.rend()};
  route.push_back(packet.source());
  return route;
}

Route route_ahead(const wire::Packet& packet) {
  Route route{packet.destination()};
  const auto option = find_route(packet);
  if (!option || option->pointer < before_addresses + 1) return route;
  const std::size_t passed = (option->pointer - before_addresses - 1) / address_octets;
  const std::size_t left = std::min(passed, option->addresses.size());
  route.insert(route.end(), option->addresses.begin() + static_cast<std::ptrdiff_t>(left),
               option->addresses.end());
  return route;
}

void SourceRouteLayer::call(TimeSpan /*at*/, const UserCall& call, const View& view, Findings& /*f*/) {
  if (call.kind != UserCall::Kind::open_active || call.route.empty()) return;
  user_ = call.route;
  user_->push_back(view.tuple.tester.address);
}

void SourceRouteLayer::arrival(const Arrival& a, const View& view, Findings& /*f*/) {
  auto route = return_route(a.frame->packet);
  if (!route || a.has(wire::rst)) return;
  if (a.has(wire::syn)) {
    if (!first_) first_ = std::move(route);
    return;
  }
  const Tcb* t = agreed_receiver(view.before);  // what is not taken need not be remembered
  if (t == nullptr || a.segment->seq != t->rcv_nxt_least) return;
  if (first_)
    replaced_ = std::move(route);
  else
    first_ = std::move(route);
}

void SourceRouteLayer::emission(const Emitted& e, EmissionClass /*what*/, const View& view, Findings& f) {
  if (e.has(wire::rst) || e.crossed || (!user_ && !first_)) return;
  const State state = view.before.front().state;
  if (state == State::closed || state == State::listen || state == State::time_wait) return;
  const Route got = route_ahead(e.frame->packet);
  if (!user_)
    return judge(replaced_ ? *replaced_ : *first_, got, replaced_ ? "RFC9293-SHLD-24" : "RFC9293-MUST-53",
                 view, f);
  judge(*user_, got, first_ ? "RFC9293-MUST-52" : "RFC9293-MUST-51", view, f);
}

void SourceRouteLayer::judge(const Route& want, const Route& got, std::string_view id, const View& view,
                             Findings& f) {
  const State state = view.before.front().state;
  if (got == want) return report_.held(id, state, f);
  report_.broken(rule(id, "SOURCE-ROUTE", state), "the datagram goes another way", {text_of(want)},
                 text_of(got), f);
}

}  // namespace tcpjury::model
