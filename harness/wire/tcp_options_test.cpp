#include "harness/wire/tcp_options.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/wire/packets_test.h"

namespace tcpjury::wire {
namespace {

std::vector<std::uint8_t> kinds_of(const OptionList& list) {
  std::vector<std::uint8_t> kinds;
  for (const TcpOption& option : list.options) kinds.push_back(option.kind);
  return kinds;
}

TEST(ParseOptions, ReadsEachKindTcpjuryKnows) {
  // MSS 1460; NOP, shift 7; SACK permitted, timestamps 1 and 2; NOP NOP, one SACK block 16 to 32.
  const OptionList list =
      parse_options(from_hex("020405b4 01030307 0402 080a0000000100000002 0101 050a0000001000000020"));
  EXPECT_EQ(list.defect, OptionDefect::none);
  EXPECT_EQ(kinds_of(list), (std::vector<std::uint8_t>{2, 1, 3, 4, 8, 1, 1, 5}));
  EXPECT_EQ(list.mss(), 1460);
  EXPECT_EQ(list.window_scale(), 7);
  EXPECT_TRUE(list.sack_permitted());
  EXPECT_EQ(list.timestamps(), (Timestamps{1, 2}));
  EXPECT_EQ(list.sack_blocks(), (std::vector<SackBlock>{{SeqNum{16}, SeqNum{32}}}));
}

TEST(ParseOptions, KeepsUnknownKindsAsTheyStand) {
  const OptionList list = parse_options(from_hex("fd06deadbeef"));
  ASSERT_EQ(list.options.size(), 1U);
  EXPECT_EQ(list.options[0], (TcpOption{253, 6, from_hex("deadbeef")}));
}

TEST(ParseOptions, NothingIsAnEmptyList) {
  const OptionList list = parse_options({});
  EXPECT_TRUE(list.options.empty());
  EXPECT_EQ(list.defect, OptionDefect::none);
  EXPECT_EQ(list.mss(), std::nullopt);
  EXPECT_FALSE(list.sack_permitted());
  EXPECT_TRUE(list.sack_blocks().empty());
}

struct Malformed {
  std::string_view name;
  std::string_view hex;
  OptionDefect defect;
  std::vector<std::uint8_t> read_before;
};

class OptionDefects : public ::testing::TestWithParam<Malformed> {};

TEST_P(OptionDefects, AreFoundAndWhatStandsBeforeThemIsKept) {
  const OptionList list = parse_options(from_hex(GetParam().hex));
  EXPECT_EQ(list.defect, GetParam().defect);
  EXPECT_EQ(kinds_of(list), GetParam().read_before);
}

INSTANTIATE_TEST_SUITE_P(
    Lists, OptionDefects,
    ::testing::Values(Malformed{"KindAlone", "01010108", OptionDefect::length_missing, {1, 1, 1}},
                      Malformed{"LengthZero", "02000000", OptionDefect::length_too_small, {}},
                      Malformed{"LengthOne", "01020100", OptionDefect::length_too_small, {1}},
                      Malformed{"OnePastEnd", "0101 0203", OptionDefect::length_past_end, {1, 1}},
                      Malformed{"FarPastEnd", "020405b4 08ff0000", OptionDefect::length_past_end, {2}},
                      Malformed{"JustFits", "0101 0802", OptionDefect::none, {1, 1, 8}},
                      Malformed{"EndThenZeros", "01000000", OptionDefect::none, {1, 0}},
                      Malformed{"EndThenOption", "00020405b4000000", OptionDefect::nonzero_after_end, {0}},
                      Malformed{"EndThenNop", "0402 0001", OptionDefect::nonzero_after_end, {4, 0}}),
    [](const auto& param) { return std::string{param.param.name}; });

TEST(OptionList, ALengthOtherThanTheRfcsIsNotRead) {
  EXPECT_EQ(parse_options(from_hex("0203ff")).mss(), std::nullopt);
  EXPECT_EQ(parse_options(from_hex("0206000005b4")).mss(), std::nullopt);
  EXPECT_EQ(parse_options(from_hex("03040707")).window_scale(), std::nullopt);
  EXPECT_EQ(parse_options(from_hex("0302")).window_scale(), std::nullopt);
  EXPECT_FALSE(parse_options(from_hex("040301")).sack_permitted());
  EXPECT_EQ(parse_options(from_hex("080600000001")).timestamps(), std::nullopt);
  EXPECT_TRUE(parse_options(from_hex("050900000010000000")).sack_blocks().empty());
  EXPECT_TRUE(parse_options(from_hex("0502")).sack_blocks().empty());
}

TEST(OptionList, TheFirstOfAKindCounts) {
  EXPECT_EQ(parse_options(from_hex("02040001 02040002")).mss(), 1);
  EXPECT_EQ(parse_options(from_hex("020300 02040002")).mss(), std::nullopt);
}

TEST(EncodeOptions, AlignsEachOptionWithNops) {
  EXPECT_EQ(to_hex(encode_options({})), "");
  EXPECT_EQ(to_hex(encode_options({.mss = 1460})), "020405b4");
  EXPECT_EQ(to_hex(encode_options({.window_scale = 14})), "0103030e");
  EXPECT_EQ(to_hex(encode_options({.sack_permitted = true})), "01010402");
  // RFC 7323 appendix A draws NOP NOP TSopt 10.
  EXPECT_EQ(to_hex(encode_options({.timestamps = Timestamps{1, 0xfffffffe}})), "0101080a00000001fffffffe");
  EXPECT_EQ(to_hex(encode_options({.sack = {{SeqNum{0xfffffff0}, SeqNum{16}}, {SeqNum{1}, SeqNum{2}}}})),
            "01010512fffffff0000000100000000100000002");
}

TEST(EncodeOptions, ReadsBackWhatWasWritten) {
  const OptionFields fields{.mss = 536,
                            .window_scale = 0,
                            .sack_permitted = true,
                            .timestamps = Timestamps{0, 0},
                            .sack = {{SeqNum{5}, SeqNum{9}}}};
  const Bytes area = encode_options(fields);
  EXPECT_EQ(area.size() % 4, 0U);
  const OptionList list = parse_options(area);
  EXPECT_EQ(list.defect, OptionDefect::none);
  EXPECT_EQ(list.mss(), fields.mss);
  EXPECT_EQ(list.window_scale(), fields.window_scale);
  EXPECT_TRUE(list.sack_permitted());
  EXPECT_EQ(list.timestamps(), fields.timestamps);
  EXPECT_EQ(list.sack_blocks(), fields.sack);
}

TEST(OptionText, IsForPeople) {
  const auto text = [](std::string_view hex) { return to_string(parse_options(from_hex(hex))); };
  EXPECT_EQ(text(""), "");
  EXPECT_EQ(text("020405b4 01030307 01010402 0101080a0000000100000002"),
            "mss 1460, wscale 7, sackOK, ts 1/2");
  EXPECT_EQ(text("0512 0000000500000009 000000140000001e"), "sack 5-9 20-30");
  EXPECT_EQ(text("fd0601020304"), "kind 253 [4 octets]");
  EXPECT_EQ(text("0203ff"), "kind 2 [1 octets]");
  EXPECT_EQ(text("01010000"), "");
  EXPECT_EQ(text("020405b4 0800"), "mss 1460, malformed: length too small");
  EXPECT_EQ(text("08ff"), "malformed: length past end");
}

TEST(ParseOptions, TakesAnyOctetsAndLosesNoneBeforeADefect) {
  Random random{40};
  for (int i = 0; i < 50'000; ++i) {
    const Bytes area = random_octets(random, 40);
    const OptionList list = parse_options(area);
    Bytes again;
    for (const TcpOption& option : list.options) {
      again.push_back(static_cast<std::byte>(option.kind));
      if (option.length) again.push_back(static_cast<std::byte>(*option.length));
      again.insert(again.end(), option.value.begin(), option.value.end());
    }
    ASSERT_LE(again.size(), area.size());
    ASSERT_TRUE(std::equal(again.begin(), again.end(), area.begin())) << to_hex(area);
    if (list.defect == OptionDefect::none && list.find(option_kind::end_of_list) == nullptr) {
      ASSERT_EQ(again.size(), area.size()) << to_hex(area);
    }
  }
}

}  // namespace
}  // namespace tcpjury::wire
