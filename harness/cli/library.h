// Scenario files: found, loaded and chosen.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "harness/base/diagnostic.h"
#include "harness/base/result.h"
#include "harness/cli/args.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::cli {

/// Files with mistakes: nothing may run.
struct InvalidFiles {
  Diagnostics diagnostics;
};
/// A name that means nothing here.
struct UnknownName {
  Error error;
};
using Library = std::variant<std::vector<scenario::Variant>, InvalidFiles, UnknownName>;

/// The cases that `names` mean (files, folders, ids, patterns with wildcards), in the order of the names,
/// each once; all shipped ones when there are no names. Only files that are meant are loaded.
[[nodiscard]] Library load_cases(const std::vector<std::string>& names);

/// One file, for a worker.
Result<std::vector<scenario::Variant>> load_case_file(const std::string& file);

/// The selection that a plan and the flags make together.
Result<runner::Selection> selection_of(const CaseChoice& choice, std::uint32_t repeat);

}  // namespace tcpjury::cli
