#include "harness/scenario/discover.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "harness/scenario/codes.h"
#include "harness/scenario/complaints.h"

namespace tcpjury::scenario {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> other_folders{"requirements", "profiles", "plans", "schema",
                                                        "invalid"};

/// Every scenario file beneath `folder`, sorted; what cannot be entered is passed over.
std::vector<std::string> files_beneath(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at{folder, fs::directory_options::skip_permission_denied, error};
  for (; !error && at != fs::recursive_directory_iterator{}; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (at->is_directory(ignored)) {
      const bool elsewhere = std::ranges::find(other_folders, name) != other_folders.end();
      if (elsewhere || name.starts_with('.')) at.disable_recursion_pending();
    } else if (name.ends_with(".toml") && !name.starts_with('.')) {
      files.push_back(at->path().generic_string());
    }
  }
  std::ranges::sort(files);
  return files;
}

class Discoverer {
 public:
  explicit Discoverer(const std::string& scenario_dir) : scenario_dir_{scenario_dir} {}

  void add(const std::string& argument) {
    std::error_code ignored;
    if (fs::is_regular_file(argument, ignored)) return add_file({argument, {}});
    if (fs::is_directory(argument, ignored)) return add_folder(argument);
    if (!scenario_dir_.empty() && add_id(argument)) return;
    complain(argument);
  }

  void add_folder(const fs::path& folder) {
    const auto files = files_beneath(folder);
    for (const std::string& file : files) add_file({file, {}});
    if (files.empty()) {
      result_.diagnostics.push_back({std::string{to_string(Code::unknown_scenario)},
                                     {folder.generic_string(), 0, 0},
                                     "there is no scenario in this folder"});
    }
  }

  Discovery take() { return std::move(result_); }

 private:
  void add_file(Selected selected) {
    if (std::ranges::find(result_.files, selected) == result_.files.end()) {
      result_.files.push_back(std::move(selected));
    }
  }

  bool add_id(const std::string& argument) {
    const std::size_t bracket = argument.find('[');
    const bool has_variant = bracket != std::string::npos && argument.ends_with(']');
    const std::string id = has_variant ? argument.substr(0, bracket) : argument;
    // An id stays inside the folder of scenarios.
    if (id.empty() || id.front() == '/' || id.find("..") != std::string::npos) return false;
    const fs::path base = fs::path{scenario_dir_} / id;
    std::error_code ignored;
    const std::string file = base.generic_string() + ".toml";
    if (fs::is_regular_file(file, ignored)) {
      std::string variant;
      if (has_variant) variant = argument.substr(bracket + 1, argument.size() - bracket - 2);
      add_file({file, std::move(variant)});
      return true;
    }
    if (has_variant || !fs::is_directory(base, ignored)) return false;
    add_folder(base);
    return true;
  }

  void complain(const std::string& argument) {
    const bool looks_like_path =
        argument.ends_with(".toml") || argument.starts_with('/') || argument.starts_with('.');
    const auto ids = scenario_ids(scenario_dir_);
    const std::vector<std::string_view> known{ids.begin(), ids.end()};
    std::string hint = looks_like_path ? "" : suggestion(argument.substr(0, argument.find('[')), known);
    if (hint.empty() && !looks_like_path) hint = "'tcpjury list scenarios' shows all";
    result_.diagnostics.push_back({std::string{to_string(Code::unknown_scenario)},
                                   {argument, 0, 0},
                                   looks_like_path ? "there is no such file" : "there is no such scenario",
                                   std::move(hint)});
  }

  const std::string& scenario_dir_;
  Discovery result_ = {};
};

}  // namespace

Discovery discover(std::span<const std::string> arguments, const std::string& scenario_dir) {
  Discoverer discoverer{scenario_dir};
  for (const std::string& argument : arguments) discoverer.add(argument);
  if (arguments.empty()) discoverer.add_folder(scenario_dir);
  return discoverer.take();
}

std::vector<std::string> scenario_ids(const std::string& scenario_dir) {
  std::vector<std::string> ids;
  if (scenario_dir.empty()) return ids;
  for (const std::string& file : files_beneath(scenario_dir)) {
    const fs::path below = fs::path{file}.lexically_relative(scenario_dir);
    ids.push_back(fs::path{below}.replace_extension().generic_string());
  }
  std::ranges::sort(ids);
  return ids;
}

}  // namespace tcpjury::scenario
