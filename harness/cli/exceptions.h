// Requirements that no run evaluates, each with the reason: scenarios/requirements/exceptions.toml.
//
//   [[exception]]
//   id = "RFC9293-MUST-99"
//   reason = "..."           # why a black-box tester cannot decide it, or who decides it instead
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/base/diagnostic.h"

namespace tcpjury::cli {

using Exceptions = std::map<std::string, std::string, std::less<>>;  ///< reason by id

/// Diagnostics R001 to R003 as for every such list, R004 for an id that is not in the catalogue, R005 for one
/// that stands twice; then nothing.
[[nodiscard]] Exceptions parse_exceptions(std::string_view text, const std::string& file,
                                          Diagnostics& diagnostics);

/// The shipped list; empty when there is none.
[[nodiscard]] Exceptions shipped_exceptions(Diagnostics& diagnostics);

}  // namespace tcpjury::cli
