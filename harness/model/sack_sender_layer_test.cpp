#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

class SackSenderLayerTest : public testing::TestWithParam<Case> {};
TEST_P(SackSenderLayerTest, IsJudgedByItsSentence) { check(GetParam()); }

constexpr std::uint32_t full = 1460;
/// Where the n-th segment begins.
constexpr std::uint32_t at(std::uint32_t n) { return 5001 + n * full; }

/// Segments 1 to 4 are outstanding; the round-trip time was 400 ms.
void four_outstanding(Exchange& x) {
  established_with_sack(x);
  x.call(UserCall::Kind::send, std::string(5 * full, 't'));
  x.out(at(0), 1001, "ACK", std::string(full, 't'));
  x.wait(400ms);
  x.in(1001, at(1), "ACK");
  for (std::uint32_t n = 1; n <= 4; ++n)
    x.out(at(n), 1001, n == 4 ? "ACK,PSH" : "ACK", std::string(full, 't'));
}
void report(Exchange& x, const Blocks& blocks) { x.in(reporting(1001, at(1), blocks)); }
void again(Exchange& x, std::uint32_t seq) { x.out(seq, 1001, "ACK", std::string(full, 't')); }

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"WhatIsMissingIsSentAgain",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{at(2), at(3)}});
         report(x, {{at(2), at(4)}});
         report(x, {{at(2), at(5)}});
         again(x, at(1));
       },
       {},
       {"RFC2018-5-1", "RFC2018-5.1-1"}},
      {"WhatWasReportedIsSentAgain",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{at(2), at(3)}});
         report(x, {{at(2), at(4)}});
         report(x, {{at(2), at(5)}});
         again(x, at(1));
         again(x, at(2));
       },
       {"RFC2018-5-1"}},
      {"ASingleReportStartsARetransmission",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{at(2), at(3)}});
         again(x, at(1));
       },
       {"RFC2018-5.1-1"}},
      {"AfterATimeoutTheLeftEdgeIsSentAlthoughReported",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{at(1), at(5)}});
         x.wait(1500ms);
         again(x, at(1));
         x.in(1001, at(2), "ACK");
         again(x, at(2));
       },
       {},
       {"RFC2018-5-3"}},
      {"AfterATimeoutReportedTextMayBeSent",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{at(2), at(5)}});
         x.wait(1500ms);
         again(x, at(1));
         again(x, at(2));
       },
       {}},
      {"ATailLossProbeIsNoTimeout",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{at(2), at(4)}});
         x.wait(800ms);
         again(x, at(4));
         x.wait(1200ms);
         again(x, at(1));
       },
       {}},
      {"TimeoutsLeaveOutTheLeftEdge",
       [](Exchange& x) {
         four_outstanding(x);
         report(x, {{at(1), at(4)}});
         x.wait(1500ms);
         again(x, at(4));
         x.wait(3s);
         again(x, at(4));
         x.wait(6s);
         again(x, at(4));
       },
       {"RFC2018-5-3"}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(Sack, SackSenderLayerTest, testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace tcpjury::model
