#include "harness/tools/layering.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

namespace tcpjury::tools {
namespace {

using Names = std::vector<std::string_view>;

/// "reports/*" stands for every folder in reports.
struct Layer {
  std::string_view name;
  Names below;  ///< what it may include beside itself
};

const std::vector<Layer>& layers() {
  static const std::vector<Layer> table{
      {"base", {}},
      {"wire", {"base"}},
      {"link", {"base", "wire"}},
      {"model", {"base", "wire"}},
      {"scenario", {"base", "wire", "model"}},
      {"engine", {"base", "wire", "model", "scenario"}},
      {"runner", {"base", "wire", "model", "scenario", "engine", "link"}},
      {"tools", {"base"}},
      // The contract with foreign stacks stands alone: they take it into their own builds.
      {"targets/abi", {}},
      {"targets/plugin", {"base", "wire", "model", "scenario", "engine", "link", "runner", "targets/abi"}},
      {"targets/*",
       {"base", "wire", "model", "scenario", "engine", "link", "runner", "targets/abi", "targets/plugin"}},
      {"reports", {"base", "wire", "model", "scenario", "engine", "runner", "reports/*"}},
      {"reports/common", {"base", "wire", "model", "scenario", "engine", "runner"}},
      {"reports/testing", {"base", "wire", "model", "scenario", "engine", "runner", "reports/common"}},
      {"reports/*",
       {"base", "wire", "model", "scenario", "engine", "runner", "reports/common", "reports/ladder",
        "reports/testing"}},
      // Fuzzers drive stacks through the same ABI as the runner does.
      {"fuzz",
       {"base", "wire", "model", "scenario", "engine", "link", "runner", "targets/abi", "targets/plugin"}},
  };
  return table;
}

struct HeavyHeader {
  std::string_view prefix;
  Names owners;  ///< files, or folders with a trailing '/'
};

const std::vector<HeavyHeader>& heavy_headers() {
  static const std::vector<HeavyHeader> table{
      {"boost/asio", {"harness/link/"}},
      {"toml++/", {"harness/scenario/document.cpp", "harness/model/catalogue_generator/main.cpp"}},
      // The convictions are read from the report as somebody else's tooling would read it.
      {"nlohmann/",
       {"reports/json/", "harness/runner/codec.cpp", "harness/scenario/schema.cpp",
        "targets/lwip/mutants/conviction_test.cpp"}},
      {"CLI/", {"harness/cli/"}},
  };
  return table;
}

struct Include {
  std::string_view path;
  bool quoted = false;
};

std::optional<Include> parse_include(std::string_view line) {
  const auto skip_blanks = [&] { line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); };
  const auto accept = [&](std::string_view word) {
    skip_blanks();
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    return true;
  };
  if (!accept("#") || !accept("include")) return std::nullopt;
  skip_blanks();
  if (line.empty() || (line.front() != '"' && line.front() != '<')) return std::nullopt;
  const bool quoted = line.front() == '"';
  const std::size_t end = line.find(quoted ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return Include{line.substr(1, end - 1), quoted};
}

bool names(std::string_view pattern, std::string_view layer) {
  if (!pattern.ends_with("/*")) return pattern == layer;
  return layer.starts_with(pattern.substr(0, pattern.size() - 1));
}

/// An exact row comes before one with a star.
const Layer* row_of(std::string_view layer) {
  const auto exact = std::ranges::find(layers(), layer, &Layer::name);
  if (exact != layers().end()) return &*exact;
  const auto it = std::ranges::find_if(layers(), [&](const Layer& row) { return names(row.name, layer); });
  return it == layers().end() ? nullptr : &*it;
}

std::optional<std::string> complaint_about_layers(std::string_view from, std::string_view to) {
  if (from == to || from == "cli") return std::nullopt;
  const Layer* row = row_of(from);
  if (row == nullptr) return fmt::format("the layer {} has no row in harness/tools/layering.cpp", from);
  if (std::ranges::any_of(row->below, [&](std::string_view pattern) { return names(pattern, to); })) {
    return std::nullopt;
  }
  return fmt::format("{} must not include {}", from, to);
}

bool owns(const HeavyHeader& header, std::string_view path) {
  return std::ranges::any_of(header.owners, [&](std::string_view owner) {
    return owner.ends_with('/') ? path.starts_with(owner) : path == owner;
  });
}

std::optional<std::string> complaint_about_libraries(std::string_view path, std::string_view include) {
  for (const HeavyHeader& header : heavy_headers()) {
    if (include.starts_with(header.prefix) && !owns(header, path)) {
      return fmt::format("<{}> belongs to {} alone", include, fmt::join(header.owners, ", "));
    }
  }
  const bool is_test_header = include.starts_with("gtest/") || include.starts_with("gmock/");
  if (is_test_header && path.find("test") == std::string_view::npos) {
    return fmt::format("<{}> belongs to tests", include);
  }
  return std::nullopt;
}

/// An adapter compiles against its stack's own headers, which we do not place.
bool may_use_foreign_paths(std::string_view layer) { return layer.starts_with("targets/"); }

std::optional<std::string> complaint(std::string_view path, const Include& include) {
  if (auto text = complaint_about_libraries(path, include.path)) return text;
  const std::string from = layer_of(path);
  const std::string to = layer_of(include.path);
  if (!to.empty()) return complaint_about_layers(from, to);
  if (include.quoted && !may_use_foreign_paths(from)) {
    return fmt::format("\"{}\" is not written from the root of the repository", include.path);
  }
  return std::nullopt;
}

}  // namespace

std::string layer_of(std::string_view path) {
  const auto take_folder = [&]() -> std::string_view {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return {};
    const std::string_view folder = path.substr(0, slash);
    path.remove_prefix(slash + 1);
    return folder;
  };
  const std::string_view top = take_folder();
  if (top == "harness") return std::string{take_folder()};
  if (top == "fuzz") return "fuzz";
  if (top != "targets" && top != "reports") return {};
  const std::string_view folder = take_folder();
  return folder.empty() ? std::string{top} : fmt::format("{}/{}", top, folder);
}

Findings check_includes(const SourceFile& file) {
  Findings findings;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto include = parse_include(lines[i]);
    if (!include) continue;
    if (const auto text = complaint(file.path, *include))
      findings.push_back(finding(file.path, i + 1, *text));
  }
  return findings;
}

}  // namespace tcpjury::tools
