// The machine-readable record of a run, schema tcpjury.run/1: written for others, read back by ourselves.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports {

/// The whole run as JSON (tcpjury.run.1.schema.json beside this file); one result a line. Octets that are
/// no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_report(const runner::RunRecord& record, const Context& context);

/// Reads what json_report() wrote, or what another tool wrote after the schema. Unknown members are
/// ignored, absent optional ones take their defaults; what contradicts the schema is an Error that names the
/// line or the member.
[[nodiscard]] Result<runner::RunRecord> read_run(std::string_view text);

}  // namespace tcpjury::reports
