// What a person reads: a line a case, a block a failure, and the sum of it all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports {

/// Colour only repeats what a word already says. Whether to use it is the command line's decision
/// (terminal, NO_COLOR).
enum class Colour : std::uint8_t { off, on };
/// Which cases get a line in console_report(); failure blocks come in any case.
enum class StatusLines : std::uint8_t { all, not_passed, none };

struct ConsoleOptions {
  Colour colour = Colour::off;
  StatusLines lines = StatusLines::all;
};

/// The place of a case in its run, for the counter: 12 of 100.
struct Position {
  std::size_t number = 0;
  std::size_t total = 0;
};

/// "PASS   [  0.005s] ( 12/100) handshake/passive-open  v4  lwip", with a line feed. Columns stay in place
/// within a run. The time is the target's clock.
[[nodiscard]] std::string status_line(const engine::CaseResult& result, Position position,
                                      const std::string& target, const ConsoleOptions& options);

/// The block below the status line of a case that failed, warned, passed unexpectedly or could not be
/// judged: the rule in words, the line of the scenario, the ladder, got beside want, and the commands that
/// lead on. Empty for other verdicts.
[[nodiscard]] std::string failure_block(const runner::RunRecord& record, const engine::CaseResult& result,
                                        const Context& context, const ConsoleOptions& options);

/// Lists of expected failures, of inconclusive and of not-applicable cases with their reasons, the run's
/// remarks, and one line of counts.
[[nodiscard]] std::string summary(const runner::RunRecord& record, const Context& context,
                                  const ConsoleOptions& options);

/// All of the above for a finished run.
[[nodiscard]] std::string console_report(const runner::RunRecord& record, const Context& context,
                                         const ConsoleOptions& options);

}  // namespace tcpjury::reports
