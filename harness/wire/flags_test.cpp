#include "harness/wire/flags.h"

#include <gtest/gtest.h>

namespace tcpjury::wire {
namespace {

// The bits as RFC 9293 figure 1 draws them, least significant last.
static_assert(fin.bits == 0x01 && syn.bits == 0x02 && rst.bits == 0x04 && psh.bits == 0x08);
static_assert(ack.bits == 0x10 && urg.bits == 0x20 && ece.bits == 0x40 && cwr.bits == 0x80);

TEST(FlagSet, HasAsksForEveryMemberAndAnyForOne) {
  const FlagSet set = syn | ack;
  EXPECT_TRUE(set.has(syn));
  EXPECT_TRUE(set.has(syn | ack));
  EXPECT_FALSE(set.has(syn | fin));
  EXPECT_TRUE(set.any(syn | fin));
  EXPECT_FALSE(set.any(fin | rst));
  EXPECT_TRUE(set.has(no_flags));
  EXPECT_FALSE(set.any(no_flags));
  EXPECT_EQ(set - syn, ack);
  EXPECT_EQ(set & (ack | fin), ack);
}

TEST(FlagSet, IsPrintedInTheOrderOfTheFigures) {
  EXPECT_EQ(to_string(no_flags), "");
  EXPECT_EQ(to_string(syn | ack), "SYN,ACK");
  EXPECT_EQ(to_string(fin | ack), "FIN,ACK");
  EXPECT_EQ(to_string(psh | ack), "ACK,PSH");
  EXPECT_EQ(to_string(FlagSet{0xff}), "SYN,FIN,RST,ACK,PSH,URG,ECE,CWR");
}

struct Written {
  std::string_view text;
  std::optional<FlagSet> meaning;
};

class FlagText : public ::testing::TestWithParam<Written> {};

TEST_P(FlagText, IsRead) { EXPECT_EQ(parse_flags(GetParam().text), GetParam().meaning); }

INSTANTIATE_TEST_SUITE_P(Words, FlagText,
                         ::testing::Values(Written{"", no_flags}, Written{"  ", no_flags},
                                           Written{"none", no_flags}, Written{"NONE", no_flags},
                                           Written{"SYN", syn}, Written{"syn", syn}, Written{"Fin", fin},
                                           Written{"SYN,ACK", syn | ack}, Written{"ACK,SYN", syn | ack},
                                           Written{" SYN ,\tACK ", syn | ack}, Written{"ACK,ACK", ack},
                                           Written{"cwr,ece,urg,psh,ack,rst,fin,syn", FlagSet{0xff}}));

INSTANTIATE_TEST_SUITE_P(NotFlags, FlagText,
                         ::testing::Values(Written{"SYNACK", std::nullopt}, Written{"SYN ACK", std::nullopt},
                                           Written{"SYN,", std::nullopt}, Written{",SYN", std::nullopt},
                                           Written{"SYN,,ACK", std::nullopt}, Written{"S", std::nullopt},
                                           Written{"SYN,none", std::nullopt}, Written{",", std::nullopt},
                                           Written{"NS", std::nullopt}));

TEST(FlagSet, EverySetIsReadBackFromItsText) {
  for (unsigned bits = 0; bits < 256; ++bits) {
    const FlagSet set{static_cast<std::uint8_t>(bits)};
    EXPECT_EQ(parse_flags(to_string(set)), set);
  }
}

}  // namespace
}  // namespace tcpjury::wire
