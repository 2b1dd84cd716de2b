#include "harness/cli/reasons.h"

#include <gtest/gtest.h>

#include <array>

namespace tcpjury::cli {
namespace {

constexpr std::array<std::string_view, 2> fields{"id", "reason"};

TEST(Reasons, AreReadInTheOrderOfTheFile) {
  Diagnostics diagnostics;
  const auto entries = parse_reasons(
      "[[exception]]\nid = \"a\"\nreason = \"why\"\n[[exception]]\nreason = \"r\"\nid = \"b\"\n", "x.toml",
      "exception", fields, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].field("id"), "a");
  EXPECT_EQ(entries[0].line, 1U);
  EXPECT_EQ(entries[1].field("reason"), "r");
}

TEST(Reasons, AnEmptyListIsWellFormed) {
  Diagnostics diagnostics;
  EXPECT_TRUE(parse_reasons("# nothing\n", "x.toml", "exception", fields, diagnostics).empty());
  EXPECT_TRUE(diagnostics.empty());
}

struct Wrong {
  std::string_view text;
  std::string_view code;
  std::uint32_t line;
};

TEST(Reasons, EveryMistakeHasAPlaceAndACode) {
  const Wrong rows[] = {
      {"[[also]]\nid = \"a\"\n", "R001", 1},
      {"exception = 7\n", "R001", 1},
      {"[[exception]]\nid = \"a\"\nreasn = \"x\"\nreason = \"y\"\n", "R002", 3},
      {"[[exception]]\nid = \"a\"\n", "R003", 1},
      {"[[exception]]\nid = \"a\"\nreason = \" \"\n", "R003", 3},
      {"[[exception]]\nid = 7\nreason = \"x\"\n", "R003", 2},
  };
  for (const Wrong& row : rows) {
    Diagnostics diagnostics;
    EXPECT_TRUE(parse_reasons(row.text, "x.toml", "exception", fields, diagnostics).empty());
    ASSERT_FALSE(diagnostics.empty()) << row.text;
    EXPECT_EQ(diagnostics.front().code, row.code) << row.text;
    EXPECT_EQ(diagnostics.front().where.line, row.line) << row.text;
  }
  Diagnostics diagnostics;
  EXPECT_TRUE(read_reasons("/no/such/file.toml", "exception", fields, diagnostics).empty());
  EXPECT_EQ(diagnostics.size(), 1U);
}

}  // namespace
}  // namespace tcpjury::cli
