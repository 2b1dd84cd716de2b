// "Did you mean ...?": the known word nearest to a misspelt one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tcpjury {

/// The entry of `known` nearest to `word` by edit distance, if it is near enough to be a likely
/// slip (distance at most a third of the word's length, and at least one). Ties: the first.
[[nodiscard]] std::optional<std::string> suggest(std::string_view word,
                                                 std::span<const std::string_view> known);

}  // namespace tcpjury
