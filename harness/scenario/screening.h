// What a TOML text must not contain, found without recursion before a recursive parser sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tcpjury::scenario {

/// A place in a text, counted from 1; columns count characters.
struct TextPlace {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

struct Objection {
  enum class Kind : std::uint8_t {
    no_text,    ///< a control character other than tab and the ends of lines, or no well-formed UTF-8 (RFC
                ///< 3629)
    misplaced,  ///< a character outside ASCII that stands neither in a string nor in a comment, or is escaped
    deep,       ///< brackets and braces open too many levels, or a dotted key has too many dots
  } kind = Kind::no_text;
  TextPlace place = {};
};

/// The first objection of the first kind that applies; nothing when the text may be parsed. Knows strings and
/// comments; where the text is not TOML the answer is still safe, since a parser stops at the first error and
/// sees no more than was screened.
[[nodiscard]] std::optional<Objection> screen(std::string_view text, int nesting_limit);

}  // namespace tcpjury::scenario
