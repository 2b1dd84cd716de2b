// House rules that a machine can check.
#pragma once

#include <map>
#include <span>

#include "harness/tools/source_tree.h"

namespace tcpjury::tools {

/// Code files may have this many lines; above it they hold more than one idea.
inline constexpr std::size_t most_lines = 600;

/// Files that are longer all the same, each with its ceiling. Ceilings only go down.
using LineRatchet = std::map<std::string, std::size_t, std::less<>>;

/// Marks of unfinished work in code, data and documents.
[[nodiscard]] Findings check_unfinished_marks(const SourceFile& file);

/// Tabs and carriage returns; indentation is spaces, line ends are LF.
[[nodiscard]] Findings check_blanks(const SourceFile& file);

/// Absolute paths into somebody's home or work folder, which exist on one machine only.
[[nodiscard]] Findings check_machine_paths(const SourceFile& file);

/// A code file above most_lines and above its ceiling; also a ceiling that is no longer needed.
[[nodiscard]] Findings check_length(const SourceFile& file, const LineRatchet& ratchet);

/// A Markdown file has one heading of the first level, and opens with it.
[[nodiscard]] Findings check_headings(const SourceFile& file);

/// Every part of the project that holds code (harness/wire, targets/lwip, reports, fuzz) opens with a
/// README.md.
[[nodiscard]] Findings check_readmes(std::span<const SourceFile> files);

}  // namespace tcpjury::tools
