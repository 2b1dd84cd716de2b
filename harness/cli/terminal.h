// What a person sees while a run goes on.
#pragma once

#include <cstddef>
#include <cstdio>
#include <map>
#include <string>

#include "harness/cli/args.h"
#include "harness/engine/result.h"
#include "reports/console/console.h"

namespace tcpjury::cli {

/// Colour on this stream? NO_COLOR (not empty) and terminals that are none say no.
[[nodiscard]] reports::Colour colour_for(ColourChoice choice, std::FILE* stream);

/// Status lines and failure blocks in the order of the plan, and a progress line on a terminal.
class RunScreen {
 public:
  /// `record` is the run's head, for the commands in failure blocks; it and `context` must outlive this.
  RunScreen(const OutputChoice& output, const runner::RunRecord& record, const reports::Context& context,
            std::size_t total);
  /// A case has ended; it is shown as soon as all before it are.
  void add(std::size_t index, engine::CaseResult result);
  /// Redraws the progress line; does nothing when there is none.
  void tick(std::size_t done);
  /// Shows what is left (cases after one that never ran) and takes the progress line away.
  void finish();
  /// The stream everything is written to: standard error when a report wants standard output.
  [[nodiscard]] std::FILE* stream() const { return stream_; }
  [[nodiscard]] const reports::ConsoleOptions& options() const { return options_; }

 private:
  void show(std::size_t index, const engine::CaseResult& result);
  void wipe();

  const runner::RunRecord& record_;
  const reports::Context& context_;
  std::FILE* stream_;
  reports::ConsoleOptions options_;
  bool progress_;
  bool quiet_;
  std::size_t total_;
  std::size_t next_ = 0;
  std::map<std::size_t, engine::CaseResult> waiting_ = {};
  std::size_t bad_ = 0;
  std::string drawn_ = {};
};

}  // namespace tcpjury::cli
