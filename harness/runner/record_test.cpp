#include "harness/runner/record.h"

#include <gtest/gtest.h>

namespace tcpjury::runner {
namespace {

using engine::Verdict;

RunRecord record_of(std::initializer_list<Verdict> verdicts) {
  RunRecord record;
  for (const Verdict verdict : verdicts) {
    engine::CaseResult result;
    result.verdict = verdict;
    record.results.push_back(result);
  }
  return record;
}

struct Row {
  std::initializer_list<Verdict> verdicts;
  Exit code;
};

TEST(ExitCode, FollowsTheDocumentedContract) {
  const Row rows[] = {
      {{Verdict::pass}, Exit::ok},
      {{Verdict::pass, Verdict::warn, Verdict::xfail, Verdict::not_applicable}, Exit::ok},
      {{Verdict::not_applicable}, Exit::ok},
      {{Verdict::pass, Verdict::fail}, Exit::failed},
      {{Verdict::pass, Verdict::xpass}, Exit::failed},
      {{Verdict::fail, Verdict::inconclusive, Verdict::error}, Exit::failed},
      {{Verdict::inconclusive}, Exit::inconclusive},
      {{Verdict::inconclusive, Verdict::not_applicable}, Exit::inconclusive},
      {{Verdict::inconclusive, Verdict::pass}, Exit::ok},
      {{Verdict::error}, Exit::environment},
      {{Verdict::error, Verdict::not_applicable}, Exit::environment},
      {{Verdict::error, Verdict::pass}, Exit::environment},
      {{Verdict::error, Verdict::inconclusive}, Exit::environment},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(exit_code(record_of(row.verdicts)), row.code)
        << "first verdict " << static_cast<int>(*row.verdicts.begin()) << " of " << row.verdicts.size();
  }
}

TEST(ExitCode, IsInterruptedWheneverTheRunIsPartialWhateverElseHappened) {
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::error}) {
    RunRecord record = record_of({verdict});
    record.partial = true;
    EXPECT_EQ(exit_code(record), Exit::interrupted);
  }
}

}  // namespace
}  // namespace tcpjury::runner
