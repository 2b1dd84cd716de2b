// Source routes of IPv4 (RFC 791 section 3.1, RFC 9293 section 3.9.2.1): the user's own, and the way back of
// what came by one.
#pragma once

#include <optional>
#include <vector>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

/// Routers in the order a datagram passes them.
using Route = std::vector<wire::IpAddress>;

/// The way back of a datagram that came by a completed source route: its last router first, and its source at
/// the end. Nothing where it carries none.
[[nodiscard]] std::optional<Route> return_route(const wire::Packet& packet);
/// Where a datagram that was just sent goes: its destination, and what a source route names after it.
[[nodiscard]] Route route_ahead(const wire::Packet& packet);

class SourceRouteLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);

 private:
  std::optional<Route> user_ = {};      ///< what the active OPEN asked for
  std::optional<Route> first_ = {};     ///< the way back of the first datagram that had one
  std::optional<Route> replaced_ = {};  ///< the way back of a later one
  Reporter report_ = {};

  void judge(const Route& want, const Route& got, std::string_view id, const View& view, Findings& f);
};

}  // namespace tcpjury::model
