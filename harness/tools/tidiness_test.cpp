#include "harness/tools/tidiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpjury::tools {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Empty is the aim. An entry needs a reason beside it.
const LineRatchet& ratchet() {
  static const LineRatchet table{};
  return table;
}

class Tree : public testing::Test {
 protected:
  static const std::vector<SourceFile>& files() {
    static const std::vector<SourceFile> all = read_source_tree(TCPJURY_SOURCE_DIR);
    return all;
  }

  template <class Rule>
  static Findings apply(Rule rule) {
    Findings findings;
    for (const SourceFile& file : files()) {
      for (std::string& text : rule(file)) findings.push_back(std::move(text));
    }
    return findings;
  }
};

TEST_F(Tree, IsFoundWithItsCodeAndItsDocuments) {
  std::vector<std::string> paths;
  for (const SourceFile& file : files()) paths.push_back(file.path);
  EXPECT_THAT(paths, testing::IsSupersetOf({"README.md", "bootstrap", ".ci/run", "harness/base/bytes.h",
                                            "harness/tools/ci.sh", "CMakeLists.txt"}));
  EXPECT_THAT(paths, testing::Each(testing::Not(testing::StartsWith("build/"))));
}
TEST_F(Tree, HasNoUnfinishedMarks) { EXPECT_THAT(apply(check_unfinished_marks), IsEmpty()); }
TEST_F(Tree, HasNoTabs) { EXPECT_THAT(apply(check_blanks), IsEmpty()); }
TEST_F(Tree, HasNoPathsOfOneMachine) { EXPECT_THAT(apply(check_machine_paths), IsEmpty()); }
TEST_F(Tree, HasOneFirstHeadingADocument) { EXPECT_THAT(apply(check_headings), IsEmpty()); }
TEST_F(Tree, HasAReadmeInEveryFolderOfCode) { EXPECT_THAT(check_readmes(files()), IsEmpty()); }
TEST_F(Tree, HasShortFiles) {
  EXPECT_THAT(apply([](const SourceFile& file) { return check_length(file, ratchet()); }), IsEmpty());
}
TEST_F(Tree, HasEveryFileThatTheRatchetNames) {
  for (const auto& [path, ceiling] : ratchet()) {
    EXPECT_TRUE(std::ranges::any_of(files(), [&](const SourceFile& f) { return f.path == path; })) << path;
    EXPECT_GT(ceiling, most_lines) << path;
  }
}

// What follows shows that each rule bites. The offenders are put together from halves, since this file has
// to obey the rules as well.

TEST(UnfinishedMarks, AreFoundAsWords) {
  const std::string mark = std::string{"TO"} + "DO";
  EXPECT_THAT(check_unfinished_marks({"a.cpp", "int a;\n// " + mark + ": b\n"}),
              ElementsAre("a.cpp:2: '" + mark + "' marks unfinished work"));
  EXPECT_THAT(check_unfinished_marks({"a.md", std::string{"is un"} + "implemented\n"}).size(), 1U);
  EXPECT_THAT(check_unfinished_marks({"reports/tap/tap.cpp", "not ok # " + mark + "\n"}), IsEmpty());
  EXPECT_THAT(check_unfinished_marks({"reports/json/json.cpp", "not ok # " + mark + "\n"}).size(), 1U);
  EXPECT_THAT(check_unfinished_marks({"a.sh", "mktemp name.XXXXXX\n"}), IsEmpty());
  EXPECT_THAT(check_unfinished_marks({"a.cpp", "auto METHODS_" + mark + "_LIST;\n"}), IsEmpty());
}

TEST(Blanks, TabsAndCarriageReturnsAreFound) {
  EXPECT_THAT(check_blanks({"a.cpp", "int a;\n\tint b;\r\n"}),
              ElementsAre("a.cpp:2: a tab", "a.cpp:2: a carriage return"));
  EXPECT_THAT(check_blanks({"a.cpp", "  int a;\n"}), IsEmpty());
}

TEST(MachinePaths, AreFoundWhereAPathBegins) {
  const std::string home = std::string{"/ho"} + "me/";
  EXPECT_THAT(check_machine_paths({"a.sh", "cd " + home + "me/src\n"}),
              ElementsAre("a.sh:1: " + home + " is a path of one machine"));
  EXPECT_THAT(check_machine_paths({"a.md", "(`" + home + "me`)\n"}).size(), 1U);
  EXPECT_THAT(check_machine_paths({"a.sh", "cd \"$build" + home + "me\" \"${build}" + home + "me\"\n"}),
              IsEmpty());
  EXPECT_THAT(check_machine_paths({"a.sh", "ls /proc/self/root/ /usr/share/doc\n"}), IsEmpty());
}

TEST(Length, OnlyTheRatchetLetsAFileGrow) {
  const auto code = [](std::size_t lines) { return SourceFile{"harness/a.cpp", std::string(lines, '\n')}; };
  EXPECT_THAT(check_length(code(600), {}), IsEmpty());
  EXPECT_THAT(check_length(code(601), {}), ElementsAre("harness/a.cpp:601: 601 lines, the most is 600"));
  EXPECT_THAT(check_length(code(700), {{"harness/a.cpp", 700}}), IsEmpty());
  EXPECT_THAT(check_length(code(701), {{"harness/a.cpp", 700}}),
              ElementsAre("harness/a.cpp:701: 701 lines, the most is 700"));
  EXPECT_THAT(check_length(code(600), {{"harness/a.cpp", 700}}),
              ElementsAre("harness/a.cpp:600: no longer needs its entry in the ratchet"));
  EXPECT_THAT(check_length({"scenarios/a.toml", std::string(5000, '\n')}, {}), IsEmpty());
}

TEST(Headings, ADocumentOpensWithItsOnlyFirstHeading) {
  EXPECT_THAT(check_headings({"a.md", "# a\n\n## b\n```\n# a comment in a shell\n```\n"}), IsEmpty());
  EXPECT_THAT(check_headings({"a.md", "# a\n# b\n"}),
              ElementsAre("a.md:2: a second heading of the first level"));
  EXPECT_THAT(check_headings({"a.md", "words\n# a\n"}),
              ElementsAre("a.md:1: does not open with a heading of the first level"));
  EXPECT_THAT(check_headings({"a.md", ""}).size(), 1U);
  EXPECT_THAT(check_headings({"a.toml", "# a comment\n# another\n"}), IsEmpty());
}

TEST(Readmes, AreDemandedWhereCodeLies) {
  const std::vector<SourceFile> files{{"bootstrap", ""},          {"harness/a/part/a.cpp", ""},
                                      {"harness/b/b.cpp", ""},    {"harness/b/README.md", ""},
                                      {"harness/b/part/b.h", ""}, {"harness/c/CMakeLists.txt", ""},
                                      {"scenarios/d/d.toml", ""}, {"fuzz/e/e.cpp", ""}};
  EXPECT_THAT(check_readmes(files), ElementsAre("README.md:1: is missing", "fuzz/README.md:1: is missing",
                                                "harness/a/README.md:1: is missing"));
}

TEST(Lines, AreCutAtLineEndsWithoutThem) {
  EXPECT_THAT(lines_of("a\n\nb"), ElementsAre("a", "", "b"));
  EXPECT_THAT(lines_of("a\n"), ElementsAre("a"));
  EXPECT_THAT(lines_of(""), IsEmpty());
}

}  // namespace
}  // namespace tcpjury::tools
