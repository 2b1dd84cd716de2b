// A page for a pull request or a certificate's appendix: what was asked of the stack and what it did.
#pragma once

#include <string>

#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports {

/// GitHub-flavoured Markdown: counts, broken rules, open cases, and a table of every requirement the run
/// touched. Text from outside is escaped, so that it can neither break a table nor become HTML.
[[nodiscard]] std::string markdown_report(const runner::RunRecord& record, const Context& context);

}  // namespace tcpjury::reports
