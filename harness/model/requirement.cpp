#include "harness/model/requirement.h"

#include <algorithm>
#include <array>

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
  const auto catalogue = requirement_catalogue();
  const auto at = std::ranges::lower_bound(catalogue, id, {}, &Requirement::id);
  return at != catalogue.end() && at->id == id ? &*at : nullptr;
}

}  // namespace tcpjury::model
