#include "harness/tools/tidiness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace tcpjury::tools {
namespace {

// Put together from halves, so that this file does not carry the marks itself.
// clang-format off
constexpr std::string_view to_do = "TO" "DO";
constexpr std::array<std::string_view, 6> marks{to_do, "FIX" "ME", "XX" "X", "HA" "CK", "not imple" "mented",
                                                "unimple" "mented"};
// clang-format on

struct Excuse {
  std::string_view path;  ///< of files that begin so
  std::string_view mark;
};
// In the Test Anything Protocol the word is a directive: it tells that a failure was expected.
constexpr std::array<Excuse, 3> excuses{
    {{"reports/tap/", to_do}, {"reports/README.md", to_do}, {"reports/testing/sample.cpp", to_do}}};

constexpr std::array<std::string_view, 5> private_folders{"home", "root", "work", "Users", "tmp/wt"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool contains_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word(line[at - 1])) && (end == line.size() || !is_word(line[end]))) return true;
  }
  return false;
}

/// True where an absolute path into `folder` begins, as opposed to a part of a longer path.
bool contains_path_into(std::string_view line, std::string_view folder) {
  const std::string needle = fmt::format("/{}/", folder);
  for (std::size_t at = line.find(needle); at != std::string_view::npos; at = line.find(needle, at + 1)) {
    const char before = at == 0 ? ' ' : line[at - 1];
    if (!is_word(before) && std::string_view{".})>*/"}.find(before) == std::string_view::npos) return true;
  }
  return false;
}

template <class Complain>
Findings each_line(const SourceFile& file, Complain complain) {
  Findings findings;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const std::string& text : complain(lines[i])) findings.push_back(finding(file.path, i + 1, text));
  }
  return findings;
}

}  // namespace

Findings check_unfinished_marks(const SourceFile& file) {
  const auto is_excused = [&](std::string_view mark) {
    return std::ranges::any_of(
        excuses, [&](const Excuse& e) { return file.path.starts_with(e.path) && e.mark == mark; });
  };
  return each_line(file, [&](std::string_view line) {
    Findings texts;
    for (const std::string_view mark : marks) {
      if (contains_word(line, mark) && !is_excused(mark))
        texts.push_back(fmt::format("'{}' marks unfinished work", mark));
    }
    return texts;
  });
}

Findings check_blanks(const SourceFile& file) {
  return each_line(file, [](std::string_view line) {
    Findings texts;
    if (line.find('\t') != std::string_view::npos) texts.emplace_back("a tab");
    if (line.find('\r') != std::string_view::npos) texts.emplace_back("a carriage return");
    return texts;
  });
}

Findings check_machine_paths(const SourceFile& file) {
  return each_line(file, [](std::string_view line) {
    Findings texts;
    for (const std::string_view folder : private_folders) {
      if (contains_path_into(line, folder))
        texts.push_back(fmt::format("/{}/ is a path of one machine", folder));
    }
    return texts;
  });
}

Findings check_length(const SourceFile& file, const LineRatchet& ratchet) {
  const std::size_t lines = lines_of(file.text).size();
  const auto ceiling = ratchet.find(file.path);
  if (ceiling != ratchet.end() && lines <= most_lines) {
    return {finding(file.path, lines, "no longer needs its entry in the ratchet")};
  }
  const std::size_t most = ceiling == ratchet.end() ? most_lines : ceiling->second;
  if (!is_code(file.path) || lines <= most) return {};
  return {finding(file.path, lines, fmt::format("{} lines, the most is {}", lines, most))};
}

Findings check_headings(const SourceFile& file) {
  if (!file.path.ends_with(".md")) return {};
  Findings findings;
  bool in_code = false;
  std::size_t headings = 0;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("```")) in_code = !in_code;
    if (in_code || !lines[i].starts_with("# ")) continue;
    if (++headings > 1) findings.push_back(finding(file.path, i + 1, "a second heading of the first level"));
  }
  if (lines.empty() || !lines.front().starts_with("# ")) {
    findings.push_back(finding(file.path, 1, "does not open with a heading of the first level"));
  }
  return findings;
}

Findings check_readmes(std::span<const SourceFile> files) {
  const std::set<std::string> collections{"", "harness", "targets"};
  const auto folder_of = [](std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return std::string{slash == std::string_view::npos ? "" : path.substr(0, slash)};
  };
  std::set<std::string> with_code;
  std::set<std::string> with_readme;
  for (const SourceFile& file : files) {
    std::string folder = folder_of(file.path);
    if (file.path.ends_with("README.md")) with_readme.insert(folder);
    if (!is_code(file.path) || file.path.ends_with("CMakeLists.txt") || folder == ".ci") continue;
    // A folder inside a part of the project is described by that part.
    while (!collections.contains(folder) && !collections.contains(folder_of(folder)))
      folder = folder_of(folder);
    with_code.insert(folder);
  }
  Findings findings;
  for (const std::string& folder : with_code) {
    const std::string readme = folder.empty() ? "README.md" : folder + "/README.md";
    if (!with_readme.contains(folder)) findings.push_back(finding(readme, 1, "is missing"));
  }
  return findings;
}

}  // namespace tcpjury::tools
