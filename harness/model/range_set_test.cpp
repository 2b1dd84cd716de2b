#include "harness/model/range_set.h"

#include <gtest/gtest.h>

namespace tcpjury::model {
namespace {

SeqRange range(std::uint32_t first, std::uint32_t end) { return {SeqNum{first}, SeqNum{end}}; }

TEST(RangeSet, JoinsWhatTouches) {
  RangeSet set;
  set.add(range(10, 20));
  set.add(range(30, 40));
  EXPECT_EQ(set.size(), 2U);
  set.add(range(20, 30));
  EXPECT_EQ(set.size(), 1U);
  EXPECT_TRUE(set.covers(range(10, 40)));
  EXPECT_FALSE(set.covers(range(9, 11)));
}

TEST(RangeSet, CrossesZero) {
  RangeSet set;
  set.add(range(0xffff'fff0U, 0x10));
  EXPECT_TRUE(set.covers(range(0xffff'ffffU, 1)));
  EXPECT_EQ(set.overlaps(range(0, 0x20)), std::vector<SeqRange>{range(0, 0x10)});
}

TEST(RangeSet, ForgetsWhatLiesBefore) {
  RangeSet set;
  set.add(range(10, 20));
  set.add(range(30, 40));
  set.forget_before(SeqNum{20});
  EXPECT_EQ(set.ranges(), std::vector<SeqRange>{range(30, 40)});
}

TEST(RangeSet, SaysWhenThereAreTooMany) {
  RangeSet set;
  for (std::uint32_t i = 0; i <= RangeSet::ranges_max; ++i) set.add(range(10 * i, 10 * i + 5));
  EXPECT_TRUE(set.full());
  set.forget_before(SeqNum{1'000'000});
  EXPECT_FALSE(set.full());
}

}  // namespace
}  // namespace tcpjury::model
