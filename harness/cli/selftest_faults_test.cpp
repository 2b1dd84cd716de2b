#include "harness/cli/selftest_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/cli/library.h"

namespace tcpjury::cli {
namespace {

using testing::Contains;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

runner::TargetSpec reference() {
  const std::filesystem::path bin = std::filesystem::path{TCPJURY_PROGRAM}.parent_path();
  return {.kind = "plugin",
          .path = (bin / "../targets/tcpjury_target_reference.so").lexically_normal().string()};
}

FaultReport report_of(const std::vector<std::string>& cases, const std::string& fault) {
  const Library library = load_cases(cases);
  const auto* variants = std::get_if<std::vector<scenario::Variant>>(&library);
  Diagnostics diagnostics;
  if (variants == nullptr) {
    ADD_FAILURE() << "the cases do not load";
    return {};
  }
  const auto report = run_faults(*variants, reference(), {.faults = {fault}}, diagnostics);
  EXPECT_THAT(diagnostics, IsEmpty());
  EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message);
  return report.value_or(FaultReport{});
}

TEST(SelftestFaults, ACaseConvictsAFault) {
  const FaultReport report = report_of({"handshake/passive-open"}, "syn-ignored");
  EXPECT_THAT(report.unclean, IsEmpty());
  ASSERT_THAT(report.faults, SizeIs(1));
  EXPECT_THAT(report.faults[0].caught,
              Contains(Field(&Conviction::requirement, "RFC9293-3.10.7.2-SYN-LISTEN")));
  EXPECT_TRUE(is_good(report));
}

TEST(SelftestFaults, TheHostIsConvictedOfWhatOnlyShowsAcrossConnections) {
  const FaultReport report = report_of({"isn/*"}, "iss-clock-stopped");
  EXPECT_THAT(report.unclean, IsEmpty());
  ASSERT_THAT(report.faults, SizeIs(1));
  EXPECT_THAT(report.faults[0].caught, Contains(Field(&Conviction::requirement, "RFC9293-MUST-8")));
  EXPECT_THAT(report.faults[0].caught,
              Contains(Field(&Conviction::scenarios, testing::ElementsAre("run/host"))));
}

TEST(SelftestFaults, AFaultThatNoCaseProvokesIsNotConvicted) {
  const FaultReport report = report_of({"handshake/passive-open"}, "fin-ignored");
  EXPECT_FALSE(is_good(report));
  EXPECT_THAT(report_text(report), testing::HasSubstr("fin-ignored is not convicted"));
}

}  // namespace
}  // namespace tcpjury::cli
