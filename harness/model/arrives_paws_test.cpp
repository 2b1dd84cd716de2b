#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

class PawsTest : public testing::TestWithParam<Case> {};
TEST_P(PawsTest, IsJudgedByItsSentence) { check(GetParam()); }

/// TS.Recent is 200.
void begin(Exchange& x) {
  established_with_timestamps(x);
  x.in(stamped(1001, 5001, "ACK,PSH", 200, 1, "a"));
  x.out(stamped(5001, 1002, "ACK", 2, 200));
  x.fence();
}
void dropped_once(Exchange& x) {
  begin(x);
  x.in(stamped(1002, 5001, "ACK,PSH", 150, 1, "b"));
  x.out(stamped(5001, 1002, "ACK", 3, 200));
  x.fence();
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"OlderTextIsDroppedAndAcknowledged", dropped_once, {}, {"RFC7323-5.3-1"}},
      {"OlderTextIsDroppedInSilence",
       [](Exchange& x) {
         begin(x);
         x.in(stamped(1002, 5001, "ACK,PSH", 150, 1, "b"));
         x.wait(2s);
       },
       {"RFC7323-5.3-1"}},
      {"WithoutPawsOlderTextIsTaken",
       [](Exchange& x) {
         begin(x);
         x.in(stamped(1002, 5001, "ACK,PSH", 150, 1, "b"));
         x.out(stamped(5001, 1003, "ACK", 3, 200));
         x.in(stamped(1003, 5001, "FIN,ACK", 150, 1));
         x.out(stamped(5001, 1004, "ACK", 3, 200));
         x.wait(2s);
       },
       {}},
      {"WithPawsAnOlderFinIsTaken",
       [](Exchange& x) {
         dropped_once(x);
         x.in(stamped(1002, 5001, "FIN,ACK", 150, 1));
         x.out(stamped(5001, 1003, "ACK", 3, 200));
       },
       {"RFC7323-5.3-2"}},
      {"WithPawsAnOlderFinIsDropped",
       [](Exchange& x) {
         dropped_once(x);
         x.wait(6s);
         x.in(stamped(1002, 5001, "FIN,ACK", 150, 1));
         x.out(stamped(5001, 1002, "ACK", 6003, 200));
         x.fence();
         x.in(stamped(1002, 5001, "ACK,PSH", 210, 1, "b"));
         x.out(stamped(5001, 1003, "ACK", 6003, 210));
       },
       {},
       {"RFC7323-5.3-2"}},
      {"ABareAckThatPassesTellsNothing",
       [](Exchange& x) {
         begin(x);
         x.in(stamped(1002, 5001, "ACK", 150, 1));
         x.wait(2s);
         x.in(stamped(1002, 5001, "ACK,PSH", 150, 1, "b"));
         x.out(stamped(5001, 1002, "ACK", 2003, 200));
         x.wait(2s);
       },
       {}},
      {"NewerTextIsDropped",
       [](Exchange& x) {
         dropped_once(x);
         x.in(stamped(1002, 5001, "ACK,PSH", 200, 1, "b"));
         x.out(stamped(5001, 1002, "ACK", 3, 200));
         x.wait(2s);
       },
       {"RFC7323-5.3-1"}},
      {"AfterTwentyFiveDaysAnOlderOneIsTaken",
       [](Exchange& x) {
         dropped_once(x);
         x.wait(std::chrono::hours{24 * 25});
         x.in(stamped(1002, 5001, "ACK,PSH", 150, 1, "b"));
         x.out(stamped(5001, 1002, "ACK", 2'000'000'000, 200));
         x.wait(2s);
       },
       {"RFC9293-3.10.7.4-DATA-INORDER-ESTAB"}},
      {"AResetIsNotSubjectToIt",
       [](Exchange& x) {
         dropped_once(x);
         x.in(stamped(1002, 0, "RST", 150, 0));
         x.fence();
         x.in(stamped(1002, 5001, "ACK,PSH", 210, 1, "b"));
         x.out(stamped(5001, 1003, "ACK", 3, 210));
       },
       {"RFC7323-5.2-3"}},
      {"WithoutTheOptionItIsDroppedInSilence",
       [](Exchange& x) {
         begin(x);
         x.in(1002, 5001, "ACK,PSH", "b");
         x.wait(2s);
       },
       {},
       {"RFC7323-3.2-8", "RFC7323-3.2-9"}},
      {"WithoutTheOptionItIsTaken",
       [](Exchange& x) {
         begin(x);
         x.in(1002, 5001, "ACK,PSH", "b");
         x.out(stamped(5001, 1003, "ACK", 3, 200));
       },
       {"RFC7323-3.2-8"}},
      {"WithoutTheOptionTheConnectionIsReset",
       [](Exchange& x) {
         begin(x);
         x.in(1002, 5001, "ACK,PSH", "b");
         x.out(stamped(5001, 1002, "RST,ACK", 3, 200));
       },
       {"RFC7323-3.2-9"}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(Paws, PawsTest, testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace tcpjury::model
