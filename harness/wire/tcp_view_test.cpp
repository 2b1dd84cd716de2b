#include "harness/wire/tcp_view.h"

#include <gtest/gtest.h>

#include "harness/wire/packets_test.h"

namespace tcpjury::wire {
namespace {

const IpAddress here = IpAddress::v4(192, 0, 2, 1);
const IpAddress there = IpAddress::v4(192, 0, 2, 2);

TEST(TcpView, ReadsEachFieldFromItsPlaceInFigure1) {
  const Bytes octets = from_hex("1234 5678 01020304 a1a2a3a4 6f c1 fedc beef 0017 020405b4 6869");
  const auto view = TcpView::parse(octets);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->source(), Port{0x1234});
  EXPECT_EQ(view->destination(), Port{0x5678});
  EXPECT_EQ(view->seq(), SeqNum{0x01020304});
  EXPECT_EQ(view->ack(), SeqNum{0xa1a2a3a4});
  EXPECT_EQ(view->data_offset(), 6);
  EXPECT_EQ(view->reserved(), 15);
  EXPECT_EQ(view->flags(), cwr | ece | fin);
  EXPECT_EQ(view->window(), 0xfedc);
  EXPECT_EQ(view->checksum(), 0xbeef);
  EXPECT_EQ(view->urgent(), 0x17);
  EXPECT_TRUE(view->offset_fits());
  EXPECT_EQ(to_hex(view->options()), "020405b4");
  EXPECT_EQ(to_hex(view->text()), "6869");
  EXPECT_EQ(view->octets().size(), octets.size());
}

TEST(TcpView, NeedsTheFixedHeaderAndNothingMore) {
  const Bytes octets(20);
  for (std::size_t size = 0; size < 20; ++size) {
    EXPECT_FALSE(TcpView::parse(BytesView{octets}.first(size)).has_value()) << size;
  }
  EXPECT_TRUE(TcpView::parse(octets).has_value());
}

TEST(TcpView, AnOffsetThatLiesStillGivesSafeParts) {
  struct Case {
    std::uint8_t offset;
    bool fits;
    std::size_t options;
    std::size_t text;
  };
  // A segment of 20 + 9 octets: seven words end inside it, eight do not.
  for (const Case c : {Case{0, false, 0, 9}, Case{4, false, 0, 9}, Case{5, true, 0, 9}, Case{6, true, 4, 5},
                       Case{7, true, 8, 1}, Case{8, false, 9, 0}, Case{15, false, 9, 0}}) {
    Bytes octets(29);
    octets[12] = static_cast<std::byte>(c.offset << 4U);
    const auto view = TcpView::parse(octets);
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->data_offset(), c.offset);
    EXPECT_EQ(view->offset_fits(), c.fits) << int{c.offset};
    EXPECT_EQ(view->options().size(), c.options) << int{c.offset};
    EXPECT_EQ(view->text().size(), c.text) << int{c.offset};
  }
}

TEST(TcpView, AnyOctetsComeBackFromTheirValue) {
  Random random{29};
  for (int i = 0; i < 50'000; ++i) {
    const Bytes octets = random_octets(random, 80);
    const auto view = TcpView::parse(octets);
    if (!view) continue;
    const TcpSegment segment = to_segment(*view, here, there);
    ASSERT_TRUE(encode_segment(segment, here, there) == octets) << to_hex(octets);
    ASSERT_EQ(segment.data_offset.has_value(), !view->offset_fits());
  }
}

TEST(TcpView, ShowsTheFieldsOfTheValueItWasEncodedFrom) {
  Random random{30};
  for (int i = 0; i < 20'000; ++i) {
    const Packet packet = random_honest_packet(random);
    const TcpSegment* segment = packet.tcp();
    if (segment == nullptr) continue;
    const Bytes octets = encode_segment(*segment, here, there);
    const auto view = TcpView::parse(octets);
    ASSERT_TRUE(view.has_value());
    ASSERT_TRUE(to_segment(*view, here, there) == *segment) << to_hex(octets);
    ASSERT_EQ(view->checksum(), view->right_checksum(here, there));
  }
}

TEST(EncodeSegment, PadsOptionsWithZerosUnlessTheOffsetLies) {
  const TcpSegment cut{.options = from_hex("0303"), .text = from_hex("ff")};
  EXPECT_EQ(to_hex(BytesView{encode_segment(cut, here, there)}.subspan(20)), "03030000ff");
  TcpSegment lying = cut;
  lying.data_offset = 5;
  EXPECT_EQ(to_hex(BytesView{encode_segment(lying, here, there)}.subspan(20)), "0303ff");
}

TEST(EncodeSegment, WritesEveryLieAsItIs) {
  const TcpSegment segment{.flags = {0xff}, .reserved = 9, .data_offset = 15, .checksum = 0xdead};
  const Bytes octets = encode_segment(segment, here, there);
  EXPECT_EQ(to_hex(BytesView{octets}.subspan(12, 2)), "f9ff");
  EXPECT_EQ(to_hex(BytesView{octets}.subspan(16, 2)), "dead");
}

TEST(EncodeSegment, MoreOptionsThanAnOffsetCanSayAreWrittenAllTheSame) {
  const Bytes octets = encode_segment({.options = Bytes(44, std::byte{1})}, here, there);
  EXPECT_EQ(octets.size(), 64U);
  EXPECT_EQ(octets[12], std::byte{0xf0});
}

}  // namespace
}  // namespace tcpjury::wire
