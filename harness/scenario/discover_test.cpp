#include "harness/scenario/discover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tcpjury::scenario {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Discover : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / ("tcpjury-discover-" + std::string(6, 'X'))).string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
    for (const char* file :
         {"handshake/b.toml", "handshake/a.toml", "teardown/c.toml", "handshake/notes.md",
          "requirements/rfc1.toml", "invalid/bad.toml", "schema/x.toml", ".hidden/x.toml"}) {
      fs::create_directories((dir_ / file).parent_path());
      std::ofstream{dir_ / file} << "id = 1\n";
    }
  }
  void TearDown() override { fs::remove_all(dir_); }

  [[nodiscard]] std::string at(const std::string& below) const { return (dir_ / below).generic_string(); }
  Discovery found(const std::vector<std::string>& arguments) { return discover(arguments, dir_.string()); }

  fs::path dir_;
};

TEST_F(Discover, TakesEverythingWithoutArguments) {
  const Discovery all = found({});
  EXPECT_THAT(all.diagnostics, IsEmpty());
  EXPECT_THAT(all.files,
              ElementsAre(Selected{at("handshake/a.toml"), ""}, Selected{at("handshake/b.toml"), ""},
                          Selected{at("teardown/c.toml"), ""}));
}

TEST_F(Discover, TakesIdsFoldersAndPaths) {
  const Discovery some = found({"teardown/c", "handshake", at("handshake/a.toml"), at("teardown")});
  EXPECT_THAT(some.diagnostics, IsEmpty());
  EXPECT_THAT(some.files,
              ElementsAre(Selected{at("teardown/c.toml"), ""}, Selected{at("handshake/a.toml"), ""},
                          Selected{at("handshake/b.toml"), ""}));
}

TEST_F(Discover, TakesOneVariant) {
  EXPECT_THAT(found({"handshake/a[family=v4,n=1]"}).files,
              ElementsAre(Selected{at("handshake/a.toml"), "family=v4,n=1"}));
}

TEST_F(Discover, TakesAnInvalidFolderOnlyWhenAsked) {
  EXPECT_THAT(found({at("invalid")}).files, ElementsAre(Selected{at("invalid/bad.toml"), ""}));
}

TEST_F(Discover, SuggestsTheNearestId) {
  const Discovery none = found({"handshake/aa", "nonsense", "x.toml"});
  EXPECT_THAT(none.files, IsEmpty());
  ASSERT_THAT(none.diagnostics, SizeIs(3));
  EXPECT_EQ(none.diagnostics[0].code, "S029");
  EXPECT_THAT(none.diagnostics[0].hint, HasSubstr("'handshake/a'"));
  EXPECT_THAT(none.diagnostics[1].hint, HasSubstr("handshake/b"));
  EXPECT_THAT(none.diagnostics[2].message, HasSubstr("no such file"));
}

TEST_F(Discover, DoesNotLeaveTheFolderOfScenariosById) {
  fs::create_directories(dir_ / "in");
  const std::vector<std::string> outside{"../handshake/a"};
  EXPECT_THAT(discover(outside, at("in")).diagnostics, SizeIs(1));
}

TEST_F(Discover, ReportsAFolderWithoutScenarios) {
  fs::create_directories(dir_ / "empty");
  EXPECT_THAT(found({at("empty")}).diagnostics, SizeIs(1));
}

TEST_F(Discover, ListsIdsByPath) {
  EXPECT_THAT(scenario_ids(dir_.string()), ElementsAre("handshake/a", "handshake/b", "teardown/c"));
  EXPECT_THAT(scenario_ids(at("nowhere")), IsEmpty());
}

}  // namespace
}  // namespace tcpjury::scenario
