// What a target declares and tells its user, as the judge takes it.
#pragma once

#include "harness/engine/target_port.h"
#include "harness/model/judge.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::engine {

[[nodiscard]] model::TargetFacts facts_of(const TargetTraits& traits);
[[nodiscard]] model::UserNotice::Kind notice_kind(scenario::UserEvent event);
/// True for events after which the handle is gone.
[[nodiscard]] bool ends_connection(scenario::UserEvent event);

}  // namespace tcpjury::engine
