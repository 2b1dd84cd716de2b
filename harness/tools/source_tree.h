// The text files of the repository, as the rules about the repository see them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tcpjury::tools {

struct SourceFile {
  std::string path;  ///< relative to the root of the repository, with '/'
  std::string text;
};

/// What is wrong and where, ready to be clicked on: "path:line: message". Empty means all is well.
using Findings = std::vector<std::string>;

/// Every text file that belongs to the project. Left out: hidden folders except .ci, build trees, and the
/// corpora (scenarios/invalid, fuzz/corpus), whose files break rules on purpose.
[[nodiscard]] std::vector<SourceFile> read_source_tree(const std::filesystem::path& root);

/// `text` cut at its line ends, which are not part of the lines.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// True for a file that holds code of ours: C, C++, shell, Python, CMake.
[[nodiscard]] bool is_code(std::string_view path);

/// "path:line: message".
[[nodiscard]] std::string finding(std::string_view path, std::size_t line, std::string_view message);

}  // namespace tcpjury::tools
