#include "harness/tools/source_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace tcpjury::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::array text_endings{".h",     ".hpp", ".c",    ".cpp",  ".inc", ".sh",   ".py",
                                  ".cmake", ".md",  ".toml", ".json", ".txt", ".html", ".css",
                                  ".js",    ".in",  ".svg",  ".dict", ".yml"};
constexpr std::array code_endings{".h", ".hpp", ".c", ".cpp", ".inc", ".sh", ".py", ".cmake"};
constexpr std::array text_names{"bootstrap",     ".clang-tidy", ".clang-format",
                                ".editorconfig", ".gitignore",  "run"};
constexpr std::array corpora{"scenarios/invalid", "fuzz/corpus"};

bool ends_with_any(std::string_view path, const auto& endings) {
  return std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); });
}

bool is_text(const fs::path& relative) {
  const std::string name = relative.filename().string();
  return ends_with_any(name, text_endings) || std::ranges::find(text_names, name) != text_names.end();
}

bool is_left_out(const fs::path& folder, const fs::path& relative) {
  const std::string name = relative.filename().string();
  if (name.starts_with('.') && name != ".ci") return true;
  if (name == "__pycache__" || relative == "build" || fs::exists(folder / "CMakeCache.txt")) return true;
  return std::ranges::find(corpora, relative.generic_string()) != corpora.end();
}

}  // namespace

std::vector<SourceFile> read_source_tree(const fs::path& root) {
  std::vector<SourceFile> files;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    const fs::path relative = it->path().lexically_relative(root);
    if (it->is_directory() && is_left_out(it->path(), relative)) it.disable_recursion_pending();
    if (!it->is_regular_file() || !is_text(relative)) continue;
    std::ifstream in(it->path(), std::ios::binary);
    files.push_back({relative.generic_string(), {std::istreambuf_iterator<char>(in), {}}});
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool is_code(std::string_view path) {
  return ends_with_any(path, code_endings) || path == "bootstrap" || path == ".ci/run" ||
         path.ends_with("CMakeLists.txt");
}

std::string finding(std::string_view path, std::size_t line, std::string_view message) {
  return fmt::format("{}:{}: {}", path, line, message);
}

}  // namespace tcpjury::tools
