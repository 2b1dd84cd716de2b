// What a case has come to so far: a verdict that only gets worse, and the evidence for it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engine/result.h"
#include "harness/model/judge.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::engine {

/// How much a broken requirement of that level weighs: MUST fails, SHOULD warns (or fails when strict), MAY
/// passes.
enum class Strictness : std::uint8_t { normal, should_fails };
[[nodiscard]] Verdict verdict_of(model::Level level, Strictness strictness);

/// Stable over seeds, addresses and times: only names go into it. Hexadecimal, 16 digits.
[[nodiscard]] std::string fingerprint(const model::Violation& violation, std::string_view fields);

class Outcome {
 public:
  /// The worse of the verdict so far and `verdict`; the reason is the first one given for the verdict that
  /// stays. From good to bad: pass, warn, inconclusive, not-applicable, error, fail. An error never hides a
  /// fail that was found before.
  void worsen(Verdict verdict, std::string reason);
  void add(CaseViolation violation) { violations_.push_back(std::move(violation)); }
  /// A step's own comparison held for the requirements it names.
  void held(const std::vector<std::string>& requirements);

  [[nodiscard]] Verdict verdict() const { return verdict_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] const std::vector<CaseViolation>& violations() const { return violations_; }
  /// One entry a requirement: those the model evaluated, those steps evaluated, and the scenario's others as
  /// inconclusive. Sorted by id.
  [[nodiscard]] std::vector<RequirementResult> requirements(const scenario::Variant& variant,
                                                            const model::Judge* judge,
                                                            Strictness strictness) const;

 private:
  Verdict verdict_ = Verdict::pass;
  std::string reason_;
  std::vector<CaseViolation> violations_;
  std::map<std::string, std::uint32_t, std::less<>> held_;
};

}  // namespace tcpjury::engine
