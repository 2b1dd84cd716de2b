#include "harness/cli/plans.h"

#include <fmt/format.h>

#include <vector>

#include "harness/base/suggest.h"

namespace tcpjury::cli {

std::span<const NamedPlan> named_plans() {
  using enum scenario::Tier;
  static const std::vector<NamedPlan> plans{
      {"smoke", "a first look: the fast cases tagged smoke", "tag(smoke)", {fast}},
      {"certify", "everything a report about conformance needs: fast and slow cases", "", {fast, slow}},
      {"nightly", "all there is, rare cases included", "", {}},
  };
  return plans;
}

Result<NamedPlan> find_plan(std::string_view name) {
  std::vector<std::string_view> known;
  for (const NamedPlan& plan : named_plans()) {
    if (plan.name == name) return plan;
    known.push_back(plan.name);
  }
  const auto near = suggest(name, known);
  return fail(fmt::format("no plan is called '{}'", name),
              near ? fmt::format("did you mean '{}'?", *near) : "`tcpjury list plans` shows what there is");
}

}  // namespace tcpjury::cli
