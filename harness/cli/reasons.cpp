#include "harness/cli/reasons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "harness/base/suggest.h"
#include "harness/scenario/document.h"

namespace tcpjury::cli {
namespace {

using scenario::Member;
using scenario::Node;

class Reader {
 public:
  Reader(const std::string& file, std::span<const std::string_view> fields, Diagnostics& diagnostics)
      : file_{file}, fields_{fields}, diagnostics_{diagnostics} {}

  void complain(std::string code, std::uint32_t line, std::uint32_t column, std::string message,
                std::string hint = {}) {
    diagnostics_.push_back({std::move(code), {file_, line, column}, std::move(message), std::move(hint)});
  }

  ReasonEntry read(const Node& table) {
    ReasonEntry entry{.line = table.line};
    for (const Member& member : table.members) {
      if (std::ranges::find(fields_, member.key) == fields_.end()) {
        const auto near = suggest(member.key, fields_);
        complain("R002", member.line, member.column, fmt::format("unknown field '{}'", member.key),
                 near ? fmt::format("did you mean '{}'?", *near) : std::string{});
      } else if (member.value.kind != Node::Kind::string ||
                 member.value.text.find_first_not_of(" \t\r\n") == std::string::npos) {
        complain("R003", member.value.line, member.value.column,
                 fmt::format("'{}' must be a text that is not empty", member.key));
      }
      entry.fields[member.key] = member.value.text;
    }
    for (const std::string_view field : fields_) {
      if (entry.fields.contains(field)) continue;
      complain("R003", table.line, table.column, fmt::format("the entry lacks '{}'", field),
               fmt::format("an entry has {}", fmt::join(fields_, ", ")));
    }
    return entry;
  }

 private:
  const std::string& file_;
  std::span<const std::string_view> fields_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<ReasonEntry> parse_reasons(std::string_view text, const std::string& file, std::string_view table,
                                       std::span<const std::string_view> fields, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  const auto document = scenario::parse_document(text, file, diagnostics);
  if (!document) return {};
  Reader reader{file, fields, diagnostics};
  std::vector<ReasonEntry> entries;
  for (const Member& member : document->members) {
    const bool tables = member.key == table && member.value.kind == Node::Kind::array &&
                        std::ranges::all_of(member.value.items,
                                            [](const Node& item) { return item.kind == Node::Kind::table; });
    if (!tables) {
      reader.complain("R001", member.line, member.column, fmt::format("unexpected '{}'", member.key),
                      fmt::format("the file is a list of [[{}]] tables", table));
      continue;
    }
    for (const Node& item : member.value.items) entries.push_back(reader.read(item));
  }
  if (diagnostics.size() != before) return {};
  return entries;
}

std::vector<ReasonEntry> read_reasons(const std::string& file, std::string_view table,
                                      std::span<const std::string_view> fields, Diagnostics& diagnostics) {
  std::ifstream in{file};
  if (!in) {
    diagnostics.push_back({"R001", {file}, "the file cannot be read"});
    return {};
  }
  std::ostringstream text;
  text << in.rdbuf();
  return parse_reasons(text.str(), file, table, fields, diagnostics);
}

}  // namespace tcpjury::cli
