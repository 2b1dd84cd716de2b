// What a TOML text must not contain, found without recursion before a recursive parser sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tcpjury::scenario {

/// A place in a text, counted from 1.
struct TextPlace {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// Where brackets and braces open level `limit`+1, or one dotted key has more than `limit` dots; nothing
/// when the text stays within. Knows strings and comments; where the text is not TOML the answer is still
/// safe, since a parser stops at the first error and sees no more than was counted.
[[nodiscard]] std::optional<TextPlace> place_nested_deeper(std::string_view text, int limit);

/// Where an octet stands that no TOML text may hold: a control character other than tab and the ends of
/// lines, or one that does not belong to well-formed UTF-8 (RFC 3629). Nothing when all are fine.
[[nodiscard]] std::optional<TextPlace> place_of_no_text(std::string_view text);

}  // namespace tcpjury::scenario
