// Who may include whom. The direction is a rule of the design; here it is a function.
#pragma once

#include "harness/tools/source_tree.h"

namespace tcpjury::tools {

/// The layer a file belongs to: "wire" for harness/wire/x.h, "targets/lwip", "reports/json", "fuzz".
/// Empty for a file that stands in no layer.
[[nodiscard]] std::string layer_of(std::string_view path);

/// Every #include of `file` that goes against the direction of the layers, is not written from the root of
/// the repository, or takes a heavy library header outside the file that owns it.
[[nodiscard]] Findings check_includes(const SourceFile& file);

}  // namespace tcpjury::tools
