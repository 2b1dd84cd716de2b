// Conditions over matrix axes: "state == 'FIN-WAIT-1' and family != 'v6'".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tcpjury::scenario {

/// Why a text is no condition, and where in it: columns count octets from 1.
struct ConditionError {
  std::string message;
  std::uint32_t column = 1;
};

/// A parsed condition. Grammar: all ('or' all)*; all: one ('and' one)*; one: 'not' one | '(' condition ')' |
/// axis ('=='|'!='|'<'|'<='|'>'|'>=') value | axis 'in' '[' value (',' value)* ']'; a value is a number or a
/// text in single or double quotation marks. At most 1,024 characters and 16 levels of brackets.
class Condition {
 public:
  enum class Relation : std::uint8_t { equal, unequal, less, less_equal, greater, greater_equal, in };
  struct Comparison {
    std::string axis;
    Relation relation = Relation::equal;
    std::vector<std::string> values;
    std::uint32_t column = 1;  ///< of the axis
  };

  static std::optional<Condition> parse(std::string_view text, ConditionError& error);

  using Lookup = std::function<std::optional<std::string>(std::string_view axis)>;
  /// Nothing when `lookup` does not know an axis, or an order is asked of what is no number.
  [[nodiscard]] std::optional<bool> evaluate(const Lookup& lookup) const;

  /// Every comparison in it, for checks against the axes.
  [[nodiscard]] const std::vector<Comparison>& comparisons() const { return comparisons_; }

 private:
  friend class ConditionParser;
  enum class Operator : std::uint8_t { compare, negate, both, either };
  /// Reverse Polish; `compare` takes the comparisons in order.
  std::vector<Operator> program_;
  std::vector<Comparison> comparisons_;
};

/// The whole of `text` as an unsigned 32-bit decimal number.
[[nodiscard]] std::optional<std::uint32_t> parse_number(std::string_view text);

}  // namespace tcpjury::scenario
