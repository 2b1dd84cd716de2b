#include "harness/engine/judge_input.h"

#include "harness/base/assert.h"

namespace tcpjury::engine {

model::TargetFacts facts_of(const TargetTraits& traits) {
  return {.clock = traits.clock,
          .msl = traits.msl,
          .clock_resolution = traits.clock_resolution,
          .mtu = traits.mtu};
}

model::UserNotice::Kind notice_kind(scenario::UserEvent e) {
  using enum scenario::UserEvent;
  switch (e) {
    case opened:
      return model::UserNotice::Kind::opened;
    case accepted:
      return model::UserNotice::Kind::accepted;
    case readable:
      return model::UserNotice::Kind::readable;
    case peer_closed:
      return model::UserNotice::Kind::peer_closed;
    case reset:
      return model::UserNotice::Kind::reset;
    case error:
      return model::UserNotice::Kind::error;
    case closed:
      return model::UserNotice::Kind::closed;
    case urgent:
      return model::UserNotice::Kind::urgent;
    case soft_error:
      return model::UserNotice::Kind::soft_error;
  }
  TCPJURY_UNREACHABLE();
}

bool ends_connection(scenario::UserEvent e) {
  return e == scenario::UserEvent::reset || e == scenario::UserEvent::error ||
         e == scenario::UserEvent::closed;
}

}  // namespace tcpjury::engine
