// Walks scenarios/invalid: every file there is wrong in a known way, and says so in known words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/scenario/codes.h"
#include "harness/scenario/load.h"

namespace tcpjury::scenario {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path{TCPJURY_SOURCE_DIR} / "scenarios" / "invalid";

std::vector<std::string> invalid_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{folder}) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

std::string content(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

class InvalidScenario : public testing::TestWithParam<std::string> {};

TEST_P(InvalidScenario, IsRefusedInTheExpectedWords) {
  const fs::path file = folder / (GetParam() + ".toml");
  const fs::path expected = folder / (GetParam() + ".expected");
  const LoadResult result = load_text(content(file), file.filename().string());
  EXPECT_TRUE(result.variants.empty());
  EXPECT_FALSE(result.diagnostics.empty());
  std::string words;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    words += to_string(diagnostic) + "\n";
    EXPECT_NE(find_code(diagnostic.code), nullptr) << diagnostic.code;
  }
  // After a change of words: set the variable, run once, and read the difference before committing it.
  if (std::getenv("TCPJURY_UPDATE_EXPECTED") != nullptr) std::ofstream{expected, std::ios::binary} << words;
  EXPECT_EQ(words, content(expected));
}
INSTANTIATE_TEST_SUITE_P(All, InvalidScenario, testing::ValuesIn(invalid_files()), [](const auto& one) {
  std::string name = one.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(InvalidScenarios, ShowEveryCodeThatOneTextCanCause) {
  std::string all;
  for (const std::string& name : invalid_files()) all += content(folder / (name + ".expected"));
  for (const CodeInfo& info : diagnostic_codes()) {
    // These need a file system, or more than a mebibyte.
    using enum Code;
    if (info.code == unreadable_file || info.code == file_too_large || info.code == duplicate_id ||
        info.code == unknown_scenario) {
      continue;
    }
    EXPECT_NE(all.find(std::string{": "} + std::string{info.id} + ": "), std::string::npos) << info.id;
  }
}

}  // namespace
}  // namespace tcpjury::scenario
