// JUnit XML in the dialect Jenkins reads, for any CI system.
#pragma once

#include <string>

#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports {

/// One suite a topic, one case a scenario and variant. fail and xpass are failures, error is an error;
/// inconclusive, not-applicable and xfail are skipped with the reason; warn passes with the property
/// `verdict`. The ladder of each case stands in system-out. Characters XML forbids are dropped.
[[nodiscard]] std::string junit_report(const runner::RunRecord& record, const Context& context);

}  // namespace tcpjury::reports
