// The catalogue of mistakes: it names what exists, and what it names is switched somewhere.
#include "targets/reference/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "targets/reference/bench_test.h"

namespace tcpjury::reference {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::set<std::string> requirement_ids() {
  std::set<std::string> ids;
  for (const auto& entry : fs::directory_iterator{fs::path{TCPJURY_SOURCE_DIR} / "scenarios/requirements"}) {
    std::ifstream in{entry.path()};
    constexpr std::string_view key = "id = \"";
    for (std::string line; std::getline(in, line);)
      if (line.starts_with(key)) ids.insert(line.substr(key.size(), line.rfind('"') - key.size()));
  }
  return ids;
}

std::string stack_sources() {
  std::string all;
  for (const auto& entry : fs::directory_iterator{fs::path{TCPJURY_SOURCE_DIR} / "targets/reference"})
    if (entry.path().extension() == ".cpp" && !entry.path().stem().string().ends_with("_test"))
      all += contents(entry.path());
  return all;
}

bool is_state(std::string_view word) { return std::ranges::find(state_names, word) != state_names.end(); }

TEST(FaultCatalogue, HoldsAtLeastAHundredAndFiftyFamilies) { EXPECT_GE(fault_families().size(), 150U); }

TEST(FaultCatalogue, NamesAreUniqueAndWrittenWithDashes) {
  std::set<std::string_view> names;
  for (const FaultFamily& family : fault_families()) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
    EXPECT_EQ(family.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos)
        << family.name;
  }
}

TEST(FaultCatalogue, EachBreaksRequirementsThatExist) {
  const auto known = requirement_ids();
  ASSERT_GT(known.size(), 500U);
  for (const FaultFamily& family : fault_families()) {
    EXPECT_FALSE(family.requirements.empty()) << family.name;
    for (const std::string_view id : family.requirements)
      EXPECT_TRUE(known.contains(std::string{id})) << family.name << ": " << id;
  }
}

TEST(FaultCatalogue, EachSaysWhatItDoesAndWhereItCanShow) {
  std::set<std::string_view> summaries;
  for (const FaultFamily& family : fault_families()) {
    EXPECT_GT(family.summary.size(), 10U) << family.name;
    EXPECT_FALSE(family.summary.ends_with('.')) << family.name;
    std::istringstream words{std::string{family.states}};
    std::size_t count = 0;
    for (std::string word; words >> word; ++count)
      EXPECT_TRUE(is_state(word) || family.states == "any") << family.name << ": " << word;
    EXPECT_GT(count, 0U) << family.name;
  }
}

TEST(FaultCatalogue, EachIsSwitchedSomewhere) {
  const std::string sources = stack_sources();
  for (const FaultFamily& family : fault_families()) {
    std::string identifier{family.name};
    std::ranges::replace(identifier, '-', '_');
    const std::string use = "Fault::" + identifier;
    std::size_t at = sources.find(use);
    const auto is_longer = [&] {
      const char next = sources[at + use.size()];
      return next == '_' || (next >= 'a' && next <= 'z') || (next >= '0' && next <= '9');
    };
    while (at != std::string::npos && is_longer()) at = sources.find(use, at + 1);
    EXPECT_NE(at, std::string::npos) << family.name;
  }
}

TEST(FaultSet, HoldsWhatItWasToldInAllStatesOrInSome) {
  const auto set = FaultSet::parse("syn-ignored,fin-not-counted@FIN-WAIT-1,fin-not-counted@ESTABLISHED");
  ASSERT_TRUE(set.has_value());
  EXPECT_TRUE(set->has(Fault::syn_ignored, State::listen));
  EXPECT_TRUE(set->has(Fault::syn_ignored, State::time_wait));
  EXPECT_TRUE(set->has(Fault::fin_not_counted, State::fin_wait_1));
  EXPECT_TRUE(set->has(Fault::fin_not_counted, State::established));
  EXPECT_FALSE(set->has(Fault::fin_not_counted, State::fin_wait_2));
  EXPECT_FALSE(set->has(Fault::checksum_not_checked, State::listen));
}

TEST(FaultSet, RefusesUnknownNamesAndStatesWithTheNearest) {
  const auto name = FaultSet::parse("syn-ignred");
  ASSERT_FALSE(name.has_value());
  EXPECT_EQ(name.error().message, "there is no fault 'syn-ignred'");
  EXPECT_EQ(name.error().hint, "did you mean 'syn-ignored'?");
  const auto state = FaultSet::parse("syn-ignored@LISTN");
  ASSERT_FALSE(state.has_value());
  EXPECT_EQ(state.error().message, "fault syn-ignored: there is no state 'LISTN'");
  EXPECT_EQ(state.error().hint, "did you mean 'LISTEN'?");
}

TEST(Plugin, SaysWhyItDoesNotStart) {
  EXPECT_EQ(Bench{"fault=syn-ignred"}.refusal(),
            "reference: there is no fault 'syn-ignred'; did you mean 'syn-ignored'?");
  EXPECT_EQ(Bench{"falt=syn-ignored"}.refusal(),
            "reference: there is no setting 'falt'; did you mean 'fault'?");
  EXPECT_THAT(Bench{"ecn=maybe"}.refusal(), testing::HasSubstr("unknown value 'maybe'"));
  EXPECT_EQ(Bench{"ecn=on keepalive=on nagle=off fault=syn-ignored"}.refusal(), "");
}

}  // namespace
}  // namespace tcpjury::reference
