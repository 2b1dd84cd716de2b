#include "harness/scenario/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tcpjury::scenario {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string source_dir = TCPJURY_SOURCE_DIR;

std::string all_of(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += to_string(diagnostic) + "\n";
  return text;
}

/// A scenario with the head that every one needs.
std::string scenario(std::string_view body) {
  return "id = \"test/example\"\ntitle = \"An example\"\n" + std::string{body};
}

std::vector<Variant> variants(std::string_view body) {
  LoadResult result = load_text(scenario(body), "example.toml");
  EXPECT_THAT(result.diagnostics, IsEmpty()) << all_of(result.diagnostics);
  return std::move(result.variants);
}

/// The first variant (family v4) of a scenario with one step.
Step only_step(std::string_view step) {
  const std::vector<Variant> loaded = variants("start_in = \"ESTABLISHED\"\n[[step]]\n" + std::string{step});
  if (loaded.empty() || loaded[0].steps.size() != 1) {
    ADD_FAILURE() << "not one step: " << step;
    return {};
  }
  return loaded[0].steps[0];
}

SegmentPattern sent(std::string_view segment) {
  const Step step = only_step("send = " + std::string{segment});
  return std::get<SendStep>(step.what).segments.at(0);
}

Expression expr(std::string_view text) { return *Expression::parse(text); }

TEST(Load, ReadsTheHandshakeOfTheReadme) {
  const LoadResult result = load_file(source_dir + "/scenarios/handshake/passive-open.toml",
                                      {.scenario_dir = source_dir + "/scenarios"});
  ASSERT_THAT(result.diagnostics, IsEmpty()) << all_of(result.diagnostics);
  ASSERT_THAT(result.variants, SizeIs(2));
  const Variant& v4 = result.variants[0];
  EXPECT_EQ(v4.id(), "handshake/passive-open[family=v4]");
  EXPECT_EQ(result.variants[1].id(), "handshake/passive-open[family=v6]");
  EXPECT_EQ(result.variants[1].family, wire::Family::v6);
  EXPECT_THAT(v4.requirements, ElementsAre("RFC9293-3.10.7.2-SYN-LISTEN", "RFC9293-MUST-2"));
  EXPECT_THAT(v4.needs, ElementsAre(Capability::ipv4, Capability::open_passive));
  EXPECT_EQ(v4.start_in, std::nullopt);

  ASSERT_THAT(v4.steps, SizeIs(5));
  EXPECT_EQ(std::get<CallStep>(v4.steps[0].what).call, Call{ListenCall{}});
  const SegmentPattern syn = std::get<SendStep>(v4.steps[1].what).segments.at(0);
  EXPECT_EQ(syn.ctl, wire::syn);
  EXPECT_EQ(syn.seq, expr("J"));
  EXPECT_EQ(syn.ack, std::nullopt);
  EXPECT_EQ(syn.mss, Expression{1460});
  EXPECT_EQ(std::get<ExpectStep>(v4.steps[2].what).pattern.ctl, wire::syn | wire::ack);
  EXPECT_EQ(std::get<ExpectStateStep>(v4.steps[4].what).state, model::State::established);
  EXPECT_EQ(v4.steps[4].number, 5U);
  EXPECT_EQ(v4.steps[0].where.line, 7U);
}

TEST(Load, EveryShippedScenarioIsClean) {
  std::vector<std::string> files;
  for (const char* topic : {"handshake", "teardown"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(source_dir + "/scenarios/" + topic)) {
      if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
    }
  }
  const LoadResult result = load_files(files, {.scenario_dir = source_dir + "/scenarios"});
  EXPECT_THAT(result.diagnostics, IsEmpty()) << all_of(result.diagnostics);
}

TEST(Load, EveryFieldOfASegmentIsRead) {
  const SegmentPattern all = sent(
      R"({ ctl = "syn, ack", seq = "snd.nxt", ack = "K+1", wnd = 512, up = "2+1", data = 100, mss = 1460, )"
      R"(wscale = 7, sack_permitted = true, sack = [["rcv.nxt", "rcv.nxt+10"]], ts = [1, "J"], data_offset = 4, )"
      R"(reserved = 15, checksum = 4660, truncate = 19, ip = { ttl = 1, tos = 3, length = 44, fragment = 8 } })");
  EXPECT_EQ(all.ctl, wire::syn | wire::ack);
  EXPECT_EQ(all.seq, expr("snd.nxt"));
  EXPECT_EQ(all.ack, expr("K+1"));
  EXPECT_EQ(all.wnd, Expression{512});
  EXPECT_EQ(all.up, expr("2+1"));
  EXPECT_EQ(all.data, (SegmentPattern::Text{{}, Expression{100}}));
  EXPECT_EQ(all.mss, Expression{1460});
  EXPECT_EQ(all.wscale, Expression{7});
  EXPECT_EQ(all.sack_permitted, true);
  EXPECT_EQ(all.sack, (std::vector{std::pair{expr("rcv.nxt"), expr("rcv.nxt+10")}}));
  EXPECT_EQ(all.ts, (std::pair{Expression{1}, expr("J")}));
  EXPECT_EQ(all.data_offset, 4);
  EXPECT_EQ(all.reserved, 15);
  EXPECT_EQ(all.checksum, 4660);
  EXPECT_FALSE(all.corrupt_checksum);
  EXPECT_EQ(all.truncate, 19);
  EXPECT_EQ(all.ip.ttl, 1);
  EXPECT_EQ(all.ip.tos, 3);
  EXPECT_EQ(all.ip.length, 44);
  EXPECT_EQ(all.ip.fragment, 8);
}

}  // namespace
}  // namespace tcpjury::scenario
