#include "harness/cli/exceptions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace tcpjury::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Exceptions, AreReasonsById) {
  Diagnostics diagnostics;
  EXPECT_THAT(
      parse_exceptions("[[exception]]\nid = \"RFC9293-MUST-2\"\nreason = \"why\"\n", "x.toml", diagnostics),
      ElementsAre(Pair("RFC9293-MUST-2", "why")));
  EXPECT_TRUE(diagnostics.empty());
}

TEST(Exceptions, MustNameARequirementAndOnlyOnce) {
  Diagnostics unknown;
  EXPECT_TRUE(
      parse_exceptions("[[exception]]\nid = \"RFC9293-MUST-2x\"\nreason = \"why\"\n", "x.toml", unknown)
          .empty());
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_EQ(unknown[0].code, "R004");
  EXPECT_THAT(unknown[0].hint, testing::HasSubstr("RFC9293-MUST-2"));

  Diagnostics twice;
  const std::string entry = "[[exception]]\nid = \"RFC9293-MUST-2\"\nreason = \"why\"\n";
  EXPECT_TRUE(parse_exceptions(entry + entry, "x.toml", twice).empty());
  ASSERT_EQ(twice.size(), 1U);
  EXPECT_EQ(twice[0].code, "R005");
  EXPECT_EQ(twice[0].where.line, 4U);
}

TEST(Exceptions, TheShippedOnesAreWellFormed) {
  const std::string file = std::string{TCPJURY_SOURCE_DIR} + "/scenarios/requirements/exceptions.toml";
  std::ifstream in{file};
  ASSERT_TRUE(in) << file;
  std::ostringstream text;
  text << in.rdbuf();
  Diagnostics diagnostics;
  (void)parse_exceptions(text.str(), file, diagnostics);
  for (const Diagnostic& one : diagnostics) ADD_FAILURE() << to_string(one);
}

}  // namespace
}  // namespace tcpjury::cli
