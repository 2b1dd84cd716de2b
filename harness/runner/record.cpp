#include "harness/runner/record.h"

#include <algorithm>

namespace tcpjury::runner {
namespace {

using engine::Verdict;

bool any(const RunRecord& record, std::initializer_list<Verdict> verdicts) {
  return std::ranges::any_of(record.results, [&](const engine::CaseResult& result) {
    return std::ranges::find(verdicts, result.verdict) != verdicts.end();
  });
}

}  // namespace

Exit exit_code(const RunRecord& record) {
  if (record.partial) return Exit::interrupted;
  const bool errors = any(record, {Verdict::error});
  const bool judged = any(record, {Verdict::pass, Verdict::warn, Verdict::fail, Verdict::xfail,
                                   Verdict::xpass, Verdict::inconclusive});
  if (errors && !judged) return Exit::environment;
  if (any(record, {Verdict::fail, Verdict::xpass})) return Exit::failed;
  // Something was not judged at all: never green, since 0 promises that everything passed.
  if (errors) return Exit::environment;
  const bool decided = any(record, {Verdict::pass, Verdict::warn, Verdict::xfail});
  if (!decided && any(record, {Verdict::inconclusive})) return Exit::inconclusive;
  return Exit::ok;
}

}  // namespace tcpjury::runner
