#include "reports/common/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpjury::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

struct Pair {
  std::string in;
  std::string out;
};
class Printable : public ::testing::TestWithParam<Pair> {};
TEST_P(Printable, ShowsWhatWouldDisturb) { EXPECT_EQ(printable(GetParam().in), GetParam().out); }
INSTANTIATE_TEST_SUITE_P(All, Printable,
                         ::testing::Values(Pair{"plain text", "plain text"},  //
                                           Pair{"a\nb\tc\rd", "a\\nb\\tc\\rd"},
                                           Pair{"\x1b[31m", "\\x1b[31m"},   // colour
                                           Pair{"\x7f", "\\x7f"},           // DEL
                                           Pair{"\xc2\x9b", "\\x9b"},       // CSI as one C1 character
                                           Pair{"\u202e", "\\u202e"},       // right-to-left override
                                           Pair{"\xff", "\\xff"},           // never in UTF-8
                                           Pair{"\xc0\xaf", "\\xc0\\xaf"},  // overlong
                                           Pair{"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // surrogate
                                           Pair{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // above 10FFFF
                                           Pair{"\xe2\x82", "\\xe2\\x82"},                    // cut short
                                           Pair{"\u20ac \U0001f600", "\u20ac \U0001f600"}));

TEST(ValidUtf8, ReplacesEveryStrayOctet) {
  EXPECT_EQ(valid_utf8("a\xff\xc0\xaf\u20ac"), "a\ufffd\ufffd\ufffd\u20ac");
  EXPECT_EQ(valid_utf8(std::string_view{"\0x", 2}), (std::string_view{"\0x", 2}));
}

TEST(FirstCodePoint, ReadsTheBoundariesOfEachLength) {
  for (const auto& [text, value] :
       std::vector<std::pair<std::string, char32_t>>{{"\x7f", 0x7f},
                                                     {"\xc2\x80", 0x80},
                                                     {"\xdf\xbf", 0x7ff},
                                                     {"\xe0\xa0\x80", 0x800},
                                                     {"\xef\xbf\xbf", 0xffff},
                                                     {"\xf0\x90\x80\x80", 0x10000},
                                                     {"\xf4\x8f\xbf\xbf", 0x10ffff}}) {
    const CodePoint c = first_code_point(text);
    EXPECT_TRUE(c.valid);
    EXPECT_EQ(c.value, value);
    EXPECT_EQ(c.length, text.size());
    std::string back;
    append_utf8(back, value);
    EXPECT_EQ(back, text);
  }
}

TEST(Columns, CountsCharactersNotOctets) {
  EXPECT_EQ(columns("\u20acuro"), 4U);
  EXPECT_EQ(pad("\u20ac", 3), "\u20ac  ");
  EXPECT_EQ(pad("long", 2), "long");
}

TEST(Clip, EndsInDotsOnlyWhenItCuts) {
  EXPECT_EQ(clip("abcdef", 6), "abcdef");
  EXPECT_EQ(clip("abcdefg", 6), "abc...");
  EXPECT_EQ(clip("\u20ac\u20ac\u20ac\u20ac\u20ac", 4), "\u20ac...");
  EXPECT_EQ(clip("abcdef", 2), "ab");
}

TEST(Wrap, BreaksAtBlanks) {
  EXPECT_THAT(wrap("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("one two", 7), ElementsAre("one two"));
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("  leading  and trailing  ", 40), ElementsAre("leading  and trailing"));
  EXPECT_THAT(wrap("unbreakable", 4), ElementsAre("unbr", "eaka", "ble"));
  EXPECT_THAT(wrap("", 4), IsEmpty());
  EXPECT_THAT(wrap("ab", 0), ElementsAre("a", "b"));
}

TEST(Seconds, HasThreeDigitsAndNeverRoundsUp) {
  EXPECT_EQ(seconds(0ns), "0.000");
  EXPECT_EQ(seconds(1'999'999ns), "0.001");
  EXPECT_EQ(seconds(60'100ms), "60.100");
  EXPECT_EQ(seconds(-1'500ms), "-1.500");
  EXPECT_EQ(seconds(-1ns), "0.000");
}

TEST(ExactSeconds, LosesNothing) {
  EXPECT_EQ(exact_seconds(0ns), "0");
  EXPECT_EQ(exact_seconds(200us), "0.0002");
  EXPECT_EQ(exact_seconds(2h), "7200");
  EXPECT_EQ(exact_seconds(2h + 1ns), "7200.000000001");
  EXPECT_EQ(exact_seconds(-1'500ms), "-1.5");
  EXPECT_EQ(exact_seconds(Duration::min()), "-9223372036.854775808");
}

TEST(Hex, IsTwoDigitsAnOctet) { EXPECT_EQ(hex(bytes_of(std::string_view{"\x00\x0a\xff", 3})), "000aff"); }

TEST(ShellWord, QuotesOnlyWhatAShellWouldTouch) {
  EXPECT_EQ(shell_word("out.json:a/b"), "out.json:a/b");
  EXPECT_EQ(shell_word("a/b[family=v4]"), "'a/b[family=v4]'");
  EXPECT_EQ(shell_word("it's $HOME"), "'it'\\''s $HOME'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace tcpjury::reports
