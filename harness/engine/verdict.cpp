#include "harness/engine/verdict.h"

#include <array>

namespace tcpjury::engine {
namespace {

constexpr std::array<std::string_view, verdict_count> names{
    "pass", "warn", "fail", "xfail", "xpass", "inconclusive", "not-applicable", "error"};

}  // namespace

std::string_view to_string(Verdict v) { return names[static_cast<std::size_t>(v)]; }

std::optional<Verdict> parse_verdict(std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return static_cast<Verdict>(i);
  }
  return std::nullopt;
}

}  // namespace tcpjury::engine
