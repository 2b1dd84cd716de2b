#include "harness/cli/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "harness/cli/places.h"
#include "harness/cli/plans.h"
#include "harness/scenario/discover.h"
#include "harness/scenario/load.h"

namespace tcpjury::cli {
namespace {

using scenario::Variant;

std::string shipped_folder() {
  const auto folder = scenario_folder();
  return folder ? folder->string() : std::string{};
}

/// Collects cases, each once.
class Collector {
 public:
  void add(const Variant& variant) {
    if (ids_.insert(variant.file + "\n" + variant.id()).second) variants_.push_back(variant);
  }
  [[nodiscard]] std::vector<Variant> take() { return std::move(variants_); }

 private:
  std::set<std::string> ids_ = {};
  std::vector<Variant> variants_ = {};
};

/// Loads what was discovered; a selected variant that its file does not have is an unknown name.
Library load_selected(const std::vector<scenario::Selected>& selected, const std::string& folder) {
  std::vector<std::string> files;
  for (const scenario::Selected& one : selected) {
    if (std::ranges::find(files, one.file) == files.end()) files.push_back(one.file);
  }
  auto loaded = scenario::load_files(files, {folder});
  if (!loaded.diagnostics.empty()) return InvalidFiles{std::move(loaded.diagnostics)};
  Collector collector;
  for (const scenario::Selected& one : selected) {
    bool found = one.variant.empty();
    for (const Variant& variant : loaded.variants) {
      if (variant.file != one.file || (!one.variant.empty() && variant.variant != one.variant)) continue;
      collector.add(variant);
      found = true;
    }
    if (!found) {
      return UnknownName{{fmt::format("{} has no variant '{}'", one.file, one.variant),
                          fmt::format("`tcpjury list scenarios {}` shows what there is", one.file)}};
    }
  }
  return collector.take();
}

/// What one name means. Diagnostics of the discovery are about names, not about files.
Library load_name(const std::string& name, const std::string& folder) {
  const scenario::Discovery discovery = scenario::discover(std::span{&name, 1}, folder);
  if (discovery.diagnostics.empty()) return load_selected(discovery.files, folder);
  const Diagnostic& complaint = discovery.diagnostics.front();
  return UnknownName{{fmt::format("{}: {}", complaint.where.file, complaint.message), complaint.hint}};
}

Library load_pattern(const std::string& pattern, const std::string& folder) {
  Library all = load_selected(scenario::discover({}, folder).files, folder);
  auto* variants = std::get_if<std::vector<Variant>>(&all);
  if (variants == nullptr) return all;
  std::erase_if(*variants, [&](const Variant& variant) { return !runner::names_case(pattern, variant); });
  if (variants->empty()) return UnknownName{{fmt::format("nothing matches '{}'", pattern)}};
  return all;
}

}  // namespace

Library load_cases(const std::vector<std::string>& names) {
  const auto folder = scenario_folder();
  if (names.empty()) {
    if (!folder) return UnknownName{folder.error()};
    return load_selected(scenario::discover({}, folder->string()).files, folder->string());
  }
  Collector collector;
  for (const std::string& name : names) {
    const bool pattern = name.find_first_of("*?") != std::string::npos;
    Library part = pattern ? load_pattern(name, shipped_folder()) : load_name(name, shipped_folder());
    const auto* variants = std::get_if<std::vector<Variant>>(&part);
    if (variants == nullptr) return part;
    for (const Variant& variant : *variants) collector.add(variant);
  }
  return collector.take();
}

Result<std::vector<Variant>> load_case_file(const std::string& file) {
  auto loaded = scenario::load_file(file, {shipped_folder()});
  if (!loaded.diagnostics.empty()) return fail(to_string(loaded.diagnostics.front()));
  return std::move(loaded.variants);
}

Result<runner::Selection> selection_of(const CaseChoice& choice, std::uint32_t repeat) {
  runner::Selection selection;
  std::string filter = choice.filter;
  if (!choice.plan.empty()) {
    const auto plan = find_plan(choice.plan);
    if (!plan) return tl::unexpected<Error>{plan.error()};
    selection.tiers = plan->tiers;
    const std::string planned{plan->filter};
    if (filter.empty())
      filter = planned;
    else if (!planned.empty())
      filter = fmt::format("({}) and ({})", planned, filter);
  }
  if (!choice.tiers.empty()) selection.tiers = choice.tiers;
  if (!filter.empty()) {
    auto parsed = runner::Filter::parse(filter);
    if (!parsed) return tl::unexpected<Error>{parsed.error()};
    selection.filter = std::move(*parsed);
  }
  selection.family = choice.family;
  selection.shard = choice.shard;
  selection.repeat = repeat;
  return selection;
}

}  // namespace tcpjury::cli
