// One mistake can break several sentences at once: the judge names the one that tells what went wrong.
#include <gmock/gmock.h>

#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::Contains;

class BlameTest : public testing::TestWithParam<Case> {};
TEST_P(BlameTest, TheMostTellingSentenceIsNamed) { check(GetParam()); }

void syn_received(Exchange& x) {
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
}
/// One segment of text in order, acknowledged.
void text_is_taken(Exchange& x) {
  x.established();
  x.in(1001, 5001, "ACK,PSH", "ab");
  x.out(5001, 1003, "ACK");
  x.fence();
}
/// The same connection ends, and the next one begins at `isn`; its text of two octets gets no answer.
void text_at(Exchange& x, std::uint32_t isn) {
  text_is_taken(x);
  x.in(1003, 5001, "RST");
  x.wait(1s);
  x.in(isn, 0, "SYN");
  x.out(9000, isn + 1, "SYN,ACK");
  x.fence();
  x.in(isn + 1, 9001, "ACK");
  x.wait(1s);
  x.in(isn + 1, 9001, "ACK,PSH", "ab");
  x.wait(2s);
}
/// Text of the target is acknowledged, then text of the peer comes that acknowledges one octet less.
void slightly_old_acknowledgment(Exchange& x) {
  x.call(UserCall::Kind::send, "xyz");
  x.out(5001, 1003, "ACK,PSH", "xyz");
  x.in(1003, 5004, "ACK");
  x.fence();
  x.in(1003, 5003, "ACK,PSH", "cd");
  x.wait(2s);
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"ASynAckSentTwiceAtOnce",
       [](Exchange& x) {
         syn_received(x);
         x.out(5000, 1001, "SYN,ACK");
       },
       {"RFC6298-5-1"}},
      {"AnUnacceptableAckThatEndsSynReceived",
       [](Exchange& x) {
         syn_received(x);
         x.in(1001, 5002, "ACK");
         x.out(5002, 0, "RST");
         x.fence();
         x.in(1001, 5001, "ACK");
         x.out(5001, 0, "RST");
       },
       {"RFC9293-3.10.7.4-ACK-BAD-SYNRCVD-P"}},
      {"AnUnacceptableAckThatEndsSynSent",
       [](Exchange& x) {
         x.open();
         x.out(5000, 0, "SYN");
         x.in(1, 4000, "ACK");
         x.out(4000, 0, "RST");
         x.fence();
         x.in(1000, 5001, "SYN,ACK");
         x.out(5001, 0, "RST");
       },
       {"RFC9293-3.10.7.3-ACK-BAD-SYNSENT"}},
      {"ASynThatIsRepeatedAfterAnUnacceptableAck",
       [](Exchange& x) {
         x.open();
         x.out(5000, 0, "SYN");
         x.in(1, 4000, "ACK");
         x.out(4000, 0, "RST");
         x.wait(1s);
         x.out(5000, 0, "SYN");
         x.in(1000, 5001, "SYN,ACK");
         x.out(5001, 0, "RST");
       },
       {"RFC9293-3.10.7.3-SYN-ACK-SYNSENT"}},
      {"AResetWithTextThatIsIgnored",
       [](Exchange& x) {
         x.established();
         x.in(1001, 5001, "RST", "bye");
         x.fence();
         x.in(1000, 5001, "ACK");
         x.out(5001, 1001, "ACK");
       },
       {"RFC9293-SHLD-2"}},
      {"TextRefusedForASlightlyOldAcknowledgment",
       [](Exchange& x) {
         text_is_taken(x);
         slightly_old_acknowledgment(x);
       },
       {"RFC5961-5.2-3"}},
      {"TextRefusedWhereNumbersWrap", [](Exchange& x) { text_at(x, 0xffff'fff0U); }, {"RFC9293-3.4-MODULO"}},
      {"TextRefusedWhereSignedNumbersWrap",
       [](Exchange& x) { text_at(x, 0x7fff'fff0U); },
       {"RFC9293-3.4-MODULO"}},
      {"TextRefusedElsewhere",
       [](Exchange& x) { text_at(x, 0x2000'0000U); },
       {"RFC9293-3.10.7.4-DATA-INORDER-ESTAB"}},
      {"AWronglyNumberedAckAfterAHardError",
       [](Exchange& x) {
         x.established();
         x.call(UserCall::Kind::send, "xyz");
         x.out(5001, 1001, "ACK,PSH", "xyz");
         x.icmp(3, 2, 5001);  // protocol unreachable
         x.fence();
         x.in(1000, 5001, "ACK");
         x.out(5003, 1001, "ACK");
       },
       {"RFC9293-3.10.7.4-SEQ-OLD-ESTAB"}},
      {"AResetOutsideTheWindowOfWhichTheUserIsTold",
       [](Exchange& x) {
         x.established();
         x.in(900, 5001, "RST");
         x.notice(UserNotice::Kind::reset);
       },
       {"RFC9293-3.10.7.4-RST-OUT-ESTAB"}},
      {"AUserTimeoutAfterAResetOutsideTheWindow",
       [](Exchange& x) {
         x.established();
         x.call(UserCall::Kind::send, "xyz");
         x.out(5001, 1001, "ACK,PSH", "xyz");
         x.in(900, 5001, "RST");
         for (const auto apart : {1s, 2s, 4s, 8s, 16s, 32s, 60s}) {
           x.wait(apart);
           x.out(5001, 1001, "ACK,PSH", "xyz");
         }
         x.wait(30s);
         x.notice(UserNotice::Kind::error);
       },
       {}},
      {"WhatStoodBehindTheEndOfOptions",
       [](Exchange& x) {
         x.listen();
         x.in(with_octets(Exchange::segment(1000, 0, "SYN"), {2, 4, 5, 0xb4, 0, 3, 3, 7}));
         x.out(with_octets(Exchange::segment(5000, 1001, "SYN,ACK"), {2, 4, 5, 0xb4, 1, 3, 3, 2}));
       },
       {"RFC9293-3.2-EOL"}},
      {"WhatTheSynDidNotOffer",
       [](Exchange& x) {
         x.listen();
         x.in(with_octets(Exchange::segment(1000, 0, "SYN"), {2, 4, 5, 0xb4}));
         x.out(with_octets(Exchange::segment(5000, 1001, "SYN,ACK"), {2, 4, 5, 0xb4, 1, 3, 3, 2}));
       },
       {"RFC7323-2.2-4"}},
  };
  return list;
}

INSTANTIATE_TEST_SUITE_P(Blame, BlameTest, testing::ValuesIn(cases()), name_of);

TEST(Blame, OptionsThatGoOnInTheTextHaveADataOffsetTooSmall) {
  Exchange x;
  x.listen();
  x.in(stamped(1000, 0, "SYN", 100, 0));
  wire::TcpSegment cut = stamped(5000, 1001, "SYN,ACK", 1, 100);
  constexpr std::size_t kept = 12;  // of 16 octets
  cut.text.assign(cut.options.begin() + kept, cut.options.end());
  cut.options.resize(kept);
  x.out(cut);
  EXPECT_EQ(x.broken().front(), "RFC9293-3.1-DOFFSET");
}

TEST(Blame, AWindowShiftedByMoreThan14IsTakenForMoreThanItIs) {
  Exchange x;
  x.listen();
  wire::TcpSegment syn = Exchange::segment(1000, 0, "SYN");
  syn.options = wire::encode_options({.mss = 1460, .window_scale = 15});
  x.in(syn);
  wire::TcpSegment answer = Exchange::segment(5000, 1001, "SYN,ACK");
  answer.options = wire::encode_options({.mss = 1460, .window_scale = 2});
  x.out(answer);
  x.fence();
  wire::TcpSegment third = Exchange::segment(1001, 5001, "ACK");
  third.window = 1;  // 16,384 octets
  x.in(third);
  x.fence();
  x.call(UserCall::Kind::send, std::string(17'000, 'x'));
  for (std::uint32_t sent = 0; sent < 16'384; sent += 1'000)
    x.out(5001 + sent, 1001, "ACK", std::string(1'000, 'x'));
  EXPECT_THAT(x.broken(), Contains("RFC7323-2.3-7"));
}

}  // namespace
}  // namespace tcpjury::model
