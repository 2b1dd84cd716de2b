// The record of a run: everything reports, diff and exit codes are made from.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/engine/result.h"

namespace tcpjury::runner {

struct RunRecord {
  std::string tool_version;
  std::string target_name;
  std::string target_version;
  std::string profile;
  std::uint64_t seed = 0;
  bool strict_should = false;
  bool partial = false;                                 ///< interrupted: some selected cases did not run
  std::map<std::string, std::string> environment = {};  ///< kernel, sysctls, link, settings of the target
  std::map<std::string, std::string> features = {};     ///< measured of the target, merged over the cases
  std::map<std::string, std::string> deviations =
      {};                                 ///< known deviations of the target by id, with the reason
  std::vector<std::string> remarks = {};  ///< e.g. entries of deviations.toml that matched nothing
  std::vector<engine::CaseResult> results = {};
  Duration wall{};
};

/// Exit codes (documented contract; the first of 130, 70, 11, 10, 1, 6, 5, 0 that applies).
enum class Exit : int {
  ok = 0,
  failed = 1,
  usage = 2,
  invalid_file = 3,
  nothing_selected = 4,
  inconclusive = 5,
  regression = 6,
  environment = 10,
  target = 11,
  internal = 70,
  finding = 77,
  interrupted = 130,
};

/// 130 when partial; 10 when every applicable case is an error; 1 when a case failed or passed unexpectedly
/// (xpass); 10 when a case is an error and nothing failed (0 promises that everything passed); 5 when nothing
/// passed, warned or failed as expected and something was inconclusive; else 0.
[[nodiscard]] Exit exit_code(const RunRecord& record);

}  // namespace tcpjury::runner
