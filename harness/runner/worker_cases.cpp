#include "harness/runner/worker_cases.h"

#include <fmt/format.h>

#include <algorithm>

namespace tcpjury::runner {

Result<const scenario::Variant*> WorkerCases::find(const std::string& file, const std::string& case_id) {
  auto loaded = files_.find(file);
  if (loaded == files_.end()) loaded = files_.emplace(file, load_(file)).first;
  if (!loaded->second) return tl::unexpected<Error>{loaded->second.error()};
  const auto& variants = *loaded->second;
  const auto found = std::ranges::find(variants, case_id, &scenario::Variant::id);
  if (found == variants.end()) return fail(fmt::format("'{}' is not in {} any more", case_id, file));
  return &*found;
}

engine::CaseResult unknown_case(const Job& job, const Error& why) {
  engine::CaseResult result;
  const std::size_t bracket = job.case_id.find('[');
  result.scenario = job.case_id.substr(0, bracket);
  if (bracket != std::string::npos && job.case_id.ends_with(']')) {
    result.variant = job.case_id.substr(bracket + 1, job.case_id.size() - bracket - 2);
  }
  result.file = job.file;
  result.verdict = engine::Verdict::error;
  result.reason = why.message;
  return result;
}

}  // namespace tcpjury::runner
