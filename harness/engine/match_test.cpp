#include "harness/engine/match.h"

#include <gtest/gtest.h>

#include "harness/wire/tcp_options.h"

namespace tcpjury::engine {
namespace {

using scenario::Expression;
using scenario::SegmentPattern;
using wire::SeqNum;

Expression e(std::string_view text) { return *Expression::parse(text); }

/// <SEQ=300><ACK=101><CTL=ACK,PSH> with four octets, window 500, options MSS 1000 and timestamps.
wire::Packet sample() {
  wire::Ipv4Header ip;
  ip.source = wire::IpAddress::v4(192, 0, 2, 1);
  ip.destination = wire::IpAddress::v4(192, 0, 2, 2);
  ip.ttl = 61;
  ip.tos = 8;
  wire::TcpSegment s;
  s.seq = SeqNum{300};
  s.ack = SeqNum{101};
  s.flags = wire::ack | wire::psh;
  s.window = 500;
  s.urgent = 3;
  s.text = bytes_of("abcd");
  s.options = wire::encode_options({.mss = 1000, .window_scale = 2, .timestamps = wire::Timestamps{70, 71}});
  return {.ip = ip, .payload = s};
}

Expression::Lookup names() {
  return [](std::string_view name) -> std::optional<std::uint32_t> {
    if (name == "J") return 100;
    return std::nullopt;
  };
}

MatchResult matched(const SegmentPattern& pattern) {
  const auto result = match(pattern, wire::decode(wire::encode(sample())), names());
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  return result ? *result : MatchResult{};
}

TEST(Match, WhatIsNotNamedIsNotLookedAt) { EXPECT_TRUE(matched({}).matched()); }

TEST(Match, AnOptionThatIsNotThereGivesNoNameAValue) {
  wire::Packet packet = sample();
  std::get<wire::TcpSegment>(packet.payload).options.clear();
  const auto result = match({.wscale = e("S")}, wire::decode(wire::encode(packet)), names());
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->differences, (std::vector<FieldDiff>{{"wscale", "absent", "any (S)"}}));
  EXPECT_TRUE(result->bindings.empty());
}

TEST(Match, AllFieldsThatAgree) {
  SegmentPattern p{.ctl = wire::ack,
                   .seq = e("300"),
                   .ack = e("J+1"),
                   .wnd = e("500"),
                   .up = e("3"),
                   .data = SegmentPattern::Text{.octets = bytes_of("abcd")},
                   .mss = e("1000"),
                   .wscale = e("2"),
                   .sack_permitted = false,
                   .ts = std::pair{e("70"), e("71")},
                   .reserved = std::uint8_t{0}};
  p.ip.ttl = 61;
  p.ip.tos = 8;
  p.ip.dont_fragment = true;
  const MatchResult result = matched(p);
  EXPECT_TRUE(result.matched()) << result.differences.front().field;
}

struct Difference {
  const char* field;
  SegmentPattern pattern;
  const char* got;
  const char* want;
};

TEST(Match, EveryFieldCanDiffer) {
  SegmentPattern ttl;
  ttl.ip.ttl = 64;
  SegmentPattern bad_sum{.corrupt_checksum = true};
  const Difference cases[] = {
      {"ctl", {.ctl = wire::ack | wire::fin}, "ACK,PSH", "FIN,ACK"},
      {"seq", {.seq = e("J")}, "300", "J (100)"},
      {"ack", {.ack = e("100")}, "101", "100"},
      {"wnd", {.wnd = e("0")}, "500", "0"},
      {"up", {.up = e("0")}, "3", "0"},
      {"data", {.data = SegmentPattern::Text{.length = e("5")}}, "4", "5"},
      {"data", {.data = SegmentPattern::Text{.octets = bytes_of("abce")}}, "61626364", "61626365"},
      {"mss", {.mss = e("1460")}, "1000", "1460"},
      {"mss", {.mss = e("0")}, "1000", "absent"},
      {"wscale", {.wscale = e("7")}, "2", "7"},
      {"sack_permitted", {.sack_permitted = true}, "false", "true"},
      {"sack", {.sack = std::vector{std::pair{e("1"), e("2")}}}, "0 blocks", "1 blocks"},
      {"ts", {.ts = std::pair{e("70"), e("72")}}, "71", "72"},
      {"reserved", {.reserved = std::uint8_t{1}}, "0", "1"},
      {"data_offset", {.data_offset = std::uint8_t{5}}, "10", "5"},
      {"checksum", bad_sum, "right", "bad"},
      {"ip.ttl", ttl, "61", "64"},
  };
  for (const Difference& c : cases) {
    const MatchResult result = matched(c.pattern);
    ASSERT_EQ(result.differences.size(), 1U) << c.field;
    EXPECT_EQ(result.differences.front(), (FieldDiff{c.field, c.got, c.want}));
  }
}

TEST(Match, PushCountsOnlyWhereNamed) {
  EXPECT_TRUE(matched({.ctl = wire::ack}).matched());
  EXPECT_TRUE(matched({.ctl = wire::ack | wire::psh}).matched());
  EXPECT_FALSE(matched({.ctl = wire::psh}).matched());
}

TEST(Match, NamesAloneTakeTheSegmentsValues) {
  const MatchResult result = matched({.seq = e("K"), .ack = e("J+1"), .ts = std::pair{e("T"), e("71")}});
  ASSERT_TRUE(result.matched());
  EXPECT_EQ(result.bindings, (std::vector<std::pair<std::string, std::uint32_t>>{{"K", 300}, {"T", 70}}));
}

TEST(Match, NothingIsBoundWhenSomethingDiffers) {
  const MatchResult result = matched({.seq = e("K"), .ack = e("J")});
  EXPECT_FALSE(result.matched());
  EXPECT_TRUE(result.bindings.empty());
}

TEST(Match, NameBoundInTheSamePatternMustAgreeWithItself) {
  EXPECT_FALSE(matched({.seq = e("K"), .ack = e("K")}).matched());
  EXPECT_TRUE(matched({.seq = e("K"), .ack = e("K-199")}).matched());
}

TEST(Match, UnknownNameInAnExpressionIsAnError) {
  const auto result = match({.seq = e("K+1")}, wire::decode(wire::encode(sample())), names());
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().message.find('K'), std::string::npos);
}

