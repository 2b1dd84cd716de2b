// Where in the sources of the model a requirement is judged.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tcpjury::cli {

/// A literal of the model's sources that may name a requirement or an event of a row.
struct Citation {
  std::string_view literal;
  std::string_view file;  ///< from the root of the repository
  unsigned line = 0;
};
/// Generated at build time, in the order of the files and their lines.
[[nodiscard]] std::span<const Citation> citation_table();

/// "harness/model/emission_syn.cpp:42" for each place that names the requirement, or, for a row of event
/// processing (RFC9293-3.10.7.4-SYN-INWND-ESTAB), that names its event; each once.
[[nodiscard]] std::vector<std::string> cited_at(std::string_view requirement);

}  // namespace tcpjury::cli
