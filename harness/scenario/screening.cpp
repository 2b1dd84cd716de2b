#include "harness/scenario/screening.h"

#include <algorithm>

namespace tcpjury::scenario {
namespace {

constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

constexpr bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

TextPlace place_of(std::string_view text, std::size_t at) {
  TextPlace where;
  for (const char c : text.substr(0, at)) {
    if (c == '\n') {
      ++where.line;
      where.column = 1;
    } else if (!continues_a_character(c)) {
      ++where.column;
    }
  }
  return where;
}

/// The octets of the character that begins `text`; 0 when it is not well-formed (RFC 3629 section 4).
std::size_t character_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const bool control = first < 0x20 && first != '\t' && first != '\n' && first != '\r';
  if (control || first == 0x7f) return 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues_a_character(text[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second > 0x9f;
  const bool beyond = first == 0xf4 && second > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

/// Walks over keys and values, jumping over strings and comments.
class Scanner {
 public:
  Scanner(std::string_view text, int limit) : text_{text}, limit_{limit} {}

  std::optional<Objection> run() {
    while (at_ < text_.size()) {
      if (const auto kind = step()) return Objection{*kind, place_of(text_, at_)};
    }
    return std::nullopt;
  }

 private:
  using Kind = Objection::Kind;

  std::optional<Kind> step() {
    const char c = text_[at_];
    switch (c) {
      case '"':
      case '\'':
        return skip_string(c);
      case '#':
        skip_comment();
        return std::nullopt;
      case '.':
        if (++dots_ > limit_) return Kind::deep;
        break;
      case '[':
      case '{':
        dots_ = 0;
        if (++depth_ > limit_) return Kind::deep;
        break;
      case ']':
      case '}':
        dots_ = 0;
        if (depth_ > 0) --depth_;
        break;
      case '=':
      case ',':
      case '\n':
        dots_ = 0;
        break;
      default:
        if (!is_ascii(c)) return Kind::misplaced;
        break;
    }
    ++at_;
    return std::nullopt;
  }

  void skip_comment() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  /// Past the closing mark; a string of one line also ends with its line, where a parser gives up.
  std::optional<Kind> skip_string(char mark) {
    const std::string_view triple = mark == '"' ? R"(""")" : "'''";
    const bool multiline = text_.substr(at_, 3) == triple;
    at_ += multiline ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (mark == '"' && c == '\\') {
        ++at_;
        // A backslash swallows the blanks and line ends behind it.
        if (multiline) at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
        if (at_ < text_.size() && !is_ascii(text_[at_])) return Kind::misplaced;
        if (at_ < text_.size() && (text_[at_] == '\\' || text_[at_] == '"')) ++at_;
      } else if (multiline ? text_.substr(at_, 3) == triple : c == mark) {
        at_ += multiline ? 3 : 1;
        // Up to two more marks belong to a multi-line string.
        while (multiline && at_ < text_.size() && text_[at_] == mark) ++at_;
        return std::nullopt;
      } else if (!multiline && c == '\n') {
        return std::nullopt;
      } else {
        ++at_;
      }
    }
    return std::nullopt;
  }

  std::string_view text_;
  int limit_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int dots_ = 0;
};

}  // namespace

std::optional<Objection> screen(std::string_view text, int nesting_limit) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    if (length == 0) return Objection{Objection::Kind::no_text, place_of(text, at)};
    at += length;
  }
  return Scanner{text, nesting_limit}.run();
}

}  // namespace tcpjury::scenario
