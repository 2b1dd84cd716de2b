#include "harness/scenario/nesting.h"

namespace tcpjury::scenario {
namespace {

class Scanner {
 public:
  Scanner(std::string_view text, int limit) : text_{text}, limit_{limit} {}

  std::optional<TextPlace> run() {
    while (at_ < text_.size()) {
      if (!step()) return place();
    }
    return std::nullopt;
  }

 private:
  /// False when the limit is passed at this place.
  bool step() {
    const char c = text_[at_];
    switch (c) {
      case '"':
      case '\'':
        skip_string(c);
        return true;
      case '#':
        skip_comment();
        return true;
      case '.':
        if (++dots_ > limit_) return false;
        break;
      case '[':
      case '{':
        dots_ = 0;
        if (++depth_ > limit_) return false;
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
        break;
    }
    ++at_;
    return true;
  }

  void skip_comment() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }

  /// Past the closing mark; a string of one line also ends with its line, where a parser gives up.
  void skip_string(char mark) {
    const std::string_view triple = mark == '"' ? R"(""")" : "'''";
    const bool multiline = text_.substr(at_, 3) == triple;
    at_ += multiline ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (mark == '"' && c == '\\') {
        at_ += 2;
      } else if (multiline ? text_.substr(at_, 3) == triple : c == mark) {
        at_ += multiline ? 3 : 1;
        // Up to two more marks belong to a multi-line string.
        while (multiline && at_ < text_.size() && text_[at_] == mark) ++at_;
        return;
      } else if (!multiline && c == '\n') {
        return;
      } else {
        ++at_;
      }
    }
  }

  [[nodiscard]] TextPlace place() const {
    TextPlace where;
    for (const char c : text_.substr(0, at_)) {
      if (c == '\n') {
        ++where.line;
        where.column = 1;
      } else if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) {
        ++where.column;
      }
    }
    return where;
  }

  std::string_view text_;
  int limit_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int dots_ = 0;
};

}  // namespace

std::optional<TextPlace> place_nested_deeper(std::string_view text, int limit) {
  return Scanner{text, limit}.run();
}

}  // namespace tcpjury::scenario
