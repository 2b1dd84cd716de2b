#include "harness/runner/pool.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/runner/testing/hostile.h"

namespace tcpjury::runner {
namespace {

using engine::CaseResult;
using engine::TranscriptEvent;
using engine::Verdict;

constexpr std::size_t trap_index = testing::trap_window - 1;

Plan plan_of_six(std::uint32_t repeat = 1) {
  return make_plan(testing::hostile_cases("trap.toml").value(), {.repeat = repeat}, 7);
}

PoolConfig config_for(std::string kind, std::uint32_t workers = 1) {
  PoolConfig config;
  config.command = {TCPJURY_TEST_WORKER};
  config.target.kind = std::move(kind);
  config.workers = workers;
  return config;
}

/// The result of the trapped case; all others must have come to an end of their own.
const CaseResult& trapped(const PoolOutcome& outcome) {
  for (std::size_t i = 0; i < outcome.results.size(); ++i) {
    EXPECT_TRUE(outcome.results[i].has_value()) << i;
    if (i == trap_index || !outcome.results[i]) continue;
    for (const auto& violation : outcome.results[i]->violations) {
      EXPECT_FALSE(violation.what.requirement.starts_with("TARGET-")) << i;
    }
    EXPECT_NE(outcome.results[i]->verdict, Verdict::error) << outcome.results[i]->reason;
  }
  EXPECT_FALSE(outcome.partial);
  EXPECT_FALSE(outcome.refused.has_value());
  return *outcome.results[trap_index];
}

TEST(Pool, RunsEveryCaseInTheOrderOfThePlan) {
  const Plan plan = plan_of_six(3);
  std::vector<std::size_t> seen;
  PoolObserver observer;
  observer.on_result = [&](std::size_t index, CaseResult&) { seen.push_back(index); };
  const PoolOutcome outcome = run_plan(plan, config_for("mute", 3), observer);
  ASSERT_EQ(outcome.results.size(), 18U);
  for (std::size_t i = 0; i < plan.cases.size(); ++i) {
    ASSERT_TRUE(outcome.results[i].has_value());
    EXPECT_EQ(outcome.results[i]->variant, plan.variant_of(plan.cases[i]).variant);
  }
  std::ranges::sort(seen);
  ASSERT_EQ(seen.size(), 18U);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
  EXPECT_EQ(outcome.target->name, "mute");
  EXPECT_EQ(outcome.target->version, "1.0");
}

struct Ending {
  const char* kind;
  const char* cause;
};

TEST(Pool, ADyingTargetIsAFindingAndTheRunGoesOn) {
  for (const Ending& ending : {Ending{"segv", "SIGSEGV"}, {"abort", "SIGABRT"}, {"exit", "exit code 3"}}) {
    const PoolOutcome outcome = run_plan(plan_of_six(), config_for(ending.kind), {});
    const CaseResult& result = trapped(outcome);
    EXPECT_EQ(result.verdict, Verdict::fail) << ending.kind;
    ASSERT_EQ(result.violations.size(), 1U);
    const auto& violation = result.violations[0];
    EXPECT_EQ(violation.what.requirement, "TARGET-CRASH");
    EXPECT_EQ(violation.what.level, model::Level::must);
    EXPECT_EQ(violation.what.event, "CRASH");
    EXPECT_EQ(violation.what.got, ending.cause);
    EXPECT_EQ(violation.step, 2U) << "the step that sends the SYN";
    EXPECT_EQ(violation.line, 10U) << "the line of its action in the scenario";
    EXPECT_EQ(result.reason, std::string{"the target died: "} + ending.cause + " while step 2 was executed");
    EXPECT_EQ(result.variant, "family=v4,n=3");
    EXPECT_FALSE(violation.fingerprint.empty());
  }
}

TEST(Pool, WhatWasRecordedBeforeTheDeathIsKept) {
  const PoolOutcome outcome = run_plan(plan_of_six(), config_for("segv"), {});
  const auto& transcript = trapped(outcome).transcript;
  const auto has = [&](TranscriptEvent::Kind kind, std::string_view note) {
    return std::ranges::any_of(transcript, [&](const TranscriptEvent& event) {
      return event.kind == kind && event.note.find(note) != std::string::npos;
    });
  };
  EXPECT_TRUE(std::ranges::any_of(transcript, [](const TranscriptEvent& event) {
    return event.kind == TranscriptEvent::Kind::sent && !event.octets.empty();
  })) << "the fatal datagram";
  EXPECT_TRUE(has(TranscriptEvent::Kind::mark, "while the target took this datagram"));
  EXPECT_TRUE(has(TranscriptEvent::Kind::mark, "SIGSEGV"));
}

TEST(Pool, TheSameDeathHasTheSameFingerprintUnderAnySeed) {
  const auto fingerprint = [](std::uint64_t seed, const char* kind) {
    const Plan plan = make_plan(testing::hostile_cases("trap.toml").value(), {}, seed);
    return trapped(run_plan(plan, config_for(kind), {})).violations.at(0).fingerprint;
  };
  EXPECT_EQ(fingerprint(1, "segv"), fingerprint(2, "segv"));
  EXPECT_NE(fingerprint(1, "segv"), fingerprint(1, "abort"));
}

TEST(Pool, WhatTheTargetWroteBelongsToTheFinding) {
  const PoolOutcome outcome = run_plan(plan_of_six(), config_for("noise"), {});
  const CaseResult& result = trapped(outcome);
  EXPECT_NE(result.reason.find("stack smashed at line 7"), std::string::npos) << result.reason;
  EXPECT_NE(result.transcript.back().note.find("to standard output"), std::string::npos);
}

TEST(Pool, ATargetThatUsesTooMuchCpuTimeHangs) {
  PoolConfig config = config_for("loop");
  config.hang_cpu = std::chrono::milliseconds{300};
  const PoolOutcome outcome = run_plan(plan_of_six(), config, {});
  const CaseResult& result = trapped(outcome);
  EXPECT_EQ(result.verdict, Verdict::fail);
  ASSERT_EQ(result.violations.size(), 1U);
  EXPECT_EQ(result.violations[0].what.requirement, "TARGET-HANG");
  EXPECT_EQ(result.reason, "the target hangs: 0.3 s of CPU time without an end while step 2 was executed");
}

TEST(Pool, ATargetThatSleepsIsEndedByTheWallLimit) {
  PoolConfig config = config_for("sleep");
  config.wall_limit = std::chrono::milliseconds{500};
  const PoolOutcome outcome = run_plan(plan_of_six(), config, {});
  EXPECT_EQ(trapped(outcome).violations.at(0).what.requirement, "TARGET-HANG");
}

TEST(Pool, GarbageFromAWorkerIsAnErrorOfThatCaseAlone) {
  const PoolOutcome outcome = run_plan(plan_of_six(), config_for("garbage"), {});
  const CaseResult& result = trapped(outcome);
  EXPECT_EQ(result.verdict, Verdict::error);
  EXPECT_NE(result.reason.find("nonsense"), std::string::npos) << result.reason;
}

TEST(Pool, ABlackBoxThatWasWrittenOverIsReadWithoutHarm) {
  const PoolOutcome outcome = run_plan(plan_of_six(), config_for("scribble"), {});
  EXPECT_EQ(trapped(outcome).violations.at(0).what.requirement, "TARGET-CRASH");
}

TEST(Pool, ABugOfOursIsNeverHeldAgainstTheTarget) {
  const PoolOutcome outcome = run_plan(plan_of_six(), config_for("internal"), {});
  EXPECT_TRUE(outcome.internal_error);
  EXPECT_EQ(trapped(outcome).verdict, Verdict::error);
}

TEST(Pool, ATargetWithoutResetGetsAProcessForEveryCase) {
  const PoolOutcome outcome = run_plan(plan_of_six(), config_for("no-reset", 2), {});
  EXPECT_FALSE(outcome.target->can_reset);
  (void)trapped(outcome);
  for (const auto& result : outcome.results) {
    EXPECT_EQ(result->reason.find("two cases"), std::string::npos) << result->reason;
  }
}

TEST(Pool, ATargetThatRefusesEndsTheRun) {
  for (const bool environment : {false, true}) {
    const PoolOutcome outcome =
        run_plan(plan_of_six(), config_for(environment ? "refuse-environment" : "refuse"), {});
    ASSERT_TRUE(outcome.refused.has_value());
    EXPECT_EQ(outcome.refused->environment, environment);
    EXPECT_EQ(outcome.refused->message, "it will not");
    EXPECT_EQ(outcome.refused->hint, "ask it nicely");
    EXPECT_FALSE(outcome.target.has_value());
  }
}

TEST(Pool, ATargetThatDiesThreeTimesAtItsStartIsGivenUp) {
  const PoolOutcome outcome = run_plan(plan_of_six(), config_for("segv-at-start"), {});
  ASSERT_TRUE(outcome.refused.has_value());
  EXPECT_FALSE(outcome.refused->environment);
  EXPECT_NE(outcome.refused->message.find("SIGSEGV"), std::string::npos);
}

TEST(Pool, AWorkerThatCannotBeExecutedIsTheEnvironmentsFault) {
  PoolConfig config = config_for("mute");
  config.command.program += "-which-does-not-exist";
  const PoolOutcome outcome = run_plan(plan_of_six(), config, {});
  ASSERT_TRUE(outcome.refused.has_value());
}

TEST(Pool, TheFirstInterruptLetsRunningCasesEnd) {
  PoolObserver observer;
  std::size_t done = 0;
  observer.on_result = [&](std::size_t, CaseResult&) { ++done; };
  observer.interrupts = [&] { return done == 0 ? 0U : 1U; };
  const PoolOutcome outcome = run_plan(plan_of_six(10), config_for("mute"), observer);
  EXPECT_TRUE(outcome.partial);
  EXPECT_GE(done, 1U);
  EXPECT_LT(done, 60U);
  EXPECT_EQ(std::ranges::count_if(outcome.results, [](const auto& r) { return r.has_value(); }),
            static_cast<std::ptrdiff_t>(done));
}

TEST(Pool, TheSecondInterruptKillsWhatHangs) {
  PoolObserver observer;
  std::size_t done = 0;
  observer.on_result = [&](std::size_t, CaseResult&) { ++done; };
  observer.interrupts = [&] { return done < trap_index ? 0U : 2U; };
  const PoolOutcome outcome = run_plan(plan_of_six(), config_for("sleep"), observer);
  EXPECT_TRUE(outcome.partial);
  EXPECT_FALSE(outcome.results[trap_index].has_value());
}

}  // namespace
}  // namespace tcpjury::runner
