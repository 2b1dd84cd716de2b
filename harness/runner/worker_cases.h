// The scenario files a worker has loaded so far.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/engine/result.h"
#include "harness/runner/codec.h"
#include "harness/runner/worker.h"

namespace tcpjury::runner {

class WorkerCases {
 public:
  explicit WorkerCases(const CaseLoader& load) : load_{load} {}
  /// The case stays where it is as long as this object lives.
  Result<const scenario::Variant*> find(const std::string& file, const std::string& case_id);

 private:
  const CaseLoader& load_;
  std::map<std::string, Result<std::vector<scenario::Variant>>> files_ = {};
};

/// The result of a case the worker cannot find in its file.
[[nodiscard]] engine::CaseResult unknown_case(const Job& job, const Error& why);

}  // namespace tcpjury::runner
