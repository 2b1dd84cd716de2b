// Any text is an expression or is refused with a column inside it; what is read can be evaluated, twice
// alike.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/base/assert.h"
#include "harness/scenario/condition.h"
#include "harness/scenario/expression_parser.h"
#include "harness/scenario/values.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tcpjury::scenario;
  const std::string_view text{reinterpret_cast<const char*>(data), size};

  ExpressionError error;
  if (const auto expression = ExpressionParser::parse(text, error)) {
    const auto lookup = [](std::string_view name) { return static_cast<std::uint32_t>(name.size()); };
    const auto value = expression->evaluate(lookup);
    TCPJURY_ASSERT(value.has_value());
    // What it was read from means the same again.
    const auto again = Expression::parse(expression->text());
    TCPJURY_ASSERT(again && *again->evaluate(lookup) == *value && again->names() == expression->names());
  } else {
    TCPJURY_ASSERT(!error.message.empty() && error.column >= 1 && error.column <= size + 1);
  }

  ConditionError condition_error;
  if (const auto condition = Condition::parse(text, condition_error)) {
    (void)condition->evaluate([](std::string_view axis) { return std::string{axis}; });
  } else {
    TCPJURY_ASSERT(condition_error.column >= 1 && condition_error.column <= size + 1);
  }

  (void)parse_duration(text);
  (void)parse_octets(text);
  return 0;
}
