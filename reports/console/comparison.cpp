#include "reports/console/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "reports/common/text.h"

namespace tcpjury::reports {
namespace {

constexpr std::size_t alternatives_max = 3;  // columns of the table; more no longer fit a terminal
constexpr std::size_t value_width_max = 24;
constexpr std::size_t line_width_max = 400;
constexpr std::string_view absent = "-";

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Reads "<SEQ=300><CTL=SYN>". Nothing when there is anything else in the text.
std::optional<Fields> read_notation(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::size_t end = text.find('>');
    if (text.front() != '<' || end == std::string_view::npos) return std::nullopt;
    const std::string_view field = text.substr(1, end - 1);
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    fields.emplace_back(printable(field.substr(0, equals)), printable(field.substr(equals + 1)));
    text.remove_prefix(end + 1);
  }
  if (fields.empty()) return std::nullopt;
  return fields;
}

std::string value_of(const Fields& fields, const std::string& name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
  return found == fields.end() ? std::string{absent} : clip(found->second, value_width_max);
}

std::vector<std::string> names_of(const std::vector<Fields>& segments) {
  std::vector<std::string> names;
  for (const Fields& fields : segments) {
    for (const auto& [name, value] : fields) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

/// `segments` are what came, followed by what was permitted.
std::vector<std::string> table(const std::vector<Fields>& segments) {
  std::vector<std::vector<std::string>> rows{{""}};
  for (std::size_t i = 0; i < segments.size(); ++i)
    rows[0].emplace_back(i == 0 ? "got" : i == 1 ? "want" : "or");
  for (const std::string& name : names_of(segments)) {
    std::vector<std::string> row{name};
    for (const Fields& fields : segments) row.push_back(value_of(fields, name));
    const bool permitted = std::find(row.begin() + 2, row.end(), row[1]) != row.end();
    row.emplace_back(permitted ? "" : "<- differs");
    rows.push_back(std::move(row));
  }
  std::vector<std::size_t> widths(segments.size() + 2, 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += pad(row[i], widths[i]) + "  ";
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> one_below_the_other(const model::Violation& v) {
  const auto line = [](std::string_view head, std::string_view text) {
    return fmt::format("{:<4}  {}", head, clip(printable(text), line_width_max));
  };
  std::vector<std::string> lines{line("got", v.got)};
  for (std::size_t i = 0; i < v.want.size(); ++i) lines.push_back(line(i == 0 ? "want" : "or", v.want[i]));
  return lines;
}

}  // namespace

std::vector<std::string> got_and_want(const model::Violation& violation) {
  std::vector<Fields> segments;
  if (auto got = read_notation(violation.got)) segments.push_back(std::move(*got));
  for (const std::string& want : violation.want) {
    if (auto fields = read_notation(want)) segments.push_back(std::move(*fields));
  }
  const bool all_read = segments.size() == violation.want.size() + 1;
  const bool fits = !violation.want.empty() && violation.want.size() <= alternatives_max;
  return all_read && fits ? table(segments) : one_below_the_other(violation);
}

}  // namespace tcpjury::reports
