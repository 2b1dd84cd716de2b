#include "harness/wire/seq.h"

#include <gtest/gtest.h>

#include <array>

namespace tcpjury::wire {
namespace {

constexpr SeqNum zero{0};
constexpr SeqNum last{0xffff'ffff};
constexpr SeqNum half{0x8000'0000};

// Addition and distance wrap at the top of sequence space.
static_assert(last + SeqLen{1} == zero);
static_assert(zero - SeqLen{1} == last);
static_assert(zero - last == SeqLen{1});
static_assert(last - zero == SeqLen{0xffff'ffff});
static_assert(SeqNum{0xffff'fff0} + SeqLen{0x20} == SeqNum{0x10});
static_assert(SeqLen{3} + SeqLen{4} == SeqLen{7});

// A window across the top: 0xfffffffe, 0xffffffff, 0, 1.
static_assert(!in_window(SeqNum{0xffff'fffd}, SeqNum{0xffff'fffe}, SeqLen{4}));
static_assert(in_window(SeqNum{0xffff'fffe}, SeqNum{0xffff'fffe}, SeqLen{4}));
static_assert(in_window(last, SeqNum{0xffff'fffe}, SeqLen{4}));
static_assert(in_window(zero, SeqNum{0xffff'fffe}, SeqLen{4}));
static_assert(in_window(SeqNum{1}, SeqNum{0xffff'fffe}, SeqLen{4}));
static_assert(!in_window(SeqNum{2}, SeqNum{0xffff'fffe}, SeqLen{4}));
// An empty window holds nothing, not even its first number.
static_assert(!in_window(zero, zero, SeqLen{0}));

// Order turns around at half the space; a number exactly half the space away is before neither way round.
static_assert(before(zero, SeqNum{1}) && !before(SeqNum{1}, zero));
static_assert(before(last, zero) && !before(zero, last));
static_assert(before(zero, SeqNum{0x7fff'ffff}) && !before(SeqNum{0x7fff'ffff}, zero));
static_assert(!before(zero, half) && !before(half, zero));
static_assert(!before(zero, SeqNum{0x8000'0001}) && before(SeqNum{0x8000'0001}, zero));
static_assert(!before(half, half) && at_or_before(half, half));
static_assert(at_or_before(last, zero) && !at_or_before(zero, last));

static_assert(later(last, zero) == zero && later(zero, last) == zero);
static_assert(earlier(last, zero) == last && earlier(zero, last) == last);

// Numbers at which 32-bit arithmetic has its edges.
constexpr std::array<std::uint32_t, 11> edges{0,           1,           2,           0x7fff'fffe,
                                              0x7fff'ffff, 0x8000'0000, 0x8000'0001, 0xffff'fffd,
                                              0xffff'fffe, 0xffff'ffff, 0x1234'5678};

TEST(SeqNum, OrderDoesNotDependOnWhereTheSpaceBegins) {
  for (const std::uint32_t base : edges) {
    EXPECT_TRUE(before(SeqNum{base}, SeqNum{base} + SeqLen{1}));
    EXPECT_TRUE(before(SeqNum{base}, SeqNum{base} + SeqLen{0x7fff'ffff}));
    EXPECT_FALSE(before(SeqNum{base}, SeqNum{base} + SeqLen{0x8000'0000}));
    EXPECT_FALSE(before(SeqNum{base}, SeqNum{base} + SeqLen{0xffff'ffff}));
    EXPECT_FALSE(before(SeqNum{base}, SeqNum{base}));
  }
}

TEST(SeqNum, ExactlyOneOfBeforeEqualAfterHoldsUnlessHalfTheSpaceApart) {
  for (const std::uint32_t a : edges) {
    for (const std::uint32_t b : edges) {
      const int holds = static_cast<int>(before(SeqNum{a}, SeqNum{b})) + static_cast<int>(a == b) +
                        static_cast<int>(before(SeqNum{b}, SeqNum{a}));
      const bool half_apart = (a ^ b) == 0x8000'0000U;
      EXPECT_EQ(holds, half_apart ? 0 : 1) << a << " " << b;
    }
  }
}

TEST(SeqNum, AWindowHoldsItsFirstAndItsLastNumberAndNoNeighbour) {
  for (const std::uint32_t first : edges) {
    for (const std::uint32_t length : {1U, 2U, 65535U, 0x4000'0000U}) {
      const SeqNum start{first};
      const SeqLen len{length};
      EXPECT_TRUE(in_window(start, start, len));
      EXPECT_TRUE(in_window(start + SeqLen{length - 1}, start, len));
      EXPECT_FALSE(in_window(start + len, start, len));
      EXPECT_FALSE(in_window(start - SeqLen{1}, start, len));
    }
  }
}

TEST(SeqNum, GoingForthAndBackEndsWhereItBegan) {
  for (const std::uint32_t from : edges) {
    for (const std::uint32_t distance : edges) {
      EXPECT_EQ(SeqNum{from} + SeqLen{distance} - SeqLen{distance}, SeqNum{from});
      EXPECT_EQ((SeqNum{from} + SeqLen{distance}) - SeqNum{from}, SeqLen{distance});
    }
  }
}

}  // namespace
}  // namespace tcpjury::wire
