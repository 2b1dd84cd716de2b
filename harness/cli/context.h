// What reports need beside the record: the catalogue, source lines, and how the run is called.
#pragma once

#include <string>

#include "reports/common/context.h"

namespace tcpjury::cli {

[[nodiscard]] reports::Context report_context(std::string run);

}  // namespace tcpjury::cli
