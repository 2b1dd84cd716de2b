#include "harness/model/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <string>

#include "harness/model/state.h"

namespace tcpjury::model {
namespace {

TEST(RequirementCatalogue, IsSortedAndWithoutRepetition) {
  const auto all = requirement_catalogue();
  const auto disorder = std::ranges::adjacent_find(
      all, [](const Requirement& a, const Requirement& b) { return a.id >= b.id; });
  EXPECT_EQ(disorder, all.end()) << disorder->id;
}

TEST(RequirementCatalogue, HoldsEveryLabelThatRfc9293Prints) {
  // The highest number of each kind in the text of RFC 9293; none is left out.
  const auto expect_labels = [](const std::string& kind, int last) {
    for (int n = 1; n <= last; ++n) {
      const std::string id = "RFC9293-" + kind + "-" + std::to_string(n);
      EXPECT_NE(find_requirement(id), nullptr) << id;
    }
  };
  expect_labels("MUST", 69);
  expect_labels("SHLD", 31);
  expect_labels("MAY", 18);
  expect_labels("REC", 1);
}

TEST(RequirementCatalogue, FindsByIdAndSaysWhatTheRfcSays) {
  const Requirement* checksum = find_requirement("RFC9293-MUST-2");
  ASSERT_NE(checksum, nullptr);
  EXPECT_EQ(checksum->level, Level::must);
  EXPECT_EQ(checksum->rfc, 9293);
  EXPECT_EQ(checksum->section, "3.1");
  EXPECT_EQ(checksum->observable, Observable::wire);
  EXPECT_EQ(checksum->roles, "any");

  const Requirement* syn_in_listen = find_requirement("RFC9293-3.10.7.2-SYN-LISTEN");
  ASSERT_NE(syn_in_listen, nullptr);
  EXPECT_EQ(syn_in_listen->states, "LISTEN");
}

TEST(RequirementCatalogue, FindsFirstAndLastAndNothingElse) {
  const auto all = requirement_catalogue();
  EXPECT_EQ(find_requirement(all.front().id), &all.front());
  EXPECT_EQ(find_requirement(all.back().id), &all.back());
  for (const char* unknown : {"", "RFC9293-MUST-", "RFC9293-MUST-999", "ZZZ", "AAA"}) {
    EXPECT_EQ(find_requirement(unknown), nullptr) << unknown;
  }
}

TEST(RequirementCatalogue, NamesOnlyStatesOfTheStateMachine) {
  for (const Requirement& requirement : requirement_catalogue()) {
    std::istringstream words{std::string{requirement.states}};
    std::set<std::string> seen;
    for (std::string word; words >> word;) {
      EXPECT_TRUE(parse_state(word)) << requirement.id << ": " << word;
      EXPECT_TRUE(seen.insert(word).second) << requirement.id << ": " << word << " twice";
    }
    EXPECT_FALSE(seen.empty()) << requirement.id;
  }
}

TEST(RequirementCatalogue, NamesOnlyTheRolesOfAnOpen) {
  for (const Requirement& requirement : requirement_catalogue()) {
    EXPECT_THAT(requirement.roles, testing::AnyOf("any", "active-open", "passive-open")) << requirement.id;
  }
}

TEST(Level, IsReadAsItIsWritten) {
  for (const auto& [text, level] :
       std::array{std::pair{"MUST", Level::must}, std::pair{"MUST NOT", Level::must_not},
                  std::pair{"SHOULD", Level::should}, std::pair{"SHOULD NOT", Level::should_not},
                  std::pair{"RECOMMENDED", Level::recommended}, std::pair{"MAY", Level::may}}) {
    EXPECT_EQ(parse_level(text), level) << text;
    EXPECT_EQ(to_string(level), text);
  }
  for (const char* wrong : {"", "must", "MUSTNOT", "SHALL"}) EXPECT_FALSE(parse_level(wrong)) << wrong;
}

}  // namespace
}  // namespace tcpjury::model
