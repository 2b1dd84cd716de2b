// Files of exceptions from a rule of ours: tables of short texts, each with the reason why.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/diagnostic.h"

namespace tcpjury::cli {

/// One [[table]]: its fields, all of them texts that are not empty, and its line.
struct ReasonEntry {
  std::map<std::string, std::string, std::less<>> fields = {};
  std::uint32_t line = 0;
  [[nodiscard]] const std::string& field(std::string_view name) const { return fields.find(name)->second; }
};

/// Reads a list of [[table]] entries that each hold exactly `fields`. Nothing, and diagnostics R001 to R003,
/// when the text is anything else. An empty list is well-formed.
[[nodiscard]] std::vector<ReasonEntry> parse_reasons(std::string_view text, const std::string& file,
                                                     std::string_view table,
                                                     std::span<const std::string_view> fields,
                                                     Diagnostics& diagnostics);

/// The same for a file; R001 when it cannot be read.
[[nodiscard]] std::vector<ReasonEntry> read_reasons(const std::string& file, std::string_view table,
                                                    std::span<const std::string_view> fields,
                                                    Diagnostics& diagnostics);

}  // namespace tcpjury::cli
