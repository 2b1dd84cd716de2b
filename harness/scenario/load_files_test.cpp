// Loading from files: ids and paths, what cannot be read, and that a bad file runs nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/scenario/discover.h"
#include "harness/scenario/load.h"

namespace tcpjury::scenario {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string name =
        (std::filesystem::temp_directory_path() / ("tcpjury-load-" + std::string(6, 'X'))).string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string write(const std::string& below, const std::string& id) {
    std::filesystem::create_directories((dir_ / below).parent_path());
    std::ofstream{dir_ / below} << "id = \"" << id << "\"\ntitle = \"x\"\n[[step]]\nwait = \"1s\"\n";
    return (dir_ / below).string();
  }

  std::filesystem::path dir_;
};

TEST_F(Files, OfTheScenarioFolderHaveTheirPathAsId) {
  const LoadOptions options{.scenario_dir = dir_.string()};
  EXPECT_THAT(load_file(write("a/b.toml", "a/b"), options).diagnostics, IsEmpty());
  EXPECT_THAT(load_file(write("a/c.toml", "b/c"), options).diagnostics,
              ElementsAre(Field(&Diagnostic::code, "S016")));
}

TEST_F(Files, ElsewhereHaveTheirNameAsTheEndOfTheId) {
  EXPECT_THAT(load_file(write("copy/b.toml", "a/b")).diagnostics, IsEmpty());
  EXPECT_THAT(load_file(write("copy/c.toml", "a/b")).diagnostics,
              ElementsAre(Field(&Diagnostic::code, "S016")));
}

TEST_F(Files, WithOneIdAreRefused) {
  const std::vector<std::string> twins{write("one/b.toml", "a/b"), write("two/b.toml", "a/b")};
  const LoadResult result = load_files(twins);
  EXPECT_THAT(result.variants, IsEmpty());
  ASSERT_THAT(result.diagnostics, ElementsAre(Field(&Diagnostic::code, "S017")));
  EXPECT_THAT(result.diagnostics[0].message, HasSubstr(twins[0]));
}

TEST_F(Files, ThatAreWrongRunNothingAtAll) {
  const std::vector<std::string> some{write("b.toml", "b"), write("c.toml", "other")};
  EXPECT_THAT(load_files(some).variants, IsEmpty());
}

TEST_F(Files, ThatCannotBeReadAreReported) {
  const std::string missing = (dir_ / "nowhere.toml").string();
  EXPECT_THAT(load_file(missing).diagnostics, ElementsAre(Field(&Diagnostic::code, "S001")));
  EXPECT_THAT(load_file(dir_.string()).diagnostics, ElementsAre(Field(&Diagnostic::code, "S001")));
  EXPECT_THAT(load_file("/dev/zero").diagnostics, ElementsAre(Field(&Diagnostic::code, "S001")));
}

TEST_F(Files, OfTenMebibytesAreNotRead) {
  const std::string path = (dir_ / "huge.toml").string();
  std::ofstream{path} << std::string(10U << 20U, '\n');
  EXPECT_THAT(load_file(path).diagnostics, ElementsAre(Field(&Diagnostic::code, "S002")));
}

}  // namespace
}  // namespace tcpjury::scenario
