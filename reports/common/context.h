// What a report needs beside the record of the run: how to look things up, and how the run is called.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/requirement.h"
#include "harness/runner/record.h"

namespace tcpjury::reports {

/// Handed to every format, so that formats themselves read no file and know no catalogue.
struct Context {
  /// How `tcpjury replay` finds this run again: a path or the id of a stored run; empty when it is kept
  /// nowhere.
  std::string run = {};
  /// Files that belong to a case (captures, finding files), by case id.
  std::map<std::string, std::vector<std::string>> artifacts = {};
  /// The catalogue; without it reports show ids only.
  std::function<const model::Requirement*(std::string_view)> find_requirement = {};
  /// A line of a scenario file (lines count from 1); without it reports show file and line only.
  std::function<std::optional<std::string>(std::string_view file, std::uint32_t line)> source_line = {};

  [[nodiscard]] const model::Requirement* requirement(std::string_view id) const {
    return find_requirement ? find_requirement(id) : nullptr;
  }
};

/// Reads the line from the file's first megabyte; nothing when there is no such file or line.
[[nodiscard]] std::optional<std::string> read_source_line(std::string_view file, std::uint32_t line);

/// "handshake/passive-open[family=v4]": unique within a run.
[[nodiscard]] std::string case_id(const engine::CaseResult& result);
/// The first component of the scenario's id: "handshake".
[[nodiscard]] std::string topic(const engine::CaseResult& result);
/// The command that runs this case again under the same seed and rules, ready for a shell.
[[nodiscard]] std::string replay_command(const runner::RunRecord& record, const engine::CaseResult& result,
                                         const Context& context);

}  // namespace tcpjury::reports
