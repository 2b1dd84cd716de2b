// Text that came from anywhere, made safe and tidy for people: a target's words may hold any octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/base/time.h"

namespace tcpjury::reports {

/// One step through UTF-8 text. Octets that are no UTF-8 (RFC 3629: overlong forms, surrogates and numbers
/// above 10FFFF included) come out one at a time with `valid` false and `value` the octet.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;  ///< octets it takes
  bool valid = false;
};
/// The first code point of `text`, which must not be empty.
[[nodiscard]] CodePoint first_code_point(std::string_view text);
void append_utf8(std::string& out, char32_t value);

/// `text` with U+FFFD in place of every octet that is no UTF-8.
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// One line that is safe on a terminal and in a log: line feeds, other control characters, invisible
/// direction changes and stray octets become visible escapes (\n, \x1b, \u202e).
[[nodiscard]] std::string printable(std::string_view text);

/// Columns `text` takes, one for a code point.
[[nodiscard]] std::size_t columns(std::string_view text);
/// At most `most` columns; what was cut ends in "...".
[[nodiscard]] std::string clip(std::string_view text, std::size_t most);
/// Filled with blanks on the right up to `width` columns; longer text is left alone.
[[nodiscard]] std::string pad(std::string_view text, std::size_t width);
/// Lines of at most `width` columns, broken at blanks; a word longer than a line is cut hard.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// "0.312", "60.100": seconds with three digits, rounded towards zero so that nothing looks late.
[[nodiscard]] std::string seconds(Duration d);
/// Exact decimal seconds without needless zeros: "0.0002", "7200", "-1.5".
[[nodiscard]] std::string exact_seconds(Duration d);
/// Lower-case hexadecimal, two digits an octet.
[[nodiscard]] std::string hex(BytesView octets);
/// The word as a POSIX shell reads it back: quoted only where it must be.
[[nodiscard]] std::string shell_word(std::string_view word);

}  // namespace tcpjury::reports
