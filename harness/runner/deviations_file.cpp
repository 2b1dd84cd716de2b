// Reads deviations.toml; complaints have the codes D001 to D008.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <set>

#include "harness/base/suggest.h"
#include "harness/runner/deviations.h"
#include "harness/scenario/document.h"

namespace tcpjury::runner {
namespace {

using scenario::Member;
using scenario::Node;

constexpr std::array<std::string_view, 10> fields{"id",       "requirement", "state",  "event",  "pattern",
                                                  "versions", "scenario",    "always", "reason", "source"};
constexpr std::array<std::string_view, 7> obligatory{"id",      "requirement", "state", "event",
                                                     "pattern", "reason",      "source"};

class EntryReader {
 public:
  EntryReader(const std::string& file, Diagnostics& diagnostics) : file_{file}, diagnostics_{diagnostics} {}

  void complain(std::string code, std::uint32_t line, std::uint32_t column, std::string message,
                std::string hint = {}) {
    diagnostics_.push_back({std::move(code), {file_, line, column}, std::move(message), std::move(hint)});
  }

  Deviation read(const Node& table) {
    for (const Member& member : table.members) check_field(member);
    for (const std::string_view field : obligatory) {
      if (table.find(field) != nullptr) continue;
      complain("D003", table.line, table.column, fmt::format("the entry lacks '{}'", field),
               "an entry needs id, requirement, state, event, pattern, reason and source");
    }
    Deviation entry{.id = text(table, "id"),
                    .requirement = text(table, "requirement"),
                    .state = text(table, "state"),
                    .event = text(table, "event"),
                    .pattern = text(table, "pattern"),
                    .versions = text(table, "versions"),
                    .scenario = text(table, "scenario"),
                    .always = false,
                    .reason = text(table, "reason"),
                    .source = text(table, "source")};
    if (const Member* always = table.find("always")) entry.always = always->value.integer != 0;
    check_sense(table, entry);
    return entry;
  }

 private:
  static std::string text(const Node& table, std::string_view field) {
    const Member* member = table.find(field);
    return member == nullptr ? std::string{} : member->value.text;
  }

  void check_field(const Member& member) {
    if (std::ranges::find(fields, member.key) == fields.end()) {
      const auto near = suggest(member.key, fields);
      complain("D002", member.line, member.column, fmt::format("unknown field '{}'", member.key),
               near ? fmt::format("did you mean '{}'?", *near) : std::string{});
      return;
    }
    const bool is_flag = member.key == "always";
    const auto wanted = is_flag ? Node::Kind::boolean : Node::Kind::string;
    if (member.value.kind != wanted) {
      complain("D004", member.value.line, member.value.column,
               fmt::format("'{}' must be {}", member.key, scenario::describe(wanted)));
    } else if (!is_flag && member.value.text.empty()) {
      complain("D004", member.value.line, member.value.column, fmt::format("'{}' is empty", member.key));
    }
  }

  void check_sense(const Node& table, const Deviation& entry) {
    if (!entry.id.empty() && !ids_.insert(entry.id).second) {
      complain("D005", table.line, table.column, fmt::format("a second entry is called '{}'", entry.id));
    }
    const auto anything = [](std::string_view pattern) {
      return !pattern.empty() && pattern.find_first_not_of('*') == std::string_view::npos;
    };
    if (anything(entry.state) && anything(entry.event)) {
      complain("D006", table.line, table.column, "state and event both match anything",
               "an entry must not cover every way to break its requirement; write one an event or state");
    }
    if (entry.always && entry.scenario.empty()) {
      complain("D007", table.line, table.column, "'always' needs 'scenario'",
               "say in which scenarios the deviation always shows");
    }
    if (entry.pattern.size() > 2 && entry.pattern.front() == '/' && entry.pattern.back() == '/') {
      check_regex(table, entry.pattern.substr(1, entry.pattern.size() - 2));
    }
  }

  void check_regex(const Node& table, const std::string& expression) {
    // The library's only way to say no is an exception.
    try {
      static_cast<void>(std::regex{expression});
    } catch (const std::regex_error& error) {
      complain("D008", table.line, table.column,
               fmt::format("the regular expression is wrong: {}", error.what()));
    }
  }

  const std::string& file_;
  Diagnostics& diagnostics_;
  std::set<std::string> ids_ = {};
};

}  // namespace

std::vector<Deviation> parse_deviations(std::string_view text, const std::string& file,
                                        Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  const auto document = scenario::parse_document(text, file, diagnostics);
  if (!document) return {};
  EntryReader reader{file, diagnostics};
  std::vector<Deviation> entries;
  for (const Member& member : document->members) {
    const bool tables = member.key == "deviation" && member.value.kind == Node::Kind::array &&
                        std::ranges::all_of(member.value.items,
                                            [](const Node& item) { return item.kind == Node::Kind::table; });
    if (!tables) {
      reader.complain("D001", member.line, member.column, fmt::format("unexpected '{}'", member.key),
                      "the file is a list of [[deviation]] tables");
      continue;
    }
    for (const Node& item : member.value.items) entries.push_back(reader.read(item));
  }
  if (diagnostics.size() != before) return {};
  return entries;
}

}  // namespace tcpjury::runner
