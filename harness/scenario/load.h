// Scenario files into variants, with everything that is wrong with them at once.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/diagnostic.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::scenario {

/// How a fuzzer found a scenario: the [found] table of a finding file.
struct Found {
  std::string target;
  std::string version;
  std::string profile;
  std::string seed;
  std::string fingerprint;
  friend bool operator==(const Found&, const Found&) = default;
};

/// Either variants or diagnostics: a file with a mistake runs nothing.
struct LoadResult {
  std::vector<Variant> variants;
  Diagnostics diagnostics;
  std::optional<Found> found = {};  ///< of the last file that has one
};

struct LoadOptions {
  /// The folder of scenarios. A file beneath it must have its path, without .toml, as its id; for any other
  /// file the last part is enough. Empty: no such folder.
  std::string scenario_dir = {};
};

/// Loads a text. `name` stands in diagnostics and is what the id is compared with if it ends in ".toml".
[[nodiscard]] LoadResult load_text(std::string_view text, const std::string& name,
                                   const LoadOptions& options = {});
/// Loads a file of at most 1 MiB.
[[nodiscard]] LoadResult load_file(const std::string& path, const LoadOptions& options = {});
/// Loads all of them; complains as well when two give the same id. One bad file leaves no variants at all.
[[nodiscard]] LoadResult load_files(std::span<const std::string> paths, const LoadOptions& options = {});

}  // namespace tcpjury::scenario
