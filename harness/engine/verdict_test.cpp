#include "harness/engine/verdict.h"

#include <gtest/gtest.h>

namespace tcpjury::engine {
namespace {

TEST(Verdict, IsWrittenAsInReports) {
  EXPECT_EQ(to_string(Verdict::pass), "pass");
  EXPECT_EQ(to_string(Verdict::not_applicable), "not-applicable");
  EXPECT_EQ(to_string(Verdict::error), "error");
}

TEST(Verdict, EveryNameIsReadBack) {
  for (std::size_t i = 0; i < verdict_count; ++i) {
    const auto v = static_cast<Verdict>(i);
    EXPECT_EQ(parse_verdict(to_string(v)), v);
  }
  EXPECT_EQ(parse_verdict("passed"), std::nullopt);
}

}  // namespace
}  // namespace tcpjury::engine
