#include "harness/wire/checksum.h"

#include <gtest/gtest.h>

#include "harness/base/random.h"
#include "harness/wire/packets_test.h"

namespace tcpjury::wire {
namespace {

/// RFC 1071 section 4.1, octet by octet: the definition, slowly.
std::uint16_t naive_checksum(BytesView octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const std::uint32_t value = octet(octets[i]);
    sum += i % 2 == 0 ? value * 256 : value;
    if (sum > 0xffff) sum -= 0xffff;  // the carry comes back in at the other end
  }
  return static_cast<std::uint16_t>(0xffff - sum);
}

TEST(Checksum, IsTheWorkedExampleOfRfc1071Section3) {
  // "00 01 f2 03 f4 f5 f6 f7" sums to ddf2; the checksum is its complement.
  EXPECT_EQ(internet_checksum(from_hex("0001f203f4f5f6f7")), 0x220d);
}

TEST(Checksum, OfNothingIsAllOnes) { EXPECT_EQ(internet_checksum({}), 0xffff); }

TEST(Checksum, PadsAnOddLastOctetOnTheRightWithZero) {
  EXPECT_EQ(internet_checksum(from_hex("01")), 0xfeff);
  EXPECT_EQ(internet_checksum(from_hex("000102")), 0xffff - 0x0201);
  EXPECT_EQ(internet_checksum(from_hex("000102")), internet_checksum(from_hex("00010200")));
}

TEST(Checksum, CarriesComeBackIn) {
  EXPECT_EQ(internet_checksum(from_hex("ffff0001")), 0xfffe);
  EXPECT_EQ(internet_checksum(Bytes(64, std::byte{0xff})), 0x0000);
}

TEST(Checksum, OfIpv4HeaderDrawnByHand) {
  // 4500 + 0014 + 0000 + 4000 + 4006 + 0000 + c000 + 0201 + c000 + 0202 = 2491d, folded 491f.
  EXPECT_EQ(internet_checksum(from_hex("4500 0014 0000 4000 4006 0000 c000 0201 c000 0202")), 0xb6e0);
}

TEST(Checksum, AgreesWithTheDefinitionOnEveryLengthAndAlignment) {
  Random random{1071};
  Bytes buffer(200);
  for (int round = 0; round < 40; ++round) {
    for (std::byte& b : buffer) b = static_cast<std::byte>(random.below(256));
    for (std::size_t start = 0; start < 9; ++start) {
      for (std::size_t length = 0; length + start <= buffer.size(); ++length) {
        const BytesView part = BytesView{buffer}.subspan(start, length);
        ASSERT_EQ(internet_checksum(part), naive_checksum(part)) << start << "+" << length;
      }
    }
  }
}

TEST(Checksum, AgreesWithTheDefinitionWhereEveryAdditionCarries) {
  for (std::size_t length = 0; length < 70'000; length += 997) {
    const Bytes ones(length, std::byte{0xff});
    EXPECT_EQ(internet_checksum(ones), naive_checksum(ones)) << length;
  }
}

TEST(ChecksumAccumulator, DoesNotCareHowEvenPartsAreCut) {
  Random random{2};
  for (int round = 0; round < 2000; ++round) {
    const Bytes octets = random_octets(random, 120);
    ChecksumAccumulator sum;
    BytesView rest = octets;
    while (!rest.empty()) {
      const std::size_t even = std::min<std::size_t>(2 * random.below(20), rest.size());
      sum.add(rest.first(even));
      rest = rest.subspan(even);
      if (rest.size() == 1) {
        sum.add(rest);
        break;
      }
    }
    ASSERT_EQ(sum.finish(), naive_checksum(octets));
  }
}

TEST(ChecksumAccumulator, TakesNumbersAsTheyWouldStandOnTheWire) {
  ChecksumAccumulator numbers;
  numbers.add16(0x0001);
  numbers.add32(0xf203f4f5);
  numbers.add16(0xf6f7);
  EXPECT_EQ(numbers.finish(), 0x220d);
}

TEST(Checksum, OfTcpOverIpv4CountsThePseudoHeader) {
  // c000 0201 c000 0202 0006 0014 (pseudo-header) + 5002 (offset 5, SYN) = 1d41f, folded d420.
  const Bytes syn_alone = from_hex("0000000000000000000000005002000000000000");
  EXPECT_EQ(upper_checksum(IpAddress::v4(192, 0, 2, 1), IpAddress::v4(192, 0, 2, 2), 6, syn_alone), 0x2bdf);
}

TEST(Checksum, OfTcpOverIpv6CountsThePseudoHeader) {
  // 2001 0db8 0001 2001 0db8 0002 (addresses) + 0014 (length) + 0006 (next header) + 5002 = ab91.
  const Bytes syn_alone = from_hex("0000000000000000000000005002000000000000");
  const auto a = *IpAddress::parse("2001:db8::1");
  const auto b = *IpAddress::parse("2001:db8::2");
  EXPECT_EQ(upper_checksum(a, b, 6, syn_alone), 0x546e);
}

TEST(Checksum, TheLengthInThePseudoHeaderHas32Bits) {
  ChecksumAccumulator sum;
  add_pseudo_header(sum, {.protocol = 6, .length = 0x0001'0002});
  EXPECT_EQ(sum.finish(), 0xffff - (6 + 1 + 2));
}

TEST(Checksum, AReceiverTakesAllOnesForZeroButNotZeroForAllOnes) {
  EXPECT_TRUE(checksum_accepted(0x1234, 0x1234));
  EXPECT_FALSE(checksum_accepted(0x1235, 0x1234));
  EXPECT_TRUE(checksum_accepted(0xffff, 0x0000));
  EXPECT_FALSE(checksum_accepted(0x0000, 0xffff));
}

}  // namespace
}  // namespace tcpjury::wire
