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
    // Every name has a value here, so nothing but a division by zero may fail.
    TCPJURY_ASSERT(value || value.error().message.ends_with("divides by zero"));
    // What it was read from means the same again.
    const auto again = Expression::parse(expression->text());
    TCPJURY_ASSERT(again && again->names() == expression->names());
    const auto same = again->evaluate(lookup);
    TCPJURY_ASSERT(same.has_value() == value.has_value() && (!value || *same == *value));
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
