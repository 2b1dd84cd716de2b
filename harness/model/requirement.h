// The catalogue of requirements: what the RFCs ask of a stack, by stable id.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tcpjury::model {

/// RFC 2119 level. must_not and should_not are kept apart since they are judged by what is absent.
enum class Level : std::uint8_t { must, must_not, should, should_not, recommended, may };
/// "MUST NOT"
[[nodiscard]] std::string_view to_string(Level level);
/// Reads "MUST NOT" and the like; nothing for any other word.
[[nodiscard]] std::optional<Level> parse_level(std::string_view text);

/// How a black-box tester can see it.
enum class Observable : std::uint8_t { wire, wire_and_app, app, internal };
/// "wire+app"
[[nodiscard]] std::string_view to_string(Observable o);

/// One requirement. `id` is stable: RFC9293-MUST-n are the RFC's own labels, the others are the project's,
/// RFC9293-3.10.7.x-EVENT-STATE for event processing.
struct Requirement {
  std::string_view id;
  Level level;
  std::uint16_t rfc;
  std::string_view section;
  std::string_view summary;
  Observable observable;
  std::string_view area;
  std::string_view states;      ///< RFC spellings separated by one blank
  std::string_view stimulus;    ///< how it is provoked
  std::string_view pass;        ///< what a conforming stack does
  std::string_view roles;       ///< "active-open", "passive-open", or "any"
  std::string_view applies_if;  ///< the condition under which it binds; empty: always
  std::string_view note;        ///< errata, conflicts, deployed practice; may be empty
};

/// Every requirement, sorted by id. Built in: generated from scenarios/requirements/*.toml.
[[nodiscard]] std::span<const Requirement> requirement_catalogue();
/// Binary search; null when there is no such id.
[[nodiscard]] const Requirement* find_requirement(std::string_view id);

}  // namespace tcpjury::model
