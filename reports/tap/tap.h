// TAP version 14, for prove, kselftest and whatever else counts "ok".
#pragma once

#include <string>

#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports {

/// One test point a case. fail, xpass and error are "not ok"; xfail is "not ok # TODO" (which consumers do
/// not count as a failure); inconclusive and not-applicable are "ok # SKIP". Details follow as YAML.
/// An interrupted run ends with "Bail out!".
[[nodiscard]] std::string tap_report(const runner::RunRecord& record, const Context& context);

}  // namespace tcpjury::reports
