// The verdicts a case can get, from best to worst within a run's exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tcpjury::engine {

enum class Verdict : std::uint8_t {
  pass,
  warn,            ///< a SHOULD was broken
  fail,            ///< a MUST was broken
  xfail,           ///< failed as deviations.toml expects
  xpass,           ///< passed although deviations.toml expects a failure
  inconclusive,    ///< could not be decided; the reason says which observation was lacking
  not_applicable,  ///< the target lacks a capability; the reason names it
  error,           ///< the environment or the target's adapter failed, nothing was judged
};
inline constexpr std::size_t verdict_count = 8;
/// As in reports: "not-applicable".
[[nodiscard]] std::string_view to_string(Verdict v);
[[nodiscard]] std::optional<Verdict> parse_verdict(std::string_view text);

}  // namespace tcpjury::engine
