// Rows of text as a table, as bare ids, or as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/args.h"

namespace tcpjury::cli {

/// `name` is the member's name in JSON and, in capitals, the head of the column.
struct Column {
  std::string_view name;
};
/// The first cell of a row is its id. Table: aligned columns with a head. Plain: the ids, one a line. JSON:
/// an array of objects.
struct Listing {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows = {};
};
[[nodiscard]] std::string render(const Listing& listing, Format format);

}  // namespace tcpjury::cli
