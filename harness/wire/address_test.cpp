#include "harness/wire/address.h"

#include <gtest/gtest.h>

namespace tcpjury::wire {
namespace {

struct Text {
  std::string_view written;
  std::string_view canonical;
};

class AddressText : public ::testing::TestWithParam<Text> {};

TEST_P(AddressText, IsReadAndPrintedInCanonicalForm) {
  const auto address = IpAddress::parse(GetParam().written);
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(to_string(*address), GetParam().canonical);
  EXPECT_EQ(IpAddress::parse(to_string(*address)), address);
}

INSTANTIATE_TEST_SUITE_P(V4, AddressText,
                         ::testing::Values(Text{"192.0.2.1", "192.0.2.1"}, Text{"0.0.0.0", "0.0.0.0"},
                                           Text{"255.255.255.255", "255.255.255.255"}));

// RFC 5952: 4.1 leading zeros, 4.2.1 as short as possible, 4.2.2 no "::" for one group, 4.2.3 the longest
// run, the first of equals, 4.3 lower case, 5 a dotted quad only behind the mapped prefix.
INSTANTIATE_TEST_SUITE_P(Rfc5952, AddressText,
                         ::testing::Values(Text{"2001:0db8::0001", "2001:db8::1"},
                                           Text{"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
                                           Text{"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
                                           Text{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
                                           Text{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                                           Text{"2001:DB8::ABCD", "2001:db8::abcd"}, Text{"::", "::"},
                                           Text{"::1", "::1"}, Text{"1::", "1::"},
                                           Text{"0:0:0:0:0:ffff:192.0.2.1", "::ffff:192.0.2.1"},
                                           Text{"::2:3", "::2:3"}, Text{"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
                                           Text{"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"},
                                           Text{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"}));

TEST(IpAddress, TextThatIsNoAddressIsNotRead) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text :
       {""sv, "192.0.2"sv, "192.0.2.256"sv, "192.0.2.1.5"sv, " 192.0.2.1"sv, "192.0.2.1 "sv, "192.0.2.1\0"sv,
        "0x7f.1"sv, "1::2::3"sv, "12345::"sv, "fe80::1%eth0"sv, "1:2:3:4:5:6:7"sv, ":"sv, "host"sv,
        "2001:db8::1/64"sv, "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"sv}) {
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
  }
}

TEST(IpAddress, HoldsNetworkOrderAndZerosBehindV4) {
  const auto v4 = IpAddress::parse("192.0.2.1");
  ASSERT_TRUE(v4.has_value());
  EXPECT_EQ(*v4, IpAddress::v4(192, 0, 2, 1));
  EXPECT_EQ(v4->size(), 4U);
  const auto v6 = IpAddress::parse("2001:db8::ff");
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6->octets,
            (std::array<std::uint8_t, 16>{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff}));
  EXPECT_EQ(v6->size(), 16U);
}

TEST(Endpoint, PutsBracketsAroundV6) {
  EXPECT_EQ(to_string(Endpoint{IpAddress::v4(192, 0, 2, 1), {80}}), "192.0.2.1:80");
  EXPECT_EQ(to_string(Endpoint{*IpAddress::parse("2001:db8::1"), {65535}}), "[2001:db8::1]:65535");
}

}  // namespace
}  // namespace tcpjury::wire
