#include "harness/cli/exceptions.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <sstream>
#include <vector>

#include "harness/base/suggest.h"
#include "harness/cli/places.h"
#include "harness/cli/reasons.h"
#include "harness/model/requirement.h"

namespace tcpjury::cli {
namespace {

constexpr std::array<std::string_view, 2> fields{"id", "reason"};

std::string nearest_id(const std::string& word) {
  std::vector<std::string_view> known;
  for (const model::Requirement& one : model::requirement_catalogue()) known.push_back(one.id);
  const auto near = suggest(word, known);
  return near ? fmt::format("did you mean '{}'?", *near) : std::string{};
}

}  // namespace

Exceptions parse_exceptions(std::string_view text, const std::string& file, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  Exceptions exceptions;
  for (const ReasonEntry& entry : parse_reasons(text, file, "exception", fields, diagnostics)) {
    const std::string& id = entry.field("id");
    const SourceRegion where{file, entry.line};
    if (model::find_requirement(id) == nullptr)
      diagnostics.push_back(
          {"R004", where, fmt::format("no requirement is called '{}'", id), nearest_id(id)});
    if (!exceptions.emplace(id, entry.field("reason")).second)
      diagnostics.push_back({"R005", where, fmt::format("'{}' stands twice", id)});
  }
  if (diagnostics.size() != before) return {};
  return exceptions;
}

Exceptions shipped_exceptions(Diagnostics& diagnostics) {
  const auto folder = scenario_folder();
  if (!folder) return {};
  const auto file = *folder / "requirements/exceptions.toml";
  std::ifstream in{file};
  if (!in) return {};
  std::ostringstream text;
  text << in.rdbuf();
  return parse_exceptions(text.str(), file.string(), diagnostics);
}

}  // namespace tcpjury::cli
