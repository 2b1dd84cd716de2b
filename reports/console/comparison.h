// What came beside what was permitted, field by field.
#pragma once

#include <string>
#include <vector>

#include "harness/model/violation.h"

namespace tcpjury::reports {

/// Lines without indentation. Where both sides are in the RFC's notation they become a table with one row
/// a field and "differs" where no permitted value is the one that came; else they stand one below the
/// other.
[[nodiscard]] std::vector<std::string> got_and_want(const model::Violation& violation);

}  // namespace tcpjury::reports
