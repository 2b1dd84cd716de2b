#include "harness/scenario/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpjury::scenario {
namespace {

using namespace std::chrono_literals;

struct Good {
  const char* text;
  Duration fixed;
  double msl;
};
class GoodDuration : public testing::TestWithParam<Good> {};

TEST_P(GoodDuration, IsReadExactly) {
  const auto duration = parse_duration(GetParam().text);
  ASSERT_TRUE(duration) << duration.error().message;
  EXPECT_EQ(duration->fixed, GetParam().fixed);
  EXPECT_EQ(duration->msl, GetParam().msl);
}
INSTANTIATE_TEST_SUITE_P(All, GoodDuration,
                         testing::Values(Good{"200ms", 200ms, 0}, Good{"1.5s", 1500ms, 0}, Good{"0s", 0s, 0},
                                         Good{"3us", 3us, 0}, Good{"7ns", 7ns, 0}, Good{"2min", 120s, 0},
                                         Good{"2h", 7200s, 0}, Good{"2MSL", 0s, 2}, Good{"0.5MSL", 0s, 0.5},
                                         Good{"2MSL+5s", 5s, 2}, Good{" 2MSL - 100ms ", -100ms, 2},
                                         Good{"1min+30s-1ms", 89999ms, 0}, Good{"0.000000001s", 1ns, 0},
                                         Good{"1000h", 3600000s, 0}));

class BadDuration : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BadDuration, IsRefusedWithAReason) {
  const auto duration = parse_duration(GetParam().first);
  ASSERT_FALSE(duration);
  EXPECT_THAT(duration.error().message, testing::HasSubstr(GetParam().second));
  EXPECT_FALSE(duration.error().hint.empty());
}
INSTANTIATE_TEST_SUITE_P(
    All, BadDuration,
    testing::Values(std::pair{"", "number is missing"}, std::pair{"5", "unit is missing"},
                    std::pair{"s", "number is missing"}, std::pair{"5 s", "unit is missing"},
                    std::pair{"5sec", "'sec' is no unit"}, std::pair{"2msl", "'msl' is no unit"},
                    std::pair{"-1s", "number is missing"}, std::pair{"1s-2s", "negative"},
                    std::pair{"1s 2s", "'+' or '-'"}, std::pair{"1s+", "number is missing"},
                    std::pair{"1.s", "number is missing"}, std::pair{"1001h", "1000h"},
                    std::pair{"999999999h", "1000h"}, std::pair{"9999999999s", "too long"},
                    std::pair{"1001MSL", "out of range"}, std::pair{"600h+600h", "out of range"},
                    std::pair{"1s-1MSL", "out of range"}));

TEST(Octets, AreReadFromPairsOfDigits) {
  const auto octets = parse_octets("hex:02 04\n05B4");
  ASSERT_TRUE(octets);
  EXPECT_EQ(*octets, (Bytes{std::byte{2}, std::byte{4}, std::byte{5}, std::byte{0xb4}}));
  EXPECT_TRUE(parse_octets("hex:")->empty());
}

TEST(Octets, AreRefusedOtherwise) {
  for (const char* wrong : {"", "0204", "hex", "hex:0", "hex:0 2", "hex:0g", "hex:xx", "hex:020"}) {
    EXPECT_FALSE(parse_octets(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace tcpjury::scenario
