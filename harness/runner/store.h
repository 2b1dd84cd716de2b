// Every run is kept: $XDG_STATE_HOME/tcpjury/runs/ID/run.jsonl, one line a result, written as results come.
//
// A run that is killed leaves everything it had recorded. The first line is the head of the record; a second
// head at the end marks a run that was finished, and replaces the first.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/base/unique_fd.h"
#include "harness/runner/record.h"

namespace tcpjury::runner {

/// Older runs are removed when there are more, or when together they take more room.
inline constexpr std::size_t stored_runs_max = 100;
inline constexpr std::uintmax_t stored_octets_max = std::uintmax_t{1} << 30U;

/// The folder of all runs; nothing when the environment names neither a state folder nor a home.
[[nodiscard]] std::optional<std::filesystem::path> default_store();

/// Writes one run.
class RunWriter {
 public:
  /// Makes the folder of a new run below `store` and prunes old ones. Ids sort by time.
  static Result<RunWriter> create(const std::filesystem::path& store, const RunRecord& head);
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// Appends a result; `index` is its place in the plan. Failures (a full disk) are kept for finish().
  void add(std::size_t index, const engine::CaseResult& result);
  /// Writes the final head.
  Result<void> finish(const RunRecord& head);

 private:
  RunWriter() = default;
  void line(std::string text);
  std::string id_ = {};
  std::filesystem::path folder_ = {};
  UniqueFd file_ = {};
  int error_ = 0;
};

/// The ids of the stored runs, newest first.
[[nodiscard]] std::vector<std::string> stored_runs(const std::filesystem::path& store);
/// "latest", an id, or the beginning of one that is unique.
Result<std::string> resolve_run(const std::filesystem::path& store, std::string_view name);
/// Results are in the order of the plan. A run that was killed reads as partial; a line that was cut off is
/// left out.
Result<RunRecord> load_run(const std::filesystem::path& store, const std::string& id);

}  // namespace tcpjury::runner
