// Reads expressions; apart from expression.h so that only the loader sees columns as numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/scenario/expression.h"

namespace tcpjury::scenario {

inline constexpr std::size_t expression_length_limit = 256;
inline constexpr int expression_depth_limit = 16;

/// Why a text is no expression, and where in it: columns count octets from 1.
struct ExpressionError {
  std::string message;
  std::uint32_t column = 1;
};

class ExpressionParser {
 public:
  /// On failure the result is empty and `error` is filled.
  static std::optional<Expression> parse(std::string_view text, ExpressionError& error);

 private:
  explicit ExpressionParser(std::string_view text) : text_{text} {}

  bool sum(int depth);
  bool product(int depth);
  bool factor(int depth);
  /// From '(' to ')', with commas between the operands.
  bool brackets(int operands, int depth);
  bool number();
  bool name();
  bool complain(std::size_t at, std::string message);
  void skip_blanks();
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Expression::Token> program_ = {};
  ExpressionError error_ = {};
};

}  // namespace tcpjury::scenario
