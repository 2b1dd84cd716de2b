// From the words of a command line to scenario files.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/base/diagnostic.h"

namespace tcpjury::scenario {

/// A file, and which of its variants are meant.
struct Selected {
  std::string file;
  std::string variant;  ///< "family=v4,state=CLOSING"; empty: all of them
  friend auto operator<=>(const Selected&, const Selected&) = default;
};

struct Discovery {
  std::vector<Selected> files;  ///< in the order of the arguments, those of a folder sorted, none twice
  Diagnostics diagnostics;
};

/// Each argument is a file, a folder, the id of a scenario ("handshake/passive-open", with "[variant]" or
/// without), or an id of a folder of them ("handshake"). Without arguments: everything in `scenario_dir`.
/// Folders called requirements, profiles, plans, schema and invalid hold no scenarios and are passed over,
/// unless an argument names them.
[[nodiscard]] Discovery discover(std::span<const std::string> arguments, const std::string& scenario_dir);

/// The ids of all scenarios beneath `scenario_dir`, sorted, by their paths alone.
[[nodiscard]] std::vector<std::string> scenario_ids(const std::string& scenario_dir);

}  // namespace tcpjury::scenario