TEST(Match, AnOptionThatIsAbsentDiffersWhateverItsValueShouldBe) {
  wire::Packet packet = sample();
  std::get<wire::TcpSegment>(packet.payload).options.clear();
  for (const SegmentPattern& pattern : {SegmentPattern{.mss = e("M")}, SegmentPattern{.wscale = e("S+1")},
                                        SegmentPattern{.ts = std::pair{e("T"), e("E")}}}) {
    const auto result = match(pattern, wire::decode(wire::encode(packet)), names());
    ASSERT_TRUE(result.has_value()) << result.error().message;
    EXPECT_FALSE(result->matched());
    EXPECT_EQ(result->differences.front().got, "absent");
    EXPECT_TRUE(result->bindings.empty());
  }
}

TEST(Match, AnotherProtocolNeverMatches) {
  wire::Packet packet = sample();
  std::get<wire::Ipv4Header>(packet.ip).protocol = wire::protocol::icmp;
  packet.payload = wire::IcmpMessage{.type = 3};
  const auto result = match({}, wire::decode(wire::encode(packet)), names());
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->matched());
}

TEST(Describe, UsesTheNotationOfTheRfc) {
  EXPECT_EQ(describe({.ctl = wire::syn | wire::ack, .seq = e("K"), .ack = e("J+1")}),
            "<SEQ=K><ACK=J+1><CTL=SYN,ACK>");
  EXPECT_EQ(describe({.ctl = wire::no_flags}), "<CTL=none>");
  EXPECT_EQ(describe({}), "any segment");
}

}  // namespace
}  // namespace tcpjury::engine
