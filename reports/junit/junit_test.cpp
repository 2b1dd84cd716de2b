#include "reports/junit/junit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <pugixml.hpp>

#include "reports/testing/golden.h"
#include "reports/testing/sample.h"

namespace tcpjury::reports {
namespace {

using testing::expect_golden;
using ::testing::HasSubstr;
using testing::hostile_run;
using testing::sample_context;
using testing::sample_run;
using ::testing::StartsWith;

pugi::xml_document parsed(const std::string& text) {
  pugi::xml_document document;
  const auto result = document.load_string(text.c_str());
  EXPECT_TRUE(result) << result.description() << " at " << result.offset;
  return document;
}

std::map<std::string, std::string> properties(const pugi::xml_node& node) {
  std::map<std::string, std::string> out;
  for (const auto& p : node.child("properties"))
    out[p.attribute("name").value()] = p.attribute("value").value();
  return out;
}

pugi::xml_node case_of(const pugi::xml_document& document, const std::string& name) {
  return document.find_node(
      [&](const pugi::xml_node& node) { return name == node.attribute("name").value(); });
}

TEST(Junit, IsPinned) {
  expect_golden(junit_report(sample_run(), sample_context()), "junit/golden/sample.xml");
}

TEST(Junit, SuitesAreTopicsWithTheirCounts) {
  const auto document = parsed(junit_report(sample_run(), sample_context()));
  const auto root = document.child("testsuites");
  EXPECT_STREQ(root.attribute("tests").value(), "8");
  EXPECT_STREQ(root.attribute("failures").value(), "2");
  EXPECT_STREQ(root.attribute("errors").value(), "1");
  EXPECT_STREQ(root.attribute("skipped").value(), "3");
  const auto handshake = root.find_child_by_attribute("name", "handshake");
  EXPECT_STREQ(handshake.attribute("tests").value(), "3");
  EXPECT_STREQ(handshake.attribute("failures").value(), "1");
  EXPECT_EQ(properties(handshake)["target"], "lwip 2.1.3");
}

TEST(Junit, FailureNamesTheRequirementAndShowsTheLadder) {
  const auto document = parsed(junit_report(sample_run(), sample_context()));
  const auto node = case_of(document, "handshake/rcv-ack-syn-received-bad-ack[family=v4]");
  EXPECT_STREQ(node.attribute("classname").value(), "handshake/rcv-ack-syn-received-bad-ack");
  EXPECT_STREQ(node.attribute("time").value(), "0.312");
  EXPECT_STREQ(node.child("failure").attribute("type").value(), "RFC9293-3.10.7.4-ACK-SYNRCVD-P");
  EXPECT_THAT(node.child("failure").text().get(), HasSubstr("got  <SEQ=4000000002><ACK=1001><CTL=RST,ACK>"));
  EXPECT_THAT(node.child("system-out").text().get(), HasSubstr("<SEQ=2><ACK=1><CTL=RST,ACK>"));
  EXPECT_EQ(properties(node)["level"], "MUST");
  EXPECT_EQ(properties(node)["seed"], "24301");
  EXPECT_EQ(properties(node)["verdict"], "fail");
}

TEST(Junit, VerdictsBecomeTheElementsJenkinsKnows) {
  const auto document = parsed(junit_report(sample_run(), sample_context()));
  const auto child = [&](const char* name, const char* element) {
    return case_of(document, name).child(element);
  };
  EXPECT_STREQ(child("timers/keepalive[family=v4]", "failure").attribute("type").value(), "UnexpectedPass");
  EXPECT_THAT(child("close/crash[family=v4]", "error").attribute("message").value(), HasSubstr("signal 11"));
  EXPECT_STREQ(child("user/status[family=v4]", "skipped").attribute("message").value(),
               "not-applicable: lacks status");
  EXPECT_THAT(child("reset/blind[family=v4]", "skipped").attribute("message").value(),
              StartsWith("inconclusive: no answer"));
  EXPECT_THAT(
      child("handshake/rcv-ack-syn-received-bad-ack[family=v6]", "skipped").attribute("message").value(),
      StartsWith("xfail: "));
  EXPECT_FALSE(child("window/silly[family=v4]", "failure")) << "a broken SHOULD warns";
  EXPECT_FALSE(child("window/silly[family=v4]", "skipped"));
}

TEST(Junit, HostileTextsNeitherBreakNorForgeElements) {
  const std::string text = junit_report(hostile_run(), sample_context());
  const auto document = parsed(text);
  std::size_t cases = 0;
  for (const auto& suite : document.child("testsuites")) {
    for (const auto& node : suite.children("testcase")) {
      ++cases;
      EXPECT_FALSE(node.child("script"));
    }
  }
  EXPECT_EQ(cases, 8U);
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << int{c};
  EXPECT_THAT(text, ::testing::Not(HasSubstr("\xff")));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("\uffff")));
}

}  // namespace
}  // namespace tcpjury::reports
