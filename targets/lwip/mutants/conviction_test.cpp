// Every mutant of lwIP is put on trial by the shipped scenarios and the shipped command, as a user would do
// it: each must be convicted with exit 1, the right requirement and state, and of nothing that the unpatched
// lwIP is not known for.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "targets/lwip/lwip_mutants.h"

namespace tcpjury::targets {

inline void PrintTo(const LwipMutant& mutant, std::ostream* out) { *out << mutant.breaks; }

namespace {

using nlohmann::json;

std::set<std::string> words(std::string_view text) {
  std::istringstream in{std::string{text}};
  return {std::istream_iterator<std::string>{in}, {}};
}

struct Trial {
  int exit = -1;
  json report = {};
};

/// Runs the shipped scenarios against `plugin`.
Trial put_on_trial(const std::string& name, const std::string& plugin) {
  const std::string file = std::string{testing::TempDir()} + "tcpjury-conviction-" + name + ".json";
  std::filesystem::remove(file);
  const std::string command = std::string{"'" TCPJURY_COMMAND "' run --target '"} + plugin +
                              "' --deviations '" TCPJURY_LWIP_DEVIATIONS
                              "' --filter 'tag(lore)' --seed 1 -j 1 --hang-cpu 1 --no-store --status none" +
                              " --report json='" + file + "' > /dev/null 2>&1";
  Trial trial{};
  const int status = std::system(command.c_str());
  trial.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  std::ifstream in{file};
  if (in) trial.report = json::parse(in, nullptr, false);
  std::filesystem::remove(file);
  return trial;
}

struct Accusation {
  std::string requirement;
  std::string state;
  std::string message;
  std::string where;
  int step = 0;
};

/// What the unpatched stack is not known for.
std::vector<Accusation> new_accusations(const json& report) {
  std::vector<Accusation> list;
  for (const json& result : report.at("results")) {
    for (const json& v : result.at("violations")) {
      if (!v.value("deviation", std::string{}).empty()) continue;
      list.push_back(
          {v.at("requirement"), v.at("state"), v.at("message"),
           result.at("scenario").get<std::string>() + "[" + result.at("variant").get<std::string>() + "]",
           v.at("step")});
    }
  }
  return list;
}

/// A follow-up of the same mistake: an id, or a prefix that ends with "*".
bool follows(const std::set<std::string>& patterns, const std::string& id) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) {
    return p.ends_with('*') ? id.starts_with(p.substr(0, p.size() - 1)) : id == p;
  });
}

class Conviction : public testing::TestWithParam<LwipMutant> {};

TEST_P(Conviction, NamesTheBrokenRule) {
  const LwipMutant& mutant = GetParam();
  const Trial trial = put_on_trial(std::string{mutant.name}, std::string{mutant.path});
  ASSERT_TRUE(trial.report.is_object()) << "no report";
  EXPECT_EQ(trial.exit, mutant.outcome == "warning" ? 0 : 1) << mutant.breaks;
  const std::vector<Accusation> accusations = new_accusations(trial.report);
  ASSERT_FALSE(accusations.empty()) << mutant.breaks;
  const std::set<std::string> right = words(mutant.requirements);
  const std::set<std::string> states = words(mutant.states);
  const std::set<std::string> also = words(mutant.also);
  const bool survives = mutant.outcome == "conviction" || mutant.outcome == "warning";
  bool named = !survives;
  for (const Accusation& a : accusations) {
    const bool died = a.requirement.starts_with("TARGET-");
    if (survives) {
      EXPECT_FALSE(died) << a.where << ": " << a.message;
      named = named || (right.contains(a.requirement) && states.contains(a.state));
      EXPECT_TRUE(right.contains(a.requirement) || follows(also, a.requirement))
          << a.where << " step " << a.step << ": " << a.requirement << " in " << a.state << ": " << a.message;
    } else {
      EXPECT_EQ(a.requirement, mutant.outcome == "hang" ? "TARGET-HANG" : "TARGET-CRASH")
          << a.where << ": " << a.message;
      EXPECT_TRUE(states.contains(a.state)) << a.where << ": died in " << a.state;
    }
  }
  EXPECT_TRUE(named) << mutant.breaks;
}

INSTANTIATE_TEST_SUITE_P(Mutants, Conviction, testing::ValuesIn(lwip_mutants),
                         [](const auto& mutant) { return std::string{mutant.param.name}; });

TEST(UnpatchedLwip, IsConvictedOfNothingNew) {
  const Trial trial = put_on_trial("unpatched", TCPJURY_LWIP_PLUGIN);
  EXPECT_EQ(trial.exit, 0);
  EXPECT_TRUE(new_accusations(trial.report).empty());
}

}  // namespace
}  // namespace tcpjury::targets
