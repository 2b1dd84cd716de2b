#include "harness/runner/settings_groups.h"

#include <gmock/gmock.h>

namespace tcpjury::runner {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(SettingsFor, ThoseUnderTheNameOfTheTargetAreItsOwn) {
  const Settings asked{{"linux.net.ipv4.tcp_ecn", "1"}, {"reference.ecn", "on"}};
  EXPECT_EQ(settings_for(asked, "linux"), (Settings{{"net.ipv4.tcp_ecn", "1"}}));
  EXPECT_EQ(settings_for(asked, "reference"), (Settings{{"ecn", "on"}}));
}

TEST(SettingsFor, WithoutItsNameATargetGetsThemAllToAcceptOrRefuse) {
  const Settings asked{{"linux.net.ipv4.tcp_ecn", "1"}};
  EXPECT_EQ(settings_for(asked, "lwip"), asked);
  EXPECT_EQ(settings_for({}, "lwip"), Settings{});
}

TEST(SettingsGroups, KeepTheOrderOfThePlanAndBeginWithThoseThatAskForNothing) {
  Plan plan;
  plan.variants.resize(3);
  plan.variants[0].settings = {{"ecn", "on"}};
  plan.variants[2].settings = {{"ecn", "on"}};
  plan.cases = {{.variant = 0}, {.variant = 1}, {.variant = 2}};
  EXPECT_THAT(
      settings_groups(plan, "reference"),
      ElementsAre(Pair(Settings{}, ElementsAre(1U)), Pair(Settings{{"ecn", "on"}}, ElementsAre(0U, 2U))));
}

}  // namespace
}  // namespace tcpjury::runner
