#include "harness/scenario/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/base/assert.h"
#include "harness/scenario/expression_parser.h"

namespace tcpjury::scenario {
namespace {

using std::string_view;

// The locale must not decide what a scenario means, so <cctype> is not asked.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_name_part(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; }

constexpr int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

std::string describe(char c) {
  const auto code = static_cast<unsigned char>(c);
  return code > 0x20 && code < 0x7f ? fmt::format("'{}'", c) : fmt::format("octet {:#04x}", code);
}

}  // namespace

std::optional<Expression> ExpressionParser::parse(string_view text, ExpressionError& error) {
  ExpressionParser parser{text};
  bool fine = true;
  if (text.size() > expression_length_limit) {
    fine = parser.complain(expression_length_limit,
                           fmt::format("an expression has at most {} characters", expression_length_limit));
  }
  fine = fine && parser.sum(0);
  if (fine && parser.at_ < text.size()) {
    fine = parser.complain(parser.at_,
                           fmt::format("expected '+', '-', '*' or '/', found {}", describe(parser.peek())));
  }
  if (!fine) {
    error = std::move(parser.error_);
    return std::nullopt;
  }
  Expression result;
  result.text_ = std::string{text};
  result.program_ = std::move(parser.program_);
  return result;
}

bool ExpressionParser::complain(std::size_t at, std::string message) {
  error_ = {std::move(message), static_cast<std::uint32_t>(at + 1)};
  return false;
}

void ExpressionParser::skip_blanks() {
  while (peek() == ' ') ++at_;
}

bool ExpressionParser::sum(int depth) {
  if (!product(depth)) return false;
  while (peek() == '+' || peek() == '-') {
    const auto kind = text_[at_++] == '+' ? Expression::Token::Kind::add : Expression::Token::Kind::subtract;
    if (!product(depth)) return false;
    program_.push_back({kind});
  }
  return true;
}

bool ExpressionParser::product(int depth) {
  if (!factor(depth)) return false;
  while (peek() == '*' || peek() == '/') {
    const auto kind =
        text_[at_++] == '*' ? Expression::Token::Kind::multiply : Expression::Token::Kind::divide;
    if (!factor(depth)) return false;
    program_.push_back({kind});
  }
  return true;
}

bool ExpressionParser::factor(int depth) {
  skip_blanks();
  bool fine = true;
  if (is_digit(peek())) {
    fine = number();
  } else if (text_.substr(at_).starts_with("min(")) {
    at_ += 3;
    fine = brackets(2, depth);
    program_.push_back({Expression::Token::Kind::least});
  } else if (is_letter(peek())) {
    fine = name();
  } else if (peek() == '(') {
    fine = brackets(1, depth);
  } else if (at_ == text_.size()) {
    fine = complain(at_, "expected a number, a name or '(', found the end");
  } else {
    fine = complain(at_, fmt::format("expected a number, a name or '(', found {}", describe(peek())));
  }
  skip_blanks();
  return fine;
}

bool ExpressionParser::brackets(int operands, int depth) {
  const std::size_t begin = at_;
  if (depth + 1 >= expression_depth_limit) {
    return complain(begin, fmt::format("more than {} levels of brackets", expression_depth_limit - 1));
  }
  for (int operand = 0; operand < operands; ++operand) {
    if (operand > 0 && peek() != ',') return complain(at_, "min(a, b) has two operands");
    ++at_;
    if (!sum(depth + 1)) return false;
  }
  if (peek() != ')') return complain(at_, fmt::format("the '(' of column {} is not closed", begin + 1));
  ++at_;
  return true;
}

bool ExpressionParser::number() {
  const std::size_t begin = at_;
  int base = 10;
  if (text_.substr(at_, 2) == "0x" || text_.substr(at_, 2) == "0X") {
    base = 16;
    at_ += 2;
  }
  const std::size_t first_digit = at_;
  std::uint64_t value = 0;
  for (; digit_value(peek()) < base; ++at_) {
    value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit_value(peek()));
    if (value > UINT32_MAX) return complain(begin, "a number has at most 32 bits");
  }
  if (at_ == first_digit) return complain(begin, "a hexadecimal number needs digits after '0x'");
  if (is_name_part(peek()))
    return complain(at_, fmt::format("{} does not belong to a number", describe(peek())));
  program_.push_back({Expression::Token::Kind::number, static_cast<std::uint32_t>(value), {}});
  return true;
}

bool ExpressionParser::name() {
  const std::size_t begin = at_;
  while (is_name_part(peek())) ++at_;
  program_.push_back({Expression::Token::Kind::name, 0, std::string{text_.substr(begin, at_ - begin)}});
  return true;
}

Expression::Expression(std::uint32_t value)
    : text_{std::to_string(value)}, program_{{Token::Kind::number, value, {}}} {}

Result<Expression> Expression::parse(string_view text) {
  ExpressionError error;
  if (auto parsed = ExpressionParser::parse(text, error)) return std::move(*parsed);
  return fail(fmt::format("column {}: {}", error.column, error.message),
              "an expression looks like J+1, rcv.nxt-1 or 2*mss");
}

Result<std::uint32_t> Expression::evaluate(const Lookup& lookup) const {
  // Deep enough for every program the parser lets through: a level of brackets leaves at most a sum, a
  // product and a min waiting for their right side.
  std::array<std::uint32_t, 3 * expression_depth_limit + 2> stack{};
  std::size_t depth = 0;
  for (const Token& token : program_) {
    if (token.kind == Token::Kind::number) {
      stack.at(depth++) = token.number;
    } else if (token.kind == Token::Kind::name) {
      const auto value = lookup(token.name);
      if (!value) return fail(fmt::format("'{}' has no value here", token.name));
      stack.at(depth++) = *value;
    } else {
      TCPJURY_ASSERT(depth >= 2);
      const std::uint32_t right = stack.at(--depth);
      std::uint32_t& left = stack.at(depth - 1);
      switch (token.kind) {
        case Token::Kind::add:
          left += right;
          break;
        case Token::Kind::subtract:
          left -= right;
          break;
        case Token::Kind::multiply:
          left *= right;
          break;
        case Token::Kind::divide:
          if (right == 0) return fail(fmt::format("'{}' divides by zero", text_));
          left /= right;
          break;
        case Token::Kind::least:
          left = std::min(left, right);
          break;
        case Token::Kind::number:
        case Token::Kind::name:
          TCPJURY_UNREACHABLE();
      }
    }
  }
  TCPJURY_ASSERT(depth == 1);
  return stack[0];
}

std::optional<std::string> Expression::bindable_name() const {
  if (program_.size() == 1 && program_[0].kind == Token::Kind::name) return program_[0].name;
  return std::nullopt;
}

std::vector<std::string> Expression::names() const {
  std::vector<std::string> found;
  for (const Token& token : program_) {
    if (token.kind == Token::Kind::name) found.push_back(token.name);
  }
  return found;
}

}  // namespace tcpjury::scenario
