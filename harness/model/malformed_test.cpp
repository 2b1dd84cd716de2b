// MUST-7: whatever a target makes of an illegal option length is acceptable, but it goes on.
#include <gmock/gmock.h>

#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

class MalformedTest : public testing::TestWithParam<Case> {};
TEST_P(MalformedTest, IsSurvivedInManyWays) { check(GetParam()); }

/// Length octet 0 in the option after the MSS.
void broken_syn(Exchange& x) {
  x.listen();
  x.in(with_octets(Exchange::segment(1000, 0, "SYN"), {2, 4, 5, 0xb4, 3, 0, 7, 1}));
}
void broken_text(Exchange& x) {
  x.established();
  x.in(with_octets(Exchange::segment(1001, 5001, "ACK,PSH", "ab"), {8, 1, 0, 0}));
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"ASynIsAnswered",
       [](Exchange& x) {
         broken_syn(x);
         x.out(5000, 1001, "SYN,ACK");
         x.in(1001, 5001, "ACK");
         x.fence();
       },
       {},
       {"RFC9293-MUST-7"}},
      {"ASynIsDropped",
       [](Exchange& x) {
         broken_syn(x);
         x.wait(2s);
         x.in(1000, 0, "SYN");
         x.out(5000, 1001, "SYN,ACK");
       },
       {}},
      {"ASynIsReset",
       [](Exchange& x) {
         broken_syn(x);
         x.out(0, 1001, "RST,ACK");
       },
       {},
       {"RFC9293-MUST-7"}},
      {"ASynIsAnsweredWithTheWrongNumber",
       [](Exchange& x) {
         broken_syn(x);
         x.out(5000, 1002, "SYN,ACK");
       },
       {"RFC9293-3.10.7.2-SYN-LISTEN"}},
      {"ASynIsDroppedAndTheNextOneToo",
       [](Exchange& x) {
         broken_syn(x);
         x.wait(2s);
         x.in(1000, 0, "SYN");
         x.wait(2s);
       },
       {"RFC9293-3.10.7.2-SYN-LISTEN"}},
      {"TextIsTaken",
       [](Exchange& x) {
         broken_text(x);
         x.out(5001, 1003, "ACK");
         x.in(1003, 5001, "ACK,PSH", "c");
         x.out(5001, 1004, "ACK");
       },
       {}},
      {"TextIsDropped",
       [](Exchange& x) {
         broken_text(x);
         x.wait(2s);
         x.in(1001, 5001, "ACK,PSH", "ab");
         x.out(5001, 1003, "ACK");
       },
       {}},
      {"TextIsReset",
       [](Exchange& x) {
         broken_text(x);
         x.out(5001, 1001, "RST,ACK");
         x.in(1001, 5001, "ACK,PSH", "ab");
         x.out(5001, 0, "RST");
       },
       {}},
      {"TextIsResetByItsOwnNumbers",
       [](Exchange& x) {
         broken_text(x);
         x.out(5001, 0, "RST");
       },
       {}},
      {"NothingIsAnsweredAnyMore",
       [](Exchange& x) {
         broken_text(x);
         x.wait(2s);
         x.in(1001, 5001, "ACK,PSH", "ab");
         x.wait(2s);
       },
       {"RFC9293-3.10.7.4-DATA-INORDER-ESTAB"}},
      {"MoreIsAcknowledgedThanCame",
       [](Exchange& x) {
         broken_text(x);
         x.out(5001, 1004, "ACK");
       },
       {"RFC9293-3.10.7.4-DATA-INORDER-ESTAB"}},
      {"AnOptionOfTheWrongLengthIsLikeThat",
       [](Exchange& x) {
         x.listen();
         x.in(with_octets(Exchange::segment(1000, 0, "SYN"), {3, 4, 7, 7}));
         x.wait(2s);
         x.in(1000, 0, "SYN");
         x.out(5000, 1001, "SYN,ACK");
       },
       {}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(Malformed, MalformedTest, testing::ValuesIn(cases()), name_of);

TEST(Malformed, OptionsBeforeTheIllegalOneMayCountOrNot) {
  const std::vector<unsigned> octets{2, 4, 5, 0xb4, 3, 3, 7, 9, 0, 0, 0, 0};
  for (const bool scaled : {false, true}) {
    Exchange x;
    x.listen();
    x.in(with_octets(Exchange::segment(1000, 0, "SYN"), octets));
    wire::TcpSegment answer = Exchange::segment(5000, 1001, "SYN,ACK");
    answer.options = wire::encode_options(
        {.mss = 1460, .window_scale = scaled ? std::optional<std::uint8_t>{2} : std::nullopt});
    x.out(answer);
    EXPECT_THAT(x.broken(), testing::IsEmpty()) << scaled;
  }
}

}  // namespace
}  // namespace tcpjury::model
