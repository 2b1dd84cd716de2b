// Every fault of the reference stack must be convicted of what it breaks and of nothing else.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/diagnostic.h"
#include "harness/base/result.h"
#include "harness/cli/kill_matrix.h"
#include "harness/cli/registry.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::cli {

struct FaultRuns {
  std::vector<std::string> faults = {};  ///< NAME or NAME@STATE; empty: every fault
  unsigned workers = 1;                  ///< threads
};

/// What came of the reference stack without a fault, and with each.
struct FaultReport {
  std::size_t clean_cases = 0;
  std::vector<std::string> unclean = {};  ///< cases without a fault that fail, warn or end in an error
  std::vector<FaultVerdict> faults = {};  ///< in the order of the catalogue or of the request
};

/// Plays every case of `variants` without a fault, and those of IPv4 with each fault (those of IPv6 too where
/// IPv4 convicts nobody). Fixed seeds: the same program gives the same report. Fails when the stack does not
/// start, or a fault is unknown.
[[nodiscard]] Result<FaultReport> run_faults(const std::vector<scenario::Variant>& variants,
                                             const runner::TargetSpec& reference, const FaultRuns& runs,
                                             Diagnostics& diagnostics);

/// For people: one line a check, and everything that is wrong.
[[nodiscard]] std::string report_text(const FaultReport& report);
/// True when the stack is clean, every fault is convicted and nobody is accused of what it did not do.
[[nodiscard]] bool is_good(const FaultReport& report);

}  // namespace tcpjury::cli
