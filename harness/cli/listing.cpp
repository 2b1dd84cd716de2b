#include "harness/cli/listing.h"

#include <algorithm>
#include <cctype>

#include "harness/base/assert.h"
#include "reports/common/text.h"
#include "reports/json/json_text.h"

namespace tcpjury::cli {
namespace {

std::string capitals(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

void add_line(std::string& out, const std::vector<std::string>& cells,
              const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += reports::pad(cells[i], widths[i]);
    line += "  ";
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

std::string table(const Listing& listing) {
  std::vector<std::string> head;
  for (const Column& column : listing.columns) head.push_back(capitals(column.name));
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < head.size(); ++i) {
    widths.push_back(reports::columns(head[i]));
    for (const auto& row : listing.rows) widths[i] = std::max(widths[i], reports::columns(row[i]));
  }
  std::string out;
  add_line(out, head, widths);
  for (const auto& row : listing.rows) add_line(out, row, widths);
  return out;
}

std::string json(const Listing& listing) {
  reports::JsonText text;
  text.begin_array();
  for (const auto& row : listing.rows) {
    text.line();
    text.begin_object();
    for (std::size_t i = 0; i < row.size(); ++i) text.member(listing.columns[i].name, row[i]);
    text.end_object();
  }
  text.end_array();
  return text.take() + "\n";
}

}  // namespace

std::string render(const Listing& listing, Format format) {
  switch (format) {
    case Format::table:
      return table(listing);
    case Format::json:
      return json(listing);
    case Format::plain: {
      std::string out;
      for (const auto& row : listing.rows) out += row.front() + "\n";
      return out;
    }
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace tcpjury::cli
