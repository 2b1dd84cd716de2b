// Each mistake can be seen from outside: some exchange goes differently than with the honest stack.
#include <gtest/gtest.h>

#include <algorithm>

#include "targets/reference/exchanges_test.h"
#include "targets/reference/faults.h"

namespace tcpjury::reference {
namespace {

/// "fault=NAME@STATE,..." for each state the catalogue names: there the mistake is promised to show.
std::string setting_for(const FaultFamily& family) {
  const std::string name{family.name};
  if (family.states == "any") return "fault=" + name;
  std::string setting;
  std::string_view states = family.states;
  while (!states.empty()) {
    const std::size_t end = std::min(states.find(' '), states.size());
    setting += (setting.empty() ? "fault=" : ",") + name + "@" + std::string{states.substr(0, end)};
    states.remove_prefix(std::min(end + 1, states.size()));
  }
  return setting;
}

TEST(Faults, TheHonestStackIsRepeatable) { EXPECT_TRUE(run_exchanges("") == run_exchanges("")); }

/// The catalogue in parts, each of them a test that runs on its own.
class FaultsTest : public testing::TestWithParam<std::size_t> {
 public:
  static constexpr std::size_t parts = 12;
};

TEST_P(FaultsTest, EachShowsInTheStatesItNames) {
  const auto honest = run_exchanges("");
  const auto families = fault_families();
  for (std::size_t i = GetParam(); i < families.size(); i += parts)
    EXPECT_TRUE(run_exchanges(setting_for(families[i])) != honest) << setting_for(families[i]);
}

INSTANTIATE_TEST_SUITE_P(Parts, FaultsTest, testing::Range(std::size_t{0}, FaultsTest::parts));

}  // namespace
}  // namespace tcpjury::reference
