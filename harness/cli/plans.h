// Named selections for `--plan`.
#pragma once

#include <set>
#include <span>
#include <string_view>

#include "harness/base/result.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::cli {

struct NamedPlan {
  std::string_view name;
  std::string_view description;
  std::string_view filter;         ///< empty: everything
  std::set<scenario::Tier> tiers;  ///< empty: every tier
};

[[nodiscard]] std::span<const NamedPlan> named_plans();
/// An unknown name is an error that suggests the nearest one.
Result<NamedPlan> find_plan(std::string_view name);

}  // namespace tcpjury::cli
