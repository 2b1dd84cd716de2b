#include "harness/engine/fill.h"

#include <gtest/gtest.h>

#include "harness/engine/spoil.h"
#include "harness/engine/stream.h"
#include "harness/wire/tcp_options.h"

namespace tcpjury::engine {
namespace {

using namespace std::chrono_literals;
using scenario::Expression;
using scenario::SegmentPattern;
using wire::SeqNum;

Expression number(std::uint32_t n) { return Expression{n}; }
Expression expression(std::string_view text) { return *Expression::parse(text); }

class Fill : public ::testing::Test {
 protected:
  LiveMap map{{.seed = 3,
               .target = wire::IpAddress::v4(192, 0, 2, 1),
               .testers = {wire::IpAddress::v4(192, 0, 2, 2)},
               .target_port = wire::Port{80},
               .tester_port_first = wire::Port{40'000}}};

  wire::Decoded filled(const SegmentPattern& pattern, TimePoint now = clock_epoch) {
    auto result = fill(pattern, map, "main", now);
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
    if (!result) return {};
    return wire::decode(result->datagrams.front());
  }
  wire::TcpSegment segment(const SegmentPattern& pattern, TimePoint now = clock_epoch) {
    const wire::Decoded d = filled(pattern, now);
    return d.packet.tcp() == nullptr ? wire::TcpSegment{} : *d.packet.tcp();
  }
  /// Sends as the session does: what was honest moves the variables.
  wire::TcpSegment send(const SegmentPattern& pattern) {
    auto result = fill(pattern, map, "main", clock_epoch);
    EXPECT_TRUE(result.has_value());
    if (result->honest) map.connection("main").side.sent(*result->honest);
    return *result->whole.packet.tcp();
  }
  void establish(const wire::OptionFields& target_options = {}) {
    map.bind("J", 1000);
    send({.ctl = wire::syn, .seq = expression("J")});
    answer(target_options);
  }
  void answer(const wire::OptionFields& target_options) {
    wire::TcpSegment s;
    s.flags = wire::syn | wire::ack;
    s.seq = SeqNum{9000};
    s.ack = SeqNum{1001};
    s.window = 4096;
    s.options = wire::encode_options(target_options);
    map.connection("main").side.received(s);
  }
};

TEST_F(Fill, SynCarriesJAndTheMssOfTheLink) {
  map.bind("J", 1000);
  const wire::TcpSegment s = segment({.ctl = wire::syn});
  EXPECT_EQ(s.seq, SeqNum{1000});
  EXPECT_EQ(s.ack, SeqNum{0});
  EXPECT_EQ(s.window, 65'535);
  EXPECT_EQ(s.source.number, 40'000);
  EXPECT_EQ(s.destination.number, 80);
  EXPECT_EQ(wire::parse_options(s.options).mss(), 1460);
}

TEST_F(Fill, AnotherAddressIsALie) {
  SegmentPattern p{.ctl = wire::syn};
  p.ip.source = wire::IpAddress::v4(127, 0, 0, 1);
  p.ip.destination = wire::IpAddress::v4(224, 0, 0, 1);
  const wire::Decoded sent = filled(p);
  EXPECT_EQ(sent.packet.source(), wire::IpAddress::v4(127, 0, 0, 1));
  EXPECT_EQ(sent.packet.destination(), wire::IpAddress::v4(224, 0, 0, 1));
  EXPECT_TRUE(sent.defects.empty());
  EXPECT_FALSE(fill(p, map, "main", clock_epoch)->honest.has_value());
}

TEST_F(Fill, MssOfZeroMeansNoOption) {
  EXPECT_TRUE(segment({.ctl = wire::syn, .mss = number(0)}).options.empty());
}

TEST_F(Fill, RawOptionsReplaceAllOthers) {
  const Bytes nops(4, std::byte{1});
  EXPECT_EQ(segment({.ctl = wire::syn, .raw_options = nops}).options, nops);
}

TEST_F(Fill, SegmentsOfAConnectionContinueIt) {
  establish();
  const wire::TcpSegment s = segment({});
  EXPECT_EQ(s.flags, wire::ack);
  EXPECT_EQ(s.seq, SeqNum{1001});
  EXPECT_EQ(s.ack, SeqNum{9001});
  EXPECT_TRUE(s.options.empty());
  const SegmentPattern text{.data = SegmentPattern::Text{.length = number(10)}};
  EXPECT_EQ(send(text).flags, wire::ack | wire::psh);
  EXPECT_EQ(segment({}).seq, SeqNum{1011});
}

TEST_F(Fill, TextSentAgainIsTheSameText) {
  establish();
  const SegmentPattern ten{.data = SegmentPattern::Text{.length = number(10)}};
  const wire::TcpSegment first = send(ten);
  const wire::TcpSegment second = send(ten);
  const wire::TcpSegment again =
      segment({.seq = expression("J+1"), .data = SegmentPattern::Text{.length = number(20)}});
  Bytes both = first.text;
  both.insert(both.end(), second.text.begin(), second.text.end());
  EXPECT_EQ(again.text, both);
  EXPECT_NE(first.text, second.text);
}

TEST_F(Fill, LiteralOctetsAreSentAsTheyAre) {
  establish();
  EXPECT_EQ(segment({.data = SegmentPattern::Text{.octets = bytes_of("hello")}}).text, bytes_of("hello"));
}

TEST_F(Fill, AckIsZeroWithoutTheBitUnlessGiven) {
  establish();
  EXPECT_EQ(segment({.ctl = wire::rst}).ack, SeqNum{0});
  EXPECT_EQ(segment({.ctl = wire::rst, .ack = number(5)}).ack, SeqNum{5});
}

TEST_F(Fill, TimestampsAreOnEverySegmentOnceAgreed) {
  map.bind("J", 1000);
  send({.ctl = wire::syn, .seq = expression("J"), .ts = std::pair{expression("ts.now"), number(0)}});
  answer({.timestamps = wire::Timestamps{555, 1}});
  const auto ts = wire::parse_options(segment({}, clock_epoch + 20ms).options).timestamps();
  ASSERT_TRUE(ts.has_value());
  EXPECT_EQ(ts->tsecr, 555U);
  EXPECT_EQ(ts->tsval, map.timestamp(map.connection("main"), clock_epoch) + 20);
}

TEST_F(Fill, TimestampsStayAwayWhenTheTargetDidNotAgree) {
  map.bind("J", 1000);
  send({.ctl = wire::syn, .seq = expression("J"), .ts = std::pair{expression("ts.now"), number(0)}});
  answer({});
  EXPECT_TRUE(segment({}).options.empty());
}

TEST_F(Fill, UnansweredSynIsSentAgainWithItsNumber) {
  map.bind("J", 1000);
  send({.ctl = wire::syn});
  EXPECT_EQ(segment({.ctl = wire::syn}).seq, SeqNum{1000});
}

TEST_F(Fill, UnknownNameIsAnErrorThatNamesIt) {
  const auto result = fill({.wnd = expression("W")}, map, "main", clock_epoch);
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().message.find('W'), std::string::npos);
}

TEST_F(Fill, PortOfAnOpeningTargetMustBeKnown) {
  map.connection("main").tuple.target.port = {};
  EXPECT_FALSE(fill({.ctl = wire::syn}, map, "main", clock_epoch).has_value());
}

// ---- lies ---------------------------------------------------------------------------------------------

struct Lie {
  const char* what;
  SegmentPattern pattern;
  wire::WireDefect defect;
};

TEST_F(Fill, EveryLieIsOnTheWireAndMovesNothing) {
  establish();
  SegmentPattern bad_ip;
  bad_ip.ip.corrupt_checksum = true;
  SegmentPattern long_ip;
  long_ip.ip.length = 60'000;
  const SegmentPattern::Text ten{.length = number(10)};
  const Lie lies[] = {
      {"checksum bad", {.data = ten, .corrupt_checksum = true}, wire::WireDefect::tcp_checksum},
      {"checksum given", {.data = ten, .checksum = std::uint16_t{0x1234}}, wire::WireDefect::tcp_checksum},
      {"offset below the header",
       {.data = ten, .data_offset = std::uint8_t{4}},
       wire::WireDefect::tcp_data_offset},
      {"offset past the end", {.data_offset = std::uint8_t{15}}, wire::WireDefect::tcp_data_offset},
      {"cut short", {.truncate = std::uint16_t{12}}, wire::WireDefect::transport_too_short},
      {"IP checksum", bad_ip, wire::WireDefect::ip_checksum},
      {"IP length", long_ip, wire::WireDefect::ip_length},
  };
  for (const Lie& lie : lies) {
    auto result = fill(lie.pattern, map, "main", clock_epoch);
    ASSERT_TRUE(result.has_value()) << lie.what;
    EXPECT_TRUE(wire::decode(result->datagrams.front()).has(lie.defect)) << lie.what;
    EXPECT_FALSE(result->honest.has_value()) << lie.what;
  }
}

TEST_F(Fill, ReservedBitsAreNoLie) {
  establish();
  const auto result = fill({.reserved = std::uint8_t{9}}, map, "main", clock_epoch);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->whole.packet.tcp()->reserved, 9);
  EXPECT_TRUE(result->honest.has_value());
}

TEST_F(Fill, SegmentCutShortHasTheRightChecksumForWhatIsLeft) {
  establish();
  const wire::Decoded d =
      filled({.data = SegmentPattern::Text{.length = number(30)}, .truncate = std::uint16_t{25}});
  EXPECT_TRUE(d.defects.empty());
  EXPECT_EQ(d.packet.tcp()->text.size(), 5U);
}

TEST_F(Fill, FragmentsCarryOneSegment) {
  establish();
  SegmentPattern pattern{.data = SegmentPattern::Text{.length = number(100)}};
  pattern.ip.fragment = 24;
  const auto result = fill(pattern, map, "main", clock_epoch);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->datagrams.size(), 2U);
  EXPECT_EQ(result->whole.packet.tcp()->text.size(), 100U);
  EXPECT_TRUE(result->whole.defects.empty());
  EXPECT_TRUE(result->honest.has_value());
}

TEST(WrongChecksum, IsWrongEvenWhereTheInverseWouldBeRight) {
  EXPECT_EQ(wrong_checksum(0x1234), 0xedcb);
  // 0x0000 and 0xffff are both zero in ones' complement.
  EXPECT_NE(wrong_checksum(0x0000), 0xffff);
  EXPECT_NE(wrong_checksum(0xffff), 0x0000);
}

TEST(Stream, SamePositionHoldsTheSameOctet) {
  const Bytes all = stream_octets(5, 0, 100);
  const Bytes tail = stream_octets(5, 37, 63);
  EXPECT_TRUE(std::equal(tail.begin(), tail.end(), all.begin() + 37));
  EXPECT_NE(stream_octets(6, 0, 100), all);
}

}  // namespace
}  // namespace tcpjury::engine
