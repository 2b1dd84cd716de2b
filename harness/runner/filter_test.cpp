#include "harness/runner/filter.h"

#include <gtest/gtest.h>

namespace tcpjury::runner {
namespace {

scenario::Variant example() {
  scenario::Variant variant;
  variant.scenario = "reset/rst-time-wait";
  variant.variant = "family=v6,state=TIME-WAIT";
  variant.requirements = {"RFC9293-MUST-2", "RFC9293-3.10.7.4-RST-TIME-WAIT"};
  variant.tags = {"smoke", "rst"};
  variant.tier = scenario::Tier::slow;
  variant.family = wire::Family::v6;
  return variant;
}

struct Row {
  std::string_view text;
  bool matches;
};

TEST(Filter, SelectsAsItsGrammarSays) {
  const Row rows[] = {
      {"reset", true},
      {"RESET/RST", true},
      {"handshake", false},
      {"reset/*", true},
      {"*time-wait", false},  // a wildcard makes it the whole id, which ends in the axes
      {"*time-wait]", true},
      {"id(rst-time)", true},
      {"tag(smoke)", true},
      {"tag(smok)", false},
      {"tag(smo*)", true},
      {"req(MUST-2)", true},
      {"req(MUST-3)", false},
      {"req(RFC9293-*-TIME-WAIT)", true},
      {"state(time_wait)", true},
      {"state(TIME-WAIT)", true},
      {"state(fin-wait-1)", false},
      {"family(v6)", true},
      {"family(v4)", false},
      {"tier(slow)", true},
      {"tier(fast)", false},
      {"not tag(smoke)", false},
      {"not not tag(smoke)", true},
      {"tag(smoke) and tag(rst)", true},
      {"tag(smoke) and tag(fin)", false},
      {"tag(fin) or tag(rst)", true},
      {"tag(rst) or tag(fin) and handshake", true},     // and binds closer than or
      {"(tag(rst) or tag(fin)) and handshake", false},  // unless told otherwise
      {"not tag(fin) and family(v6)", true},
      {"NOT tag(fin) AND ( family( v6 ) )", true},
      {"reset/rst-time-wait[family=v6,state=TIME-WAIT]", true},
  };
  for (const Row& row : rows) {
    const auto filter = Filter::parse(row.text);
    ASSERT_TRUE(filter) << row.text << ": " << filter.error().message;
    EXPECT_EQ(filter->matches(example()), row.matches) << row.text;
  }
}

TEST(Filter, WithoutTextAcceptsEverything) { EXPECT_TRUE(Filter{}.matches(example())); }

TEST(Filter, ComplaintsNameTheColumnAndAWayOut) {
  struct Bad {
    std::string_view text;
    std::string_view message;
  };
  const Bad rows[] = {
      {"", "the filter is empty"},
      {"   ", "the filter is empty"},
      {"tag(smoke", "filter, column 4: this '(' is never closed"},
      {"(tag(smoke)", "filter, column 1: this '(' is never closed"},
      {"tag(smoke))", "filter, column 11: a ')' without its '('"},
      {"tag(smoke) tag(rst)", "filter, column 12: expected 'and' or 'or' here"},
      {"and reset", "filter, column 1: expected a test before 'and'"},
      {"reset and", "filter, column 10: expected a word or a test such as tag(smoke)"},
      {"tga(smoke)", "filter, column 1: there is no test 'tga()'"},
      {"tag( )", "filter, column 1: 'tag()' needs something between its brackets"},
  };
  for (const Bad& row : rows) {
    const auto filter = Filter::parse(row.text);
    ASSERT_FALSE(filter) << row.text;
    EXPECT_EQ(filter.error().message, row.message);
    EXPECT_FALSE(filter.error().hint.empty());
  }
  EXPECT_EQ(Filter::parse("tags(smoke)").error().hint, "did you mean 'tag()'?");
}

TEST(Filter, RefusesBottomlessNesting) {
  const std::string text = std::string(10'000, '(') + "x" + std::string(10'000, ')');
  const auto filter = Filter::parse(text);
  ASSERT_FALSE(filter);
  EXPECT_NE(filter.error().message.find("nested too deeply"), std::string::npos);
}

TEST(Filter, StateIsAlsoFoundInWhatAStepExpects) {
  scenario::Variant variant;
  variant.scenario = "close/simple";
  variant.variant = "family=v4";
  scenario::Step step;
  step.what = scenario::ExpectStateStep{model::State::close_wait};
  variant.steps.push_back(step);
  EXPECT_TRUE(about_state(variant, "close_wait"));
  EXPECT_FALSE(about_state(variant, "closing"));
}

}  // namespace
}  // namespace tcpjury::runner
