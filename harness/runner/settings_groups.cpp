#include "harness/runner/settings_groups.h"

namespace tcpjury::runner {

Settings settings_for(const Settings& asked, std::string_view name) {
  const std::string prefix = std::string{name} + ".";
  Settings own;
  for (const auto& [key, value] : asked) {
    if (key.starts_with(prefix)) own.emplace(key.substr(prefix.size()), value);
  }
  return own.empty() ? asked : own;
}

std::map<Settings, std::vector<std::size_t>> settings_groups(const Plan& plan, std::string_view target_name) {
  std::map<Settings, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < plan.cases.size(); ++i)
    groups[settings_for(plan.variant_of(plan.cases[i]).settings, target_name)].push_back(i);
  return groups;
}

}  // namespace tcpjury::runner
