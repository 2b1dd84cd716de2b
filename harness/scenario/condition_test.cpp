#include "harness/scenario/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpjury::scenario {
namespace {

std::optional<std::string> axes(std::string_view axis) {
  if (axis == "state") return "CLOSING";
  if (axis == "family") return "v4";
  if (axis == "n") return "10";
  return std::nullopt;
}

class ConditionValue : public testing::TestWithParam<std::pair<const char*, bool>> {};

TEST_P(ConditionValue, IsWhatItSays) {
  ConditionError error;
  const auto condition = Condition::parse(GetParam().first, error);
  ASSERT_TRUE(condition) << error.column << ": " << error.message;
  EXPECT_EQ(condition->evaluate(axes), GetParam().second);
}
INSTANTIATE_TEST_SUITE_P(
    All, ConditionValue,
    testing::Values(std::pair{"state == 'CLOSING'", true}, std::pair{"state==\"CLOSING\"", true},
                    std::pair{"state != 'CLOSING'", false}, std::pair{"not state == 'CLOSING'", false},
                    std::pair{"not not state == 'CLOSING'", true},
                    std::pair{"state in ['A', 'CLOSING']", true}, std::pair{"state in ['A','B']", false},
                    std::pair{"n > 9", true}, std::pair{"n < 9", false}, std::pair{"n <= 10", true},
                    std::pair{"n >= 11", false}, std::pair{"n == 10", true},
                    // 'and' binds closer than 'or', 'not' closer than both.
                    std::pair{"n == 10 or n == 1 and n == 2", true},
                    std::pair{"(n == 10 or n == 1) and n == 2", false},
                    std::pair{"not n == 1 and family == 'v4'", true},
                    std::pair{"not (n == 10 and family == 'v4')", false}));

struct Mistake {
  const char* text;
  std::uint32_t column;
};
class ConditionMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ConditionMistake, HasAColumn) {
  ConditionError error;
  EXPECT_FALSE(Condition::parse(GetParam().text, error));
  EXPECT_EQ(error.column, GetParam().column) << error.message;
}
INSTANTIATE_TEST_SUITE_P(All, ConditionMistake,
                         testing::Values(Mistake{"", 1}, Mistake{"state", 6}, Mistake{"state = 'A'", 7},
                                         Mistake{"state == CLOSING", 10}, Mistake{"state == 'A", 10},
                                         Mistake{"state == 'A' family", 14}, Mistake{"(n == 1", 8},
                                         Mistake{"n == 1)", 7}, Mistake{"n in 1", 6}, Mistake{"n in [1", 8},
                                         Mistake{"n in []", 7}, Mistake{"1 == n", 1},
                                         Mistake{"n == 1 and", 11}, Mistake{"not", 4},
                                         Mistake{"n == 99999999999", 6}));

TEST(Condition, IsUndecidedWithoutAValueOrForAnOrderOfTexts) {
  ConditionError error;
  EXPECT_EQ(Condition::parse("nobody == 'x'", error)->evaluate(axes), std::nullopt);
  EXPECT_EQ(Condition::parse("state < 3", error)->evaluate(axes), std::nullopt);
}

TEST(Condition, IsBoundedInLengthAndDepth) {
  ConditionError error;
  EXPECT_TRUE(Condition::parse(std::string(15, '(') + "n == 1" + std::string(15, ')'), error));
  EXPECT_FALSE(Condition::parse(std::string(16, '(') + "n == 1" + std::string(16, ')'), error));
  EXPECT_FALSE(Condition::parse("n == '" + std::string(2000, 'x') + "'", error));
}

}  // namespace
}  // namespace tcpjury::scenario
