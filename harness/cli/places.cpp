#include "harness/cli/places.h"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

namespace tcpjury::cli {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::optional<fs::path> from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path{value};
}

/// A file that lies where it lies in the repository, seen from the shipped scenarios.
std::optional<fs::path> beside_scenarios(const fs::path& path) {
  const auto scenarios = scenario_folder();
  if (!scenarios) return std::nullopt;
  fs::path file = scenarios->parent_path() / path;
  if (is_there(file)) return file;
  return std::nullopt;
}

}  // namespace

fs::path executable() {
  std::error_code error;
  fs::path path = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path{"/proc/self/exe"} : path;
}

Result<fs::path> scenario_folder() {
  if (const auto chosen = from_environment("TCPJURY_SCENARIOS")) {
    if (is_there(*chosen)) return *chosen;
    return fail(fmt::format("TCPJURY_SCENARIOS names {}, which does not exist", chosen->string()));
  }
  const fs::path bin = executable().parent_path();
  // A build tree lies a few levels below the source tree; its mark is the folder of requirements.
  fs::path folder = bin;
  for (int level = 0; level < 5 && folder.has_relative_path(); ++level, folder = folder.parent_path()) {
    if (is_there(folder / "scenarios/requirements")) return folder / "scenarios";
  }
  fs::path installed = bin.parent_path() / "share/tcpjury/scenarios";
  if (is_there(installed)) return installed;
  return fail("the shipped scenarios are not found", "set TCPJURY_SCENARIOS to their folder, or name files");
}

std::optional<fs::path> shipped_plugin(const std::string& target) {
  const fs::path bin = executable().parent_path();
  std::vector<fs::path> folders;
  if (const auto chosen = from_environment("TCPJURY_PLUGINS")) folders.push_back(*chosen);
  for (const char* place : {"", "../targets", "../lib/tcpjury"}) folders.push_back(bin / place);
  for (const fs::path& folder : folders) {
    const fs::path file = folder / fmt::format("tcpjury_target_{}.so", target);
    if (is_there(file)) return file.lexically_normal();
  }
  return std::nullopt;
}

std::optional<fs::path> shipped_deviations(const std::string& target) {
  return beside_scenarios(fs::path{"targets"} / target / "deviations.toml");
}

std::optional<fs::path> published_kill_matrix() { return beside_scenarios("reports/docs/kill-matrix.md"); }

std::optional<fs::path> shipped_kill_matrix() {
  return beside_scenarios("targets/reference/kill_matrix.toml");
}

}  // namespace tcpjury::cli
