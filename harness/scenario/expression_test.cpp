#include "harness/scenario/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/scenario/expression_parser.h"

namespace tcpjury::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<std::uint32_t> some_names(std::string_view name) {
  if (name == "J") return 1000;
  if (name == "K") return 0xffff'ffff;
  if (name == "rcv.nxt") return 5000;
  if (name == "mss") return 1460;
  return std::nullopt;
}

struct Value {
  const char* text;
  std::uint32_t value;
};
class ExpressionValue : public testing::TestWithParam<Value> {};

TEST_P(ExpressionValue, IsModulo32Bits) {
  const auto parsed = Expression::parse(GetParam().text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto value = parsed->evaluate(some_names);
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(*value, GetParam().value);
  EXPECT_EQ(parsed->text(), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    All, ExpressionValue,
    testing::Values(Value{"0", 0}, Value{"4294967295", 0xffff'ffff}, Value{"0xffffffff", 0xffff'ffff},
                    Value{"0XaB", 171}, Value{"J", 1000}, Value{"J+1", 1001}, Value{" J + 1 ", 1001},
                    Value{"K+1", 0}, Value{"K+2", 1}, Value{"0-1", 0xffff'ffff}, Value{"rcv.nxt-1", 4999},
                    // From the left, products first, brackets before both.
                    Value{"10-3-2", 5}, Value{"10-(3-2)", 9}, Value{"2+3*4", 14}, Value{"(2+3)*4", 20},
                    Value{"2*mss+1", 2921}, Value{"J*2-mss", 540},
                    // 65536 * 65536 = 2^32, which is 0 modulo 2^32.
                    Value{"65536*65536", 0}, Value{"65537*65536", 65536}, Value{"min(J,mss)", 1000},
                    Value{"min( 2*J , mss-1 )+1", 1460}, Value{"3*min(5, min(4,9))", 12}, Value{"J/3", 333},
                    Value{"7*J/mss", 4}, Value{"100/10/5", 2}, Value{"min(0-1,7)", 7}, Value{"K*K", 1},
                    Value{"((((((((((((((1))))))))))))))", 1}));

struct Mistake {
  const char* text;
  std::uint32_t column;
  const char* message;
};
class ExpressionMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ExpressionMistake, IsReportedWithItsColumn) {
  ExpressionError error;
  EXPECT_FALSE(ExpressionParser::parse(GetParam().text, error));
  EXPECT_EQ(error.column, GetParam().column) << error.message;
  EXPECT_THAT(error.message, HasSubstr(GetParam().message));
  const auto result = Expression::parse(GetParam().text);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("column " + std::to_string(GetParam().column)));
}
INSTANTIATE_TEST_SUITE_P(
    All, ExpressionMistake,
    testing::Values(Mistake{"", 1, "found the end"}, Mistake{"  ", 3, "found the end"},
                    Mistake{"J+", 3, "the end"}, Mistake{"+1", 1, "found '+'"}, Mistake{"-1", 1, "found '-'"},
                    Mistake{"J 1", 3, "expected '+'"}, Mistake{"J+*2", 3, "found '*'"},
                    Mistake{"(J", 3, "the '(' of column 1"}, Mistake{"J)", 2, "found ')'"},
                    Mistake{"min(J)", 6, "two operands"}, Mistake{"min(J,K", 8, "the '(' of column 4"},
                    Mistake{"min(J,K,1)", 8, "the '(' of column 4"}, Mistake{"max(J,K)", 4, "found '('"},
                    Mistake{"min(,K)", 5, "found ','"}, Mistake{"4294967296", 1, "32 bits"},
                    Mistake{"1+99999999999999999999999", 3, "32 bits"}, Mistake{"0x", 1, "digits after"},
                    Mistake{"0x1ffffffff", 1, "32 bits"}, Mistake{"12ab", 3, "'a'"}, Mistake{"1.5", 2, "'.'"},
                    Mistake{"J//2", 3, "found '/'"}, Mistake{"J%2", 2, "found '%'"}, Mistake{"_a", 1, "'_'"},
                    Mistake{"J\t+1", 2, "octet 0x09"}, Mistake{"\xc3\xa4", 1, "octet 0xc3"}));

TEST(Expression, HasAtMost256Characters) {
  EXPECT_TRUE(Expression::parse(std::string(256, 'a')));
  EXPECT_FALSE(Expression::parse(std::string(257, 'a')));
}

TEST(Expression, IsAtMost16LevelsDeep) {
  const auto nested = [](std::size_t n) { return std::string(n, '(') + "1" + std::string(n, ')'); };
  EXPECT_TRUE(Expression::parse(nested(15)));
  const auto deeper = Expression::parse(nested(16));
  ASSERT_FALSE(deeper);
  EXPECT_THAT(deeper.error().message, HasSubstr("levels"));
}

TEST(Expression, EvaluatesWhatNeedsTheDeepestStack) {
  // Every level leaves a sum, a product and a min open: 1+1*min(99,1+1*min(99,...)). The innermost 1 makes
  // each level's value one more than the level below.
  std::string text;
  for (int i = 0; i < 15; ++i) text += "1+1*min(99,";
  text += "1+1*1" + std::string(15, ')');
  const auto parsed = Expression::parse(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(*parsed->evaluate(some_names), 17U);
}

TEST(Expression, NamesTheNameWithoutValue) {
  const auto value = Expression::parse("J+nobody")->evaluate(some_names);
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error().message, HasSubstr("'nobody'"));
}

TEST(Expression, RefusesToDivideByZero) {
  const auto value = Expression::parse("J/(K+1)")->evaluate(some_names);  // K is 2^32-1
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error().message, HasSubstr("'J/(K+1)' divides by zero"));
}

TEST(Expression, BindsOnlyAsASingleName) {
  EXPECT_EQ(Expression::parse("K")->bindable_name(), "K");
  EXPECT_EQ(Expression::parse(" (K) ")->bindable_name(), "K");
  EXPECT_EQ(Expression::parse("K+1")->bindable_name(), std::nullopt);
  EXPECT_EQ(Expression::parse("1")->bindable_name(), std::nullopt);
}

TEST(Expression, ListsItsNamesInOrder) {
  EXPECT_THAT(Expression::parse("b*2+a-(c+b)")->names(), ElementsAre("b", "a", "c", "b"));
  EXPECT_TRUE(Expression::parse("1+2")->names().empty());
}

TEST(Expression, IsZeroByDefaultAndAConstantFromANumber) {
  EXPECT_EQ(*Expression{}.evaluate(some_names), 0U);
  EXPECT_EQ(*Expression{77}.evaluate(some_names), 77U);
  EXPECT_EQ(Expression{77}, *Expression::parse("77"));
}

}  // namespace
}  // namespace tcpjury::scenario
