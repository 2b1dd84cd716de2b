#include "harness/scenario/scenario.h"

#include "harness/base/assert.h"

namespace tcpjury::scenario {

std::string_view to_string(UserEvent e) {
  switch (e) {
    case UserEvent::opened:
      return "opened";
    case UserEvent::accepted:
      return "accepted";
    case UserEvent::readable:
      return "readable";
    case UserEvent::peer_closed:
      return "peer-closed";
    case UserEvent::reset:
      return "reset";
    case UserEvent::error:
      return "error";
    case UserEvent::closed:
      return "closed";
    case UserEvent::urgent:
      return "urgent";
    case UserEvent::soft_error:
      return "soft-error";
  }
  TCPJURY_UNREACHABLE();
}

std::string_view to_string(Tier t) {
  switch (t) {
    case Tier::fast:
      return "fast";
    case Tier::slow:
      return "slow";
    case Tier::rare:
      return "rare";
  }
  TCPJURY_UNREACHABLE();
}

std::string_view to_string(Capability c) {
  switch (c) {
    case Capability::ipv4:
      return "ipv4";
    case Capability::ipv6:
      return "ipv6";
    case Capability::open_passive:
      return "open-passive";
    case Capability::open_active:
      return "open-active";
    case Capability::send:
      return "send";
    case Capability::receive:
      return "receive";
    case Capability::close:
      return "close";
    case Capability::release:
      return "release";
    case Capability::abort:
      return "abort";
    case Capability::status:
      return "status";
    case Capability::nagle:
      return "nagle";
    case Capability::keepalive:
      return "keepalive";
    case Capability::user_timeout:
      return "user-timeout";
    case Capability::diffserv:
      return "diffserv";
    case Capability::ttl:
      return "ttl";
    case Capability::error_reports:
      return "error-reports";
    case Capability::urgent:
      return "urgent";
    case Capability::source_route:
      return "source-route";
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace tcpjury::scenario
