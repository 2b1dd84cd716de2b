#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

class SackSenderLayerTest : public testing::TestWithParam<Case> {};
TEST_P(SackSenderLayerTest, IsJudgedByItsSentence) { check(GetParam()); }

/// Four segments of ten octets are outstanding, from 5011 on; the round-trip time was 400 ms.
void four_outstanding(Exchange& x) {
  established_with_sack(x);
  x.call(UserCall::Kind::send, std::string(50, 't'));
  x.out(5001, 1001, "ACK", std::string(10, 't'));
  x.wait(400ms);
  x.in(1001, 5011, "ACK");
  for (std::uint32_t seq = 5011; seq < 5051; seq += 10)
    x.out(seq, 1001, seq == 5041 ? "ACK,PSH" : "ACK", std::string(10, 't'));
}
void report(Exchange& x, const Blocks& blocks) { x.in(reporting(1001, 5011, blocks)); }
void again(Exchange& x, std::uint32_t seq) { x.out(seq, 1001, "ACK", std::string(10, 't')); }

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"WhatIsMissingIsSentAgain",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{5021, 5031}});
         report(x, {{5021, 5041}});
         report(x, {{5021, 5051}});
         again(x, 5011);
       },
       {},
       {"RFC2018-5-1", "RFC2018-5.1-1"}},
      {"WhatWasReportedIsSentAgain",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{5021, 5031}});
         report(x, {{5021, 5041}});
         report(x, {{5021, 5051}});
         again(x, 5011);
         again(x, 5021);
       },
       {"RFC2018-5-1"}},
      {"ASingleReportStartsARetransmission",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{5021, 5031}});
         again(x, 5011);
       },
       {"RFC2018-5.1-1"}},
      {"AfterATimeoutTheLeftEdgeIsSentAlthoughReported",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{5011, 5051}});
         x.wait(1500ms);
         again(x, 5011);
         x.in(1001, 5021, "ACK");
         again(x, 5021);
       },
       {},
       {"RFC2018-5-3"}},
      {"AfterATimeoutReportedTextMayBeSent",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{5021, 5051}});
         x.wait(1500ms);
         again(x, 5011);
         again(x, 5021);
       },
       {}},
      {"ATailLossProbeIsNoTimeout",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{5021, 5041}});
         x.wait(800ms);
         again(x, 5041);
         x.wait(1200ms);
         again(x, 5011);
       },
       {}},
      {"TimeoutsLeaveOutTheLeftEdge",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{5011, 5041}});
         x.wait(1500ms);
         again(x, 5041);
         x.wait(3s);
         again(x, 5041);
         x.wait(6s);
         again(x, 5041);
       },
       {"RFC2018-5-3"}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(Sack, SackSenderLayerTest, testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace tcpjury::model
