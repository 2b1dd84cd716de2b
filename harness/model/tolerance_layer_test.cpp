#include <gmock/gmock.h>

#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Not;

class ToleranceLayerTest : public testing::TestWithParam<Case> {};
TEST_P(ToleranceLayerTest, TheOrdinaryAnswerKeepsTheSentence) { check(GetParam()); }

void syn(Exchange& x, const std::vector<unsigned>& octets) {
  x.listen();
  x.in(with_octets(Exchange::segment(1000, 0, "SYN"), octets));
}
void answered_syn(Exchange& x, const std::vector<unsigned>& octets) {
  syn(x, octets);
  x.out(5000, 1001, "SYN,ACK");
}
void answered_text(Exchange& x, const std::vector<unsigned>& octets) {
  x.established();
  x.in(with_octets(Exchange::segment(1001, 5001, "ACK,PSH", "a"), octets));
  x.out(5001, 1002, "ACK");
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"UnknownInASyn", [](Exchange& x) { answered_syn(x, {253, 4, 1, 2}); }, {}, {"RFC9293-MUST-6"}},
      {"UnknownOnText",
       [](Exchange& x) { answered_text(x, {253, 4, 1, 2}); },
       {},
       {"RFC9293-MUST-5", "RFC9293-MUST-6"}},
      {"Unaligned",
       [](Exchange& x) { answered_syn(x, {1, 2, 4, 5, 0xb4, 0, 0, 0}); },
       {},
       {"RFC9293-MUST-4", "RFC9293-MUST-64"}},
      {"AfterTheEnd",
       [](Exchange& x) { answered_syn(x, {2, 4, 5, 0xb4, 0, 3, 3, 7}); },
       {},
       {"RFC9293-3.2-EOL"}},
      {"ReservedBits",
       [](Exchange& x) {
         x.listen();
         wire::TcpSegment s = Exchange::segment(1000, 0, "SYN");
         s.reserved = 15;
         x.in(s);
         x.out(5000, 1001, "SYN,ACK");
       },
       {},
       {"RFC9293-3.1-RSRVD-RX"}},
      {"WindowScaleOnText", [](Exchange& x) { answered_text(x, {1, 3, 3, 7}); }, {}, {"RFC7323-2.2-5"}},
      {"TimestampsOnText",
       [](Exchange& x) { answered_text(x, {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1}); },
       {},
       {"RFC7323-3.2-10"}},
      {"EchoInASyn",
       [](Exchange& x) { answered_syn(x, {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 9}); },
       {},
       {"RFC7323-3.2-5"}},
      {"FastOpen", [](Exchange& x) { answered_syn(x, {34, 2, 1, 1}); }, {}, {"RFC7413-4.2-1", "RFC7413-2-1"}},
      {"FastOpenOfOddLength", [](Exchange& x) { answered_syn(x, {34, 3, 1, 1}); }, {}, {"RFC7413-4.1.1-2"}},
      {"Authentication", [](Exchange& x) { answered_syn(x, {29, 4, 1, 1}); }, {}, {"RFC5925-7.3-2"}},
      {"Precedence",
       [](Exchange& x) {
         x.listen();
         x.tos(0xe0);
         x.in(1000, 0, "SYN");
         x.out(5000, 1001, "SYN,ACK");
       },
       {},
       {"RFC2873-4-1", "RFC9293-A.1.1-DSCP"}},
      {"ChangedPrecedence",
       [](Exchange& x) {
         x.established();
         x.tos(0x20);
         x.in(1001, 5001, "ACK,PSH", "a");
         x.tos(0);
         x.out(5001, 1002, "ACK");
       },
       {},
       {"RFC2873-4-2"}},
      {"ACookieThatNobodyAskedFor",
       [](Exchange& x) {
         x.listen();
         x.in(1000, 0, "SYN");
         x.out(
             with_octets(Exchange::segment(5000, 1001, "SYN,ACK"), {2, 4, 5, 0xb4, 34, 6, 1, 2, 3, 4, 1, 1}));
       },
       {"RFC7413-2-1"}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(Tolerance, ToleranceLayerTest, testing::ValuesIn(cases()), name_of);

TEST(ToleranceLayer, WhatWasTriedIsToBlameWhereThePlainSegmentWasAnswered) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK,PSH", "a");
  x.out(5001, 1002, "ACK");
  x.in(with_octets(Exchange::segment(1002, 5001, "ACK,PSH", "b"), {1, 1, 1, 1}));
  x.wait(2s);
  EXPECT_EQ(x.broken(), std::vector<std::string>{"RFC9293-MUST-5"});
}

TEST(ToleranceLayer, ACookieThatWasAskedForMayBeRepeatedWithTheSynAck) {
  Exchange x;
  x.listen();
  x.in(with_octets(Exchange::segment(1000, 0, "SYN"), {34, 2, 1, 1}));
  const auto answer =
      with_octets(Exchange::segment(5000, 1001, "SYN,ACK"), {2, 4, 5, 0xb4, 34, 6, 1, 2, 3, 4, 1, 1});
  x.out(answer);
  x.wait(1s);
  x.out(answer);
  EXPECT_THAT(x.broken(), Not(Contains("RFC7413-2-1")));
}

TEST(ToleranceLayer, NothingIsSaidWithoutAnAnswer) {
  Exchange x;
  syn(x, {253, 4, 1, 2});
  EXPECT_FALSE(x.held("RFC9293-MUST-6"));
  x.wait(2s);
  EXPECT_FALSE(x.held("RFC9293-MUST-6"));
  EXPECT_EQ(x.broken(), std::vector<std::string>{"RFC9293-3.10.7.2-SYN-LISTEN"});
}

}  // namespace
}  // namespace tcpjury::model
