#include "reports/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "reports/testing/sample.h"

namespace tcpjury::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::array kinds{Kind::console,  Kind::json,   Kind::junit, Kind::ladder,
                           Kind::markdown, Kind::pcapng, Kind::tap};

TEST(ParseRequest, ReadsKindAndPath) {
  EXPECT_EQ(*parse_request("junit=out/a=b.xml"), (Request{Kind::junit, "out/a=b.xml"}));
  EXPECT_EQ(*parse_request("json=-"), (Request{Kind::json, "-"}));
}

TEST(ParseRequest, KnowsEveryKindByItsName) {
  for (const Kind kind : kinds) {
    const auto request = parse_request(std::string{to_string(kind)} + "=x");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->kind, kind);
  }
}

TEST(ParseRequest, SuggestsTheNearestKind) {
  const auto request = parse_request("junt=x");
  ASSERT_FALSE(request);
  EXPECT_THAT(request.error().message, HasSubstr("\"junt\""));
  EXPECT_EQ(request.error().hint, "did you mean junit?");
  EXPECT_THAT(parse_request("spreadsheet=x").error().hint, StartsWith("known are console, json"));
}

TEST(ParseRequest, PathIsNeeded) {
  EXPECT_THAT(parse_request("tap").error().message, HasSubstr("needs a path"));
  EXPECT_THAT(parse_request("tap=").error().hint, HasSubstr("tap=FILE"));
  EXPECT_FALSE(parse_request(""));
}

TEST(Render, EveryKindRendersAnyRecord) {
  for (const Kind kind : kinds) {
    EXPECT_FALSE(render(kind, testing::sample_run(), testing::sample_context()).empty()) << to_string(kind);
    EXPECT_FALSE(render(kind, testing::hostile_run(), {}).empty()) << to_string(kind);
  }
}

TEST(Deliver, FailureNamesThePath) {
  const auto result = deliver({Kind::tap, "/nowhere/out.tap"}, {}, {});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("/nowhere/out.tap"));
}

}  // namespace
}  // namespace tcpjury::reports
