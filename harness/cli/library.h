// Scenario files: found, loaded and chosen.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/diagnostic.h"
#include "harness/base/result.h"
#include "harness/cli/args.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::cli {

/// Every scenario file at `path`: itself, or what lies below it, sorted. The folders invalid, requirements,
/// profiles and schema hold no scenarios to run and are left out below a folder.
Result<std::vector<std::string>> scenario_files(const std::filesystem::path& path);

/// Files with mistakes: nothing may run.
struct InvalidFiles {
  Diagnostics diagnostics;
};
/// A name that means nothing here.
struct UnknownName {
  Error error;
};
using Library = std::variant<std::vector<scenario::Variant>, InvalidFiles, UnknownName>;

/// The cases that `names` mean (files, folders, ids, patterns), in the order of the names, each once; all
/// shipped ones when there are no names.
[[nodiscard]] Library load_cases(const std::vector<std::string>& names);

/// One file, for a worker.
Result<std::vector<scenario::Variant>> load_case_file(const std::string& file);

/// The selection that a plan and the flags make together.
Result<runner::Selection> selection_of(const CaseChoice& choice, std::uint32_t repeat);

}  // namespace tcpjury::cli
