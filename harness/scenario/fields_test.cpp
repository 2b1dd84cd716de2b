// The field table is documentation, decoder and schema at once; these tests hold the three together.
#include "harness/scenario/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "harness/scenario/codes.h"
#include "harness/scenario/load.h"

namespace tcpjury::scenario {
namespace {

/// Where a line about a field belongs: '@' in a scenario that is complete with it.
struct Frame {
  std::string_view table;
  std::string_view field;  ///< empty: all others of the table
  std::string_view text;
};
constexpr std::array frames{
    Frame{"step", "within", "[[step]]\nexpect = {}\n@\n"},
    Frame{"step", "conn", "[[step]]\nwait = '1s'\n@\n"},
    Frame{"step", "because", "[[step]]\nwait = '1s'\n@\n"},
    Frame{"step", "requirement", "[[step]]\nwait = '1s'\n@\n"},
    Frame{"step", "when", "[[step]]\nwait = '1s'\n@\n"},
    Frame{"step", "", "[[step]]\n@\n"},
    Frame{"call", "", "[[step]]\ncall = { @ }\n"},
    Frame{"set", "", "[[step]]\ncall = { set = { @ } }\n"},
    Frame{"open", "", "matrix.family = ['v4']\n[[step]]\ncall = { open = { @ } }\n"},
    Frame{"listen", "", "[[step]]\ncall = { listen = { @ } }\n"},
    Frame{"expect_nothing", "for", "[[step]]\nexpect_nothing = { @ }\n"},
    Frame{"expect_nothing", "", "[[step]]\nexpect_nothing = { for = '1s', @ }\n"},
    Frame{"expect_state", "state", "[[step]]\nexpect_state = { @ }\n"},
    Frame{"expect_state", "", "[[step]]\nexpect_state = { state = 'CLOSED', @ }\n"},
    Frame{"any_of", "expect", "[[step]]\n[[step.any_of]]\n@\n"},
    Frame{"any_of", "", "[[step]]\n[[step.any_of]]\nexpect = {}\n@\n"},
    Frame{"repeat", "count", "[[step]]\nrepeat = { steps = [], @ }\n"},
    Frame{"repeat", "steps", "[[step]]\nrepeat = { count = 1, @ }\n"},
    Frame{"repeat", "", "[[step]]\nrepeat = { count = 1, steps = [], @ }\n"},
    Frame{"icmp", "kind", "[[step]]\nicmp = { @ }\n"},
    Frame{"icmp", "mtu", "[[step]]\nicmp = { kind = 'packet-too-big', @ }\n"},
    Frame{"icmp", "type", "[[step]]\nicmp = { code = 1, @ }\n"},
    Frame{"icmp", "code", "[[step]]\nicmp = { type = 3, @ }\n"},
    Frame{"icmp", "", "[[step]]\nicmp = { kind = 'port-unreachable', @ }\n"},
    Frame{"segment", "", "[[step]]\nsend = { @ }\n"},
    Frame{"data", "", "[[step]]\nsend = { data = { @ } }\n"},
    Frame{"ip", "ext", "matrix.family = ['v6']\n[[step]]\nsend = { ip = { @ } }\n"},
    Frame{"ip", "", "matrix.family = ['v4']\n[[step]]\nsend = { ip = { @ } }\n"},
    Frame{"ext", "kind",
          "matrix.family = ['v6']\n[[step]]\nsend = { ip = { ext = [ { body = 'hex:00', @ } ] } }\n"},
    Frame{"ext", "body",
          "matrix.family = ['v6']\n[[step]]\nsend = { ip = { ext = [ { kind = 60, @ } ] } }\n"},
    Frame{"found", "", "[found]\n@\n[[step]]\nwait = '1s'\n"},
};

/// Loads a scenario in which `line` stands where `field` belongs.
LoadResult load(const Field& field, std::string_view line) {
  const auto frame = std::ranges::find_if(frames, [&](const Frame& f) {
    return f.table == field.table && (f.field.empty() || f.field == field.name);
  });
  if (frame == frames.end()) {
    ADD_FAILURE() << "no frame for " << field.table << "." << field.name;
    return {};
  }
  std::string text{frame->text};
  text.replace(text.find('@'), 1, line);
  return load_text("id = \"x\"\ntitle = \"x\"\nstart_in = \"ESTABLISHED\"\n" + text, "x");
}

bool has_code(const LoadResult& result, std::string_view code) {
  return std::ranges::find(result.diagnostics, code, &Diagnostic::code) != result.diagnostics.end();
}

/// The fields of the head stand in every scenario and have a test of their own.
std::vector<Field> fields_below_the_head() {
  std::vector<Field> fields{all_fields().begin(), all_fields().end()};
  std::erase_if(fields, [](const Field& field) { return field.table == "scenario"; });
  return fields;
}

class EveryField : public testing::TestWithParam<Field> {};

TEST_P(EveryField, IsKnownToTheLoaderAndChecked) {
  // No field takes a date. A field the loader forgot would swallow it.
  EXPECT_TRUE(has_code(load(GetParam(), std::string{GetParam().name} + " = 1979-05-27"), "S006"));
}

TEST_P(EveryField, HasAnExampleThatLoads) {
  const LoadResult result = load(GetParam(), GetParam().example);
  EXPECT_TRUE(result.diagnostics.empty()) << to_string(result.diagnostics.at(0));
}

TEST_P(EveryField, IsExplained) {
  const Field& field = GetParam();
  EXPECT_FALSE(field.doc.empty());
  EXPECT_TRUE(field.doc.ends_with('.')) << field.doc;
  EXPECT_NE(field.example.find(field.name), std::string_view::npos) << field.example;
  const std::string path = std::string{field.table} + "." + std::string{field.name};
  const Field* found = find_field(path);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->doc, field.doc);
  EXPECT_NE(describe_field(field).find(path), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, EveryField, testing::ValuesIn(fields_below_the_head()), [](const auto& one) {
  return std::string{one.param.table} + "_" + std::string{one.param.name};
});

TEST(Fields, OfTheHeadAreCheckedAndTheirExamplesLoad) {
  const std::string step = "[[step]]\nwait = \"1s\"\n";
  for (const Field& field : fields_of("scenario")) {
    const std::string wrong = std::string{field.name} + " = 1979-05-27\n";
    EXPECT_TRUE(has_code(load_text(wrong + (field.name == "step" ? "" : step), "x"), "S006")) << field.name;
  }
  const LoadResult whole = load_text(
      R"(id = "handshake/passive-open"
title = "SYN is answered by SYN,ACK"
requirements = ["RFC9293-MUST-2"]
tags = ["smoke"]
tier = "slow"
start_in = "FIN-WAIT-2"
role = "opener"
[matrix]
state = ["FIN-WAIT-1", "FIN-WAIT-2"]
[let]
burst = 3
[target]
net.ipv4.tcp_timestamps = 0
[found]
target = "lwip"
version = "2.1.3"
profile = "rfc9293"
seed = "0x5eed"
fingerprint = "9f2c01d4"
[[step]]
send = { ctl = "SYN", seq = "snd.nxt+burst" }
because = "${state}"
)",
      "x");
  ASSERT_TRUE(whole.diagnostics.empty()) << to_string(whole.diagnostics[0]);
  EXPECT_EQ(whole.found, (Found{"lwip", "2.1.3", "rfc9293", "0x5eed", "9f2c01d4"}));
}

TEST(Fields, AreFoundByNameAloneWhenThatIsUnique) {
  EXPECT_EQ(find_field("ctl")->table, "segment");
  EXPECT_EQ(find_field("send"), nullptr) << "step.send and call.send";
  EXPECT_EQ(find_field("step.send")->table, "step");
  EXPECT_EQ(find_field("nobody"), nullptr);
  EXPECT_EQ(find_field("step.nobody"), nullptr);
}

TEST(Fields, OfOneTableStandTogether) {
  std::size_t total = 0;
  std::string_view last;
  for (const Field& field : all_fields()) {
    if (field.table == last) continue;
    last = field.table;
    total += fields_of(last).size();
  }
  EXPECT_EQ(total, all_fields().size());
}

TEST(Codes, CountUpAndCanBeFound) {
  int number = 0;
  for (const CodeInfo& info : diagnostic_codes()) {
    EXPECT_EQ(static_cast<int>(info.code), ++number);
    EXPECT_EQ(to_string(info.code), info.id);
    EXPECT_EQ(find_code(info.id), &info);
    EXPECT_TRUE(info.explanation.ends_with('.')) << info.id;
  }
  EXPECT_EQ(find_code("S001")->code, Code::unreadable_file);
  EXPECT_EQ(find_code("s001"), find_code("S001"));
  for (const char* unknown : {"S000", "S999", "S01", "X001", ""})
    EXPECT_EQ(find_code(unknown), nullptr) << unknown;
}

}  // namespace
}  // namespace tcpjury::scenario
