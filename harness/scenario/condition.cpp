#include "harness/scenario/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/base/assert.h"

namespace tcpjury::scenario {
namespace {

constexpr std::size_t length_limit = 1024;
constexpr int depth_limit = 16;

constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
constexpr std::string_view digits = "0123456789";

bool holds(const Condition::Comparison& comparison, const std::string& left, bool& comparable) {
  using enum Condition::Relation;
  const std::string& right = comparison.values.front();
  switch (comparison.relation) {
    case equal:
      return left == right;
    case unequal:
      return left != right;
    case in:
      return std::ranges::find(comparison.values, left) != comparison.values.end();
    case less:
    case less_equal:
    case greater:
    case greater_equal:
      break;
  }
  const auto a = parse_number(left);
  const auto b = parse_number(right);
  comparable = comparable && a && b;
  if (!a || !b) return false;
  if (comparison.relation == less) return *a < *b;
  if (comparison.relation == less_equal) return *a <= *b;
  return comparison.relation == greater ? *a > *b : *a >= *b;
}

}  // namespace

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class ConditionParser {
 public:
  explicit ConditionParser(std::string_view text) : text_{text} {}

  bool run() {
    if (text_.size() > length_limit) {
      return complain(length_limit, fmt::format("a condition has at most {} characters", length_limit));
    }
    if (!either(0)) return false;
    return at_ == text_.size() || complain(at_, "expected 'and' or 'or'");
  }

  Condition condition = {};
  ConditionError error = {};

 private:
  bool complain(std::size_t at, std::string message) {
    error = {std::move(message), static_cast<std::uint32_t>(at + 1)};
    return false;
  }

  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  [[nodiscard]] std::string_view word_here() const {
    const std::size_t end = std::min(text_.find_first_not_of(name_letters, at_), text_.size());
    return text_.substr(at_, end - at_);
  }

  bool take_word(std::string_view word) {
    if (word_here() != word) return false;
    at_ += word.size();
    skip_blanks();
    return true;
  }

  bool take_mark(std::string_view mark) {
    if (text_.substr(at_, mark.size()) != mark) return false;
    at_ += mark.size();
    skip_blanks();
    return true;
  }

  bool either(int depth) {
    if (!both(depth)) return false;
    while (take_word("or")) {
      if (!both(depth)) return false;
      condition.program_.push_back(Condition::Operator::either);
    }
    return true;
  }

  bool both(int depth) {
    if (!one(depth)) return false;
    while (take_word("and")) {
      if (!one(depth)) return false;
      condition.program_.push_back(Condition::Operator::both);
    }
    return true;
  }

  bool one(int depth) {
    skip_blanks();
    if (depth >= depth_limit) return complain(at_, fmt::format("more than {} levels", depth_limit));
    const std::size_t begin = at_;
    if (take_word("not")) {
      if (!one(depth + 1)) return false;
      condition.program_.push_back(Condition::Operator::negate);
      return true;
    }
    if (take_mark("(")) {
      if (!either(depth + 1)) return false;
      return take_mark(")") || complain(at_, fmt::format("the '(' of column {} is not closed", begin + 1));
    }
    return comparison();
  }

  bool comparison() {
    Condition::Comparison result;
    result.column = static_cast<std::uint32_t>(at_ + 1);
    const std::string_view axis = word_here();
    const bool is_name = !axis.empty() && digits.find(axis[0]) == std::string_view::npos && axis[0] != '.';
    if (!is_name) return complain(at_, "expected the name of an axis, 'not' or '('");
    result.axis = std::string{axis};
    at_ += axis.size();
    skip_blanks();
    if (!relation(result.relation)) return false;
    if (result.relation == Condition::Relation::in) {
      if (!take_mark("[")) return complain(at_, "expected '[' after 'in'");
      do {
        if (!value(result)) return false;
      } while (take_mark(","));
      if (!take_mark("]")) return complain(at_, "expected ',' or ']'");
    } else if (!value(result)) {
      return false;
    }
    condition.comparisons_.push_back(std::move(result));
    condition.program_.push_back(Condition::Operator::compare);
    return true;
  }

  bool relation(Condition::Relation& found) {
    using enum Condition::Relation;
    constexpr std::array marks{std::pair{"==", equal},      std::pair{"!=", unequal},
                               std::pair{"<=", less_equal}, std::pair{">=", greater_equal},
                               std::pair{"<", less},        std::pair{">", greater}};
    for (const auto& [mark, relation] : marks) {
      if (take_mark(mark)) {
        found = relation;
        return true;
      }
    }
    if (take_word("in")) {
      found = in;
      return true;
    }
    return complain(at_, "expected '==', '!=', '<', '<=', '>', '>=' or 'in'");
  }

  bool value(Condition::Comparison& into) {
    const char mark = at_ < text_.size() ? text_[at_] : '\0';
    std::string_view found;
    if (mark == '\'' || mark == '"') {
      const std::size_t end = text_.find(mark, at_ + 1);
      if (end == std::string_view::npos) return complain(at_, "the quotation mark is not closed");
      found = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
    } else {
      found = word_here();
      if (!parse_number(found)) return complain(at_, "expected a number or a text in quotation marks");
      at_ += found.size();
    }
    into.values.emplace_back(found);
    skip_blanks();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<Condition> Condition::parse(std::string_view text, ConditionError& error) {
  ConditionParser parser{text};
  if (parser.run()) return std::move(parser.condition);
  error = std::move(parser.error);
  return std::nullopt;
}

std::optional<bool> Condition::evaluate(const Lookup& lookup) const {
  std::vector<bool> stack;
  auto next = comparisons_.begin();
  bool comparable = true;
  const auto pop = [&] {
    const bool top = stack.back();
    stack.pop_back();
    return top;
  };
  for (const Operator op : program_) {
    if (op == Operator::compare) {
      const auto left = lookup(next->axis);
      if (!left) return std::nullopt;
      stack.push_back(holds(*next++, *left, comparable));
    } else if (op == Operator::negate) {
      stack.back() = !stack.back();
    } else {
      const bool right = pop();
      const bool left = pop();
      stack.push_back(op == Operator::both ? left && right : left || right);
    }
  }
  TCPJURY_ASSERT(stack.size() == 1);
  if (!comparable) return std::nullopt;
  return stack.front();
}

}  // namespace tcpjury::scenario
