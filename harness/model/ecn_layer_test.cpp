#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t ect_1 = 1;
constexpr std::uint8_t ect_0 = 2;
constexpr std::uint8_t ce = 3;

class EcnLayerTest : public testing::TestWithParam<Case> {};
TEST_P(EcnLayerTest, IsJudgedByItsSentence) { check(GetParam()); }

void text(Exchange& x, std::uint32_t seq, std::uint8_t field, std::string_view flags = "ACK,PSH") {
  x.tos(field);
  x.in(seq, 5001, flags, "abcdefghij");
  x.tos(0);
}
void answer(Exchange& x, std::uint32_t ack, std::string_view flags) {
  x.out(5001, ack, flags);
  x.fence();
}
void sends(Exchange& x, std::uint32_t seq, std::uint8_t field, std::string_view flags = "ACK,PSH") {
  x.call(UserCall::Kind::send, "x");
  x.tos(field);
  x.out(seq, 1001, flags, "x");
  x.tos(0);
  x.fence();
}
void first_ce(Exchange& x) {
  established_with_ecn(x);
  text(x, 1001, ce);
  answer(x, 1011, "ACK,ECE");
}

/// Segments of the default MSS; the first has CWR where it answers ECE.
void window(Exchange& x, std::uint32_t seq, std::uint32_t segments) {
  for (std::uint32_t i = 0; i < segments; ++i) {
    x.tos(ect_0);
    x.out(seq + i * 536, 1001, seq != 5001 && i == 0 ? "ACK,CWR" : "ACK", std::string(536, 'w'));
    x.tos(0);
  }
  x.fence();
}
/// Ten segments were outstanding when all of them were acknowledged with ECE; more text waits.
void a_window_with_ece(Exchange& x, std::uint32_t mss) {
  established_with_ecn(x);
  x.call(UserCall::Kind::send, std::string(40 * mss, 'w'));
  window(x, 5001, 10);
  x.in(1001, 5001 + 10 * mss, "ACK,ECE");
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"SetupWithoutBeingAsked",
       [](Exchange& x) {
         x.listen();
         x.in(1000, 0, "SYN,ECE");
         x.out(5000, 1001, "SYN,ACK,ECE");
       },
       {"RFC3168-6.1.1-2"}},
      {"NoSetupWithoutBeingAsked", [](Exchange& x) { x.established(); }, {}, {"RFC3168-6.1.1-2"}},
      {"ReflectedFlags",
       [](Exchange& x) {
         x.listen();
         x.in(1000, 0, "SYN,ECE,CWR");
         x.out(5000, 1001, "SYN,ACK,ECE,CWR");
       },
       {"RFC3168-6.1.1-7"}},
      {"SynWithAnEctCodepoint",
       [](Exchange& x) {
         x.open();
         x.tos(ect_0);
         x.out(5000, 0, "SYN,ECE,CWR");
       },
       {"RFC3168-6.1.1-9"}},
      {"TextMarkedWithoutNegotiation",
       [](Exchange& x) {
         x.established();
         sends(x, 5001, ect_0);
       },
       {"RFC3168-6.1.1-3"}},
      {"TextMarkedAfterReflectedFlags",
       [](Exchange& x) {
         x.open();
         x.out(5000, 0, "SYN,ECE,CWR");
         x.in(1000, 5001, "SYN,ACK,ECE,CWR");
         x.out(5001, 1001, "ACK");
         sends(x, 5001, ect_0);
       },
       {"RFC3168-6.1.1-3", "RFC3168-6.1.1-8"}},
      {"TextUnmarkedAfterReflectedFlags",
       [](Exchange& x) {
         x.open();
         x.out(5000, 0, "SYN,ECE,CWR");
         x.in(1000, 5001, "SYN,ACK,ECE,CWR");
         x.out(5001, 1001, "ACK");
         sends(x, 5001, 0);
       },
       {},
       {"RFC3168-6.1.1-3", "RFC3168-6.1.1-8"}},
      {"TextMarked",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, ect_0);
       },
       {},
       {"RFC3168-6.1.2-1"}},
      {"TextMarkedWithTheOtherCodepoint",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, ect_1);
       },
       {"RFC3168-6.1.2-1"}},
      {"TextMayBeLeftUnmarked",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, 0);
       },
       {}},
      {"PureAckMarked",
       [](Exchange& x) {
         established_with_ecn(x);
         text(x, 1001, ect_0);
         x.tos(ect_0);
         x.out(5001, 1011, "ACK");
       },
       {"RFC3168-6.1.4-1"}},
      {"RetransmissionMarked",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, ect_0);
         x.wait(1500ms);
         x.tos(ect_0);
         x.out(5001, 1001, "ACK,PSH", "x");
       },
       {"RFC3168-6.1.5-1"}},
      {"CwrOnARetransmission",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, ect_0);
         x.wait(1500ms);
         x.out(5001, 1001, "ACK,PSH,CWR", "x");
       },
       {"RFC3168-6.1.2-6"}},
      {"CwrAfterATimeout",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, ect_0);
         x.wait(1500ms);
         x.out(5001, 1001, "ACK,PSH", "x");
         x.in(1001, 5002, "ACK");
         sends(x, 5002, ect_0, "ACK,PSH,CWR");
       },
       {},
       {"RFC3168-6.1.5-1", "RFC3168-6.1.2-6"}},
      {"CeIsEchoedUntilCwr",
       [](Exchange& x) {
         first_ce(x);
         text(x, 1011, ect_0);
         answer(x, 1021, "ACK,ECE");
         text(x, 1021, ect_0, "ACK,PSH,CWR");
         answer(x, 1031, "ACK");
         text(x, 1031, ect_0);
         answer(x, 1041, "ACK");
       },
       {},
       {"RFC3168-6.1.3-1", "RFC3168-6.1.1-6", "RFC3168-6.1.4-1"}},
      {"CeIsNotEchoed",
       [](Exchange& x) {
         established_with_ecn(x);
         text(x, 1001, ce);
         answer(x, 1011, "ACK");
       },
       {"RFC3168-6.1.3-1"}},
      {"TheEchoEndsTooSoon",
       [](Exchange& x) {
         first_ce(x);
         text(x, 1011, ect_0);
         answer(x, 1021, "ACK");
       },
       {"RFC3168-6.1.3-1"}},
      {"TheEchoGoesOnAfterCwr",
       [](Exchange& x) {
         first_ce(x);
         text(x, 1011, ect_0, "ACK,PSH,CWR");
         answer(x, 1021, "ACK,ECE");
         text(x, 1021, ect_0);
         answer(x, 1031, "ACK,ECE");
       },
       {"RFC3168-6.1.3-1"}},
      {"TheAckOfCwrMayStillEcho",
       [](Exchange& x) {
         first_ce(x);
         text(x, 1011, ect_0, "ACK,PSH,CWR");
         answer(x, 1021, "ACK,ECE");
       },
       {}},
      {"OneAckForTwoWithOneCe",
       [](Exchange& x) {
         established_with_ecn(x);
         text(x, 1001, ce);
         text(x, 1011, ect_0);
         answer(x, 1021, "ACK");
       },
       {"RFC3168-6.1.3-2"}},
      {"AnAckThatCrossedNeedNotEcho",
       [](Exchange& x) {
         established_with_ecn(x);
         text(x, 1001, ect_0);
         text(x, 1011, ce);
         x.out_crossing(Exchange::segment(5001, 1011, "ACK"));
         answer(x, 1021, "ACK,ECE");
       },
       {}},
      {"CeOutsideTheWindowIsEchoed",
       [](Exchange& x) {
         established_with_ecn(x);
         text(x, 1001, ect_0);
         answer(x, 1011, "ACK");
         text(x, 1001, ce);
         answer(x, 1011, "ACK,ECE");
       },
       {"RFC3168-6.1.5-2"}},
      {"CeOutsideTheWindowIsIgnored",
       [](Exchange& x) {
         established_with_ecn(x);
         text(x, 1001, ect_0);
         answer(x, 1011, "ACK");
         text(x, 1001, ce);
         answer(x, 1011, "ACK");
       },
       {},
       {"RFC3168-6.1.5-2"}},
      {"CwrOnTheFirstNewTextOnly",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, ect_0);
         x.in(1001, 5002, "ACK,ECE");
         sends(x, 5002, ect_0, "ACK,PSH,CWR");
         x.in(1001, 5003, "ACK");
         sends(x, 5003, ect_0);
       },
       {},
       {"RFC3168-6.1.2-5", "RFC3168-6.1.2-7", "RFC3168-6.1.1-5"}},
      {"NoCwrAfterEce",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, ect_0);
         x.in(1001, 5002, "ACK,ECE");
         sends(x, 5002, ect_0);
       },
       {"RFC3168-6.1.2-5"}},
      {"CwrTwice",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, ect_0);
         x.in(1001, 5002, "ACK,ECE");
         sends(x, 5002, ect_0, "ACK,PSH,CWR");
         x.in(1001, 5003, "ACK");
         sends(x, 5003, ect_0, "ACK,PSH,CWR");
       },
       {"RFC3168-6.1.2-7"}},
      {"CwrWithoutAReason",
       [](Exchange& x) {
         established_with_ecn(x);
         sends(x, 5001, ect_0, "ACK,PSH,CWR");
       },
       {"RFC3168-6.1.1-5"}},
      {"EceOfTheSameWindowAsksForNothingMore",
       [](Exchange& x) {
         established_with_ecn(x);
         x.call(UserCall::Kind::send, std::string(20 * 536, 'w'));
         window(x, 5001, 2);
         x.in(1001, 5001 + 536, "ACK,ECE");
         window(x, 5001 + 2 * 536, 1);
         x.in(1001, 5001 + 2 * 536, "ACK,ECE");
         x.tos(ect_0);
         x.out(5001 + 3 * 536, 1001, "ACK", std::string(536, 'w'));
       },
       {}},
      {"EceIsIgnored",
       [](Exchange& x) {
         a_window_with_ece(x, 536);
         window(x, 5001 + 10 * 536, 12);
         x.in(1001, 5001 + 22 * 536, "ACK");
       },
       {"RFC3168-6.1.2-2"}},
      {"EceHalves",
       [](Exchange& x) {
         a_window_with_ece(x, 536);
         window(x, 5001 + 10 * 536, 5);
         x.in(1001, 5001 + 15 * 536, "ACK");
       },
       {},
       {"RFC3168-6.1.2-2", "RFC3168-6.1.2-3", "RFC3168-5-1"}},
      {"ASecondSynThatWasOnlyAcknowledged",
       [](Exchange& x) {
         x.listen();
         x.in(1000, 0, "SYN,ECE,CWR");
         x.out(5000, 1001, "SYN,ACK,ECE");
         x.in(1000, 0, "SYN");
         x.out(5001, 1001, "ACK");
         x.in(1001, 5001, "ACK");
         sends(x, 5001, ect_0);
       },
       {}},
      {"ASecondSynWithoutEcn",
       [](Exchange& x) {
         x.listen();
         x.in(1000, 0, "SYN,ECE,CWR");
         x.out(5000, 1001, "SYN,ACK,ECE");
         x.in(1000, 0, "SYN");
         x.out(5000, 1001, "SYN,ACK,ECE");
         x.in(1001, 5001, "ACK");
         sends(x, 5001, ect_0);
       },
       {"RFC3168-6.1.1-4"}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(Ecn, EcnLayerTest, testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace tcpjury::model
