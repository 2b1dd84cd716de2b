// Which names an expression may use at a place of the scenario.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tcpjury::scenario {

/// A variable that the engine provides.
struct EngineVariable {
  std::string_view name;
  std::string_view doc;
};
/// All of them: "snd.nxt", "target.rcv.wnd", "mss", ...
[[nodiscard]] std::span<const EngineVariable> engine_variables();
[[nodiscard]] bool is_engine_variable(std::string_view name);

/// "snd", "rcv", "target", ...: what stands before a dot in one of them.
[[nodiscard]] bool is_engine_prefix(std::string_view name);

/// Names that a match or a send binds: upper-case letters, digits and '_', beginning with a letter, at
/// most 64.
[[nodiscard]] bool is_binding_name(std::string_view text);

/// The names known at one point of the steps. Copied where paths part, intersected where they meet.
struct NameScope {
  std::map<std::string, std::uint32_t, std::less<>> constants;  ///< numeric axes and [let]
  std::set<std::string, std::less<>> counters;                  ///< of the repeats around
  std::set<std::string, std::less<>> bound;                     ///< J, K, ...
  std::set<std::string, std::less<>> connections = {
      "main"};  ///< "second.snd.nxt" is a variable of another one

  [[nodiscard]] bool knows(std::string_view name) const;
  /// Everything that could stand here, for suggestions.
  [[nodiscard]] std::vector<std::string_view> all() const;
};

}  // namespace tcpjury::scenario
