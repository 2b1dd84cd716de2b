#include "harness/model/requirement.h"

#include <array>
#include <unordered_map>

#include "harness/base/assert.h"

namespace tcpjury::model {
namespace {

constexpr std::array all_levels{Level::must,       Level::must_not,    Level::should,
                                Level::should_not, Level::recommended, Level::may};

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::must:
      return "MUST";
    case Level::must_not:
      return "MUST NOT";
    case Level::should:
      return "SHOULD";
    case Level::should_not:
      return "SHOULD NOT";
    case Level::recommended:
      return "RECOMMENDED";
    case Level::may:
      return "MAY";
  }
  TCPJURY_UNREACHABLE();
}

std::optional<Level> parse_level(std::string_view text) {
  for (const Level level : all_levels) {
    if (to_string(level) == text) return level;
  }
  return std::nullopt;
}

std::string_view to_string(Observable o) {
  switch (o) {
    case Observable::wire:
      return "wire";
    case Observable::wire_and_app:
      return "wire+app";
    case Observable::app:
      return "app";
    case Observable::internal:
      return "internal";
  }
  TCPJURY_UNREACHABLE();
}

const Requirement* find_requirement(std::string_view id) {
  static const std::unordered_map<std::string_view, const Requirement*> by_id = [] {
    std::unordered_map<std::string_view, const Requirement*> all;
    for (const Requirement& r : requirement_catalogue()) all.emplace(r.id, &r);
    return all;
  }();
  const auto at = by_id.find(id);
  return at != by_id.end() ? at->second : nullptr;
}

}  // namespace tcpjury::model
