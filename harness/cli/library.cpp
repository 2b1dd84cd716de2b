#include "harness/cli/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/base/suggest.h"
#include "harness/cli/places.h"
#include "harness/cli/plans.h"
#include "harness/scenario/load.h"

namespace tcpjury::cli {
namespace {

namespace fs = std::filesystem;
using scenario::Variant;

constexpr std::string_view not_scenarios[] = {"invalid", "requirements", "profiles", "schema"};

scenario::LoadOptions load_options() {
  const auto folder = scenario_folder();
  return {folder ? folder->string() : std::string{}};
}

bool looks_like_a_file(const std::string& name) {
  std::error_code ignored;
  return name.ends_with(".toml") || name.starts_with("/") || name.starts_with("./") ||
         name.starts_with("../") || fs::exists(name, ignored);
}

UnknownName unknown(const std::string& name, const std::vector<Variant>& shipped) {
  std::set<std::string_view> ids;
  for (const Variant& variant : shipped) ids.insert(variant.scenario);
  const std::vector<std::string_view> known{ids.begin(), ids.end()};
  const auto near = suggest(name, known);
  return {{fmt::format("no scenario is called '{}'", name),
           near ? fmt::format("did you mean '{}'?", *near) : "`tcpjury list scenarios` shows what there is"}};
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

Library load_shipped() {
  const auto folder = scenario_folder();
  if (!folder) return UnknownName{folder.error()};
  const auto files = scenario_files(*folder);
  if (!files) return UnknownName{files.error()};
  auto loaded = scenario::load_files(*files, load_options());
  if (!loaded.diagnostics.empty()) return InvalidFiles{std::move(loaded.diagnostics)};
  return std::move(loaded.variants);
}

}  // namespace

Result<std::vector<std::string>> scenario_files(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) return fail(fmt::format("{} does not exist", path.string()));
  std::vector<std::string> files;
  if (!fs::is_directory(status)) return std::vector<std::string>{path.string()};
  for (fs::recursive_directory_iterator entry{path, error}, end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      if (std::ranges::find(not_scenarios, name) != std::end(not_scenarios))
        entry.disable_recursion_pending();
    } else if (name.ends_with(".toml")) {
      files.push_back(entry->path().string());
    }
  }
  if (error) return fail(fmt::format("cannot read {}: {}", path.string(), error.message()));
  std::ranges::sort(files);
  return files;
}

Library load_cases(const std::vector<std::string>& names) {
  if (names.empty()) return load_shipped();
  Collector collector;
  std::vector<Variant> shipped;
  bool have_shipped = false;
  for (const std::string& name : names) {
    if (looks_like_a_file(name)) {
      const auto files = scenario_files(name);
      if (!files) return UnknownName{files.error()};
      auto loaded = scenario::load_files(*files, load_options());
      if (!loaded.diagnostics.empty()) return InvalidFiles{std::move(loaded.diagnostics)};
      for (const Variant& variant : loaded.variants) collector.add(variant);
      continue;
    }
    if (!have_shipped) {
      Library all = load_shipped();
      auto* variants = std::get_if<std::vector<Variant>>(&all);
      if (variants == nullptr) return all;
      shipped = std::move(*variants);
      have_shipped = true;
    }
    bool found = false;
    for (const Variant& variant : shipped) {
      if (!runner::names_case(name, variant)) continue;
      collector.add(variant);
      found = true;
    }
    if (!found) return unknown(name, shipped);
  }
  return collector.take();
}

Result<std::vector<Variant>> load_case_file(const std::string& file) {
  auto loaded = scenario::load_file(file, load_options());
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
