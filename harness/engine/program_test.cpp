#include "harness/engine/program.h"

#include <gtest/gtest.h>

#include <chrono>

namespace tcpjury::engine {
namespace {

using scenario::Steps;

Steps numbered(std::initializer_list<std::uint32_t> numbers) {
  Steps steps;
  for (const std::uint32_t n : numbers) {
    steps.emplace_back();
    steps.back().number = n;
    steps.back().what = scenario::WaitStep{};
  }
  return steps;
}

std::vector<std::uint32_t> rest_of(Program& program) {
  std::vector<std::uint32_t> seen;
  for (; program.current() != nullptr; program.advance()) seen.push_back(program.current()->number);
  return seen;
}

TEST(Program, RunsStepsInOrder) {
  Program::Names names;
  const Steps steps = numbered({1, 2, 3});
  Program program{steps, names};
  EXPECT_EQ(rest_of(program), (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST(Program, WithoutStepsIsDone) {
  Program::Names names;
  const Steps steps;
  EXPECT_EQ((Program{steps, names}.current()), nullptr);
}

TEST(Program, RepetitionComesInPlaceOfItsStepAndCounts) {
  Program::Names names;
  const Steps steps = numbered({1, 2});
  const Steps body = numbered({10, 11});
  Program program{steps, names};
  program.advance_into_rounds(body, 2, "I");
  EXPECT_EQ(names["I"], 0U);
  program.advance();
  program.advance();
  EXPECT_EQ(names["I"], 1U);
  EXPECT_EQ(rest_of(program), (std::vector<std::uint32_t>{10, 11, 2}));
}

TEST(Program, RepetitionOfNothingOrZeroTimesIsSkipped) {
  Program::Names names;
  const Steps steps = numbered({1, 2, 3});
  const Steps body = numbered({10});
  const Steps nothing;
  Program program{steps, names};
  program.advance_into_rounds(body, 0, "I");
  ASSERT_NE(program.current(), nullptr);
  EXPECT_EQ(program.current()->number, 2U);
  program.advance_into_rounds(nothing, 1000, "I");
  EXPECT_EQ(rest_of(program), (std::vector<std::uint32_t>{3}));
}

TEST(Program, StepsPutInFrontComeFirst) {
  Program::Names names;
  const Steps steps = numbered({1});
  const Steps walk = numbered({8, 9});
  Program program{steps, names};
  program.prepend(walk);
  EXPECT_EQ(rest_of(program), (std::vector<std::uint32_t>{8, 9, 1}));
}

TEST(Program, StepsPutInFrontOfNothingAreRun) {
  Program::Names names;
  const Steps steps;
  const Steps walk = numbered({8});
  Program program{steps, names};
  program.prepend(walk);
  EXPECT_EQ(rest_of(program), (std::vector<std::uint32_t>{8}));
}

TEST(Program, OwnStepsOutliveTheCaller) {
  Program::Names names;
  const Steps steps = numbered({1, 2});
  Program program{steps, names};
  program.advance_into_own(numbered({20, 21}));
  EXPECT_EQ(rest_of(program), (std::vector<std::uint32_t>{20, 21, 2}));
}

}  // namespace
}  // namespace tcpjury::engine
