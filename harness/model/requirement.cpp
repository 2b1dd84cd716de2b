#include "harness/model/requirement.h"

#include <array>
#include <functional>
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
  // Most ids are literals that are asked for several times an event: where one lies tells which it may be.
  struct Asked {
    const char* place = nullptr;
    const Requirement* found = nullptr;
  };
  thread_local std::array<Asked, 1024> asked{};
  const std::size_t address = std::hash<const char*>{}(id.data());
  Asked& slot = asked[(address ^ (address >> 10U)) % asked.size()];
  if (slot.place == id.data() && slot.found->id == id) return slot.found;
  const auto at = by_id.find(id);
  if (at == by_id.end()) return nullptr;
  slot = {id.data(), at->second};
  return at->second;
}

}  // namespace tcpjury::model
