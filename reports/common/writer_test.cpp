#include "reports/common/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tcpjury::reports {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class WriteReport : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "tcpjury_writer_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] static std::string content(const fs::path& path) {
    std::ifstream in{path};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder_}, fs::directory_iterator{}));
  }

  fs::path folder_;
};

TEST_F(WriteReport, MakesAFileAndLeavesNothingElse) {
  ASSERT_TRUE(write_report("one", folder_ / "out"));
  EXPECT_EQ(content(folder_ / "out"), "one");
  EXPECT_EQ(files(), 1U);
}

TEST_F(WriteReport, ReplacesAFileAndKeepsItsMode) {
  ASSERT_TRUE(write_report("a longer first report", folder_ / "out"));
  fs::permissions(folder_ / "out", fs::perms{0640});
  ASSERT_TRUE(write_report("two", folder_ / "out"));
  EXPECT_EQ(content(folder_ / "out"), "two");
  EXPECT_EQ(fs::status(folder_ / "out").permissions(), fs::perms{0640});
  EXPECT_EQ(files(), 1U);
}

TEST_F(WriteReport, ReaderOfTheOldFileIsNotDisturbed) {
  ASSERT_TRUE(write_report("old", folder_ / "out"));
  std::ifstream reader{folder_ / "out"};
  ASSERT_TRUE(write_report("new", folder_ / "out"));
  std::string seen;
  reader >> seen;
  EXPECT_EQ(seen, "old");
}

TEST_F(WriteReport, SymbolicLinkStaysOne) {
  ASSERT_TRUE(write_report("one", folder_ / "real"));
  fs::create_symlink("real", folder_ / "link");
  ASSERT_TRUE(write_report("two", folder_ / "link"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(content(folder_ / "real"), "two");
}

TEST_F(WriteReport, DeviceIsWrittenToAndNotReplaced) {
  ASSERT_TRUE(write_report("gone", "/dev/null"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(WriteReport, FullDeviceIsAnError) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  const auto result = write_report("gone", "/dev/full");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("No space left"));
}

TEST_F(WriteReport, MissingFolderIsAnErrorWithAHint) {
  const auto result = write_report("x", folder_ / "no" / "out");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("no/out: No such file"));
  EXPECT_THAT(result.error().hint, HasSubstr("make the folder first"));
}

TEST_F(WriteReport, FolderIsNoFile) {
  const auto result = write_report("x", folder_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().hint, HasSubstr("not of a folder"));
}

TEST_F(WriteReport, EmptyPathIsAnError) { EXPECT_FALSE(write_report("x", "")); }

TEST_F(WriteReport, HyphenIsStandardOutput) {
  ::testing::internal::CaptureStdout();
  const auto result = write_report("to the terminal\n", "-");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "to the terminal\n");
  EXPECT_TRUE(result);
}

}  // namespace
}  // namespace tcpjury::reports
