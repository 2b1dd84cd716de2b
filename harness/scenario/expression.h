// Expressions over sequence numbers: "J+1", "K", "rcv.nxt-1", "2*mss+len".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace tcpjury::scenario {

/// A parsed expression: sums, products and whole quotients of unsigned 32-bit numbers and names, evaluated
/// modulo 2^32, and the lesser of two. Grammar: term (('+'|'-') term)*; term: factor (('*'|'/') factor)*;
/// factor: number | 0xhex | name | '(' expr ')' | 'min(' expr ',' expr ')'. A name is letters, digits, '_'
/// and '.', beginning with a letter. At most 256 characters, 16 levels deep.
class Expression {
 public:
  Expression() = default;
  /// A constant.
  explicit Expression(std::uint32_t value);

  /// On error the message names the column within `text`, counted from 1.
  static Result<Expression> parse(std::string_view text);

  using Lookup = std::function<std::optional<std::uint32_t>(std::string_view name)>;
  /// Fails, naming the name, when `lookup` does not know one, and on a division by zero.
  [[nodiscard]] Result<std::uint32_t> evaluate(const Lookup& lookup) const;

  /// The single name this expression consists of ("K"), which a match may then bind; else nothing.
  [[nodiscard]] std::optional<std::string> bindable_name() const;
  /// Every name in it, in order of appearance.
  [[nodiscard]] std::vector<std::string> names() const;
  /// As written.
  [[nodiscard]] const std::string& text() const { return text_; }
  friend bool operator==(const Expression& a, const Expression& b) { return a.text_ == b.text_; }

 private:
  /// Reverse Polish: a number, a name, or an operator.
  struct Token {
    enum class Kind : std::uint8_t { number, name, add, subtract, multiply, divide, least } kind;
    std::uint32_t number = 0;
    std::string name = {};
  };
  friend class ExpressionParser;
  std::string text_ = "0";
  std::vector<Token> program_ = {{Token::Kind::number, 0, {}}};
};

}  // namespace tcpjury::scenario
