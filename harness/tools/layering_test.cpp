#include "harness/tools/layering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpjury::tools {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool is_cpp(std::string_view path) {
  return path.ends_with(".h") || path.ends_with(".cpp") || path.ends_with(".c");
}

TEST(Layering, EveryIncludeOfTheRepositoryFollowsTheDirection) {
  Findings findings;
  std::size_t looked_at = 0;
  for (const SourceFile& file : read_source_tree(TCPJURY_SOURCE_DIR)) {
    if (!is_cpp(file.path)) continue;
    ++looked_at;
    for (std::string& text : check_includes(file)) findings.push_back(std::move(text));
  }
  EXPECT_THAT(findings, IsEmpty());
  EXPECT_GT(looked_at, 20U) << "the tree was not found, so nothing was checked";
}

struct Case {
  std::string name;
  std::string path;
  std::string include;
  std::string complaint;  ///< empty: allowed
};

class IncludeRule : public testing::TestWithParam<Case> {};

TEST_P(IncludeRule, IsAppliedToOneLine) {
  const Case& c = GetParam();
  const SourceFile file{c.path, "// why\n#include " + c.include + "\n"};
  if (c.complaint.empty()) {
    EXPECT_THAT(check_includes(file), IsEmpty());
  } else {
    EXPECT_THAT(check_includes(file), ElementsAre(c.path + ":2: " + c.complaint));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Layers, IncludeRule,
    testing::Values(
        Case{"DownwardsIsFine", "harness/engine/session.cpp", "\"harness/model/judge.h\"", ""},
        Case{"OwnFolderIsFine", "harness/model/judge.cpp", "\"harness/model/judge.h\"", ""},
        Case{"BaseKnowsNobody", "harness/base/bytes.h", "\"harness/wire/seq.h\"",
             "base must not include wire"},
        Case{"WireDoesNotKnowTheModel", "harness/wire/tcp.cpp", "\"harness/model/state.h\"",
             "wire must not include model"},
        Case{"ModelDoesNotKnowScenarios", "harness/model/judge.h", "\"harness/scenario/scenario.h\"",
             "model must not include scenario"},
        Case{"ModelDoesNoInputOrOutput", "harness/model/judge.cpp", "\"harness/link/link.h\"",
             "model must not include link"},
        Case{"EngineDoesNotKnowDevices", "harness/engine/session.cpp", "\"harness/link/link.h\"",
             "engine must not include link"},
        Case{"LinkDoesNotKnowTheModel", "harness/link/tun.cpp", "\"harness/model/judge.h\"",
             "link must not include model"},
        Case{"RunnerDoesNotKnowTargets", "harness/runner/plan.cpp", "\"targets/lwip/adapter.h\"",
             "runner must not include targets/lwip"},
        Case{"RunnerDoesNotKnowReports", "harness/runner/plan.cpp", "\"reports/json/json.h\"",
             "runner must not include reports/json"},
        Case{"TestsObeyToo", "harness/wire/tcp_test.cpp", "\"harness/engine/session.h\"",
             "wire must not include engine"},
        Case{"AngleBracketsDoNotHideIt", "harness/wire/tcp.cpp", "<harness/engine/session.h>",
             "wire must not include engine"},
        Case{"TargetsUseTheRunner", "targets/linux/target.cpp", "\"harness/runner/record.h\"", ""},
        Case{"TargetsUseTheAbi", "targets/lwip/adapter.c", "\"targets/abi/tcpjury_target.h\"", ""},
        Case{"TheAbiStandsAlone", "targets/abi/tcpjury_target.h", "\"harness/base/bytes.h\"",
             "targets/abi must not include base"},
        Case{"TargetsUseTheHostSideOfTheAbi", "targets/lwip/target.cpp", "\"targets/plugin/plugin.h\"", ""},
        Case{"TargetsDoNotKnowEachOther", "targets/linux/target.cpp", "\"targets/lwip/adapter.h\"",
             "targets/linux must not include targets/lwip"},
        Case{"TargetsUseTheirStack", "targets/lwip/adapter.c", "\"lwip/tcp.h\"", ""},
        Case{"ReportsDoNotKnowTargets", "reports/json/json.cpp", "\"targets/abi/tcpjury_target.h\"",
             "reports/json must not include targets/abi"},
        Case{"ReportsDoNotKnowEachOther", "reports/json/json.cpp", "\"reports/junit/junit.h\"",
             "reports/json must not include reports/junit"},
        Case{"ReportsShareTheLadder", "reports/console/console.cpp", "\"reports/ladder/ladder.h\"", ""},
        Case{"ReportsShareTheirCommonParts", "reports/json/json.cpp", "\"reports/common/text.h\"", ""},
        Case{"CommonPartsDoNotKnowTheFormats", "reports/common/text.cpp", "\"reports/json/json.h\"",
             "reports/common must not include reports/json"},
        Case{"TheTableOfReportsKnowsThemAll", "reports/registry.cpp", "\"reports/json/json.h\"", ""},
        Case{"FuzzersDoNotKnowTheCommandLine", "fuzz/wire.cpp", "\"harness/cli/args.h\"",
             "fuzz must not include cli"},
        Case{"OnlyTheCommandLineKnowsAll", "harness/cli/main.cpp", "\"targets/linux/target.h\"", ""},
        Case{"UnknownFoldersNeedARow", "harness/sidecar/a.cpp", "\"harness/base/bytes.h\"",
             "the layer sidecar has no row in harness/tools/layering.cpp"},
        Case{"PathsStartAtTheRoot", "harness/wire/tcp.cpp", "\"tcp.h\"",
             "\"tcp.h\" is not written from the root of the repository"}),
    [](const auto& test) { return test.param.name; });

TEST(Layering, HeavyHeadersStayWithTheirOwners) {
  const auto complaints = [](std::string path, std::string include) {
    return check_includes({std::move(path), "#  include <" + include + ">\n"}).size();
  };
  EXPECT_EQ(complaints("harness/link/asio.h", "boost/asio/io_context.hpp"), 0U);
  EXPECT_EQ(complaints("harness/engine/driver.cpp", "boost/asio.hpp"), 1U);
  EXPECT_EQ(complaints("harness/model/catalogue.cpp", "toml++/toml.h"), 1U);
  EXPECT_EQ(complaints("reports/junit/junit.cpp", "nlohmann/json.hpp"), 1U);
  EXPECT_EQ(complaints("harness/runner/options.cpp", "CLI/CLI.hpp"), 1U);
  EXPECT_EQ(complaints("harness/wire/tcp.cpp", "gtest/gtest.h"), 1U);
  EXPECT_EQ(complaints("harness/wire/tcp_test.cpp", "gtest/gtest.h"), 0U);
}

}  // namespace
}  // namespace tcpjury::tools
