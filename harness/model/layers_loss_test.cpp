// Losses: what they do to the sending rate, and what SACK information does to retransmissions.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t mss = 1000;

/// A sender with ten segments of 1000 octets in flight and many more to send.
class Lossy : public testing::Test {
 protected:
  Exchange x;
  std::string text = std::string(100 * mss, 'x');
  std::uint32_t sent = 0;
  std::uint32_t acked = 0;

  void connect(bool sack) {
    x.listen();
    wire::TcpSegment syn = Exchange::segment(1000, 0, "SYN");
    syn.window = 60'000;
    syn.options = wire::encode_options({.mss = mss, .sack_permitted = sack});
    x.in(syn);
    wire::TcpSegment answer = Exchange::segment(5000, 1001, "SYN,ACK");
    answer.options = wire::encode_options({.mss = mss, .sack_permitted = sack});
    x.out(answer);
    x.fence();
    ack(0);
    x.call(UserCall::Kind::send, text);
    send(10);
  }
  void out(std::uint32_t segment) { x.out(5001 + segment * mss, 1001, "ACK", text.substr(0, mss)); }
  void send(std::uint32_t segments) {
    for (std::uint32_t i = 0; i < segments; ++i) out(sent++);
  }
  void ack(std::uint32_t segments, std::vector<wire::SackBlock> blocks = {}) {
    acked = segments;
    wire::TcpSegment s = Exchange::segment(1001, 5001 + segments * mss, "ACK");
    s.window = 60'000;
    if (!blocks.empty()) s.options = wire::encode_options({.sack = std::move(blocks)});
    x.in(s);
  }
  static wire::SackBlock block(std::uint32_t first, std::uint32_t end) {
    return {wire::SeqNum{5001 + first * mss}, wire::SeqNum{5001 + end * mss}};
  }
  /// Three duplicates, the missing segment, and an acknowledgment of everything.
  void lose_and_repair() {
    const std::uint32_t una = acked;
    for (int i = 0; i < 3; ++i) ack(una);
    out(una);
    ack(sent);
  }
  /// The target keeps `flight` segments in flight for one round trip.
  void round(std::uint32_t flight) {
    send(flight);
    x.wait(10ms);
    ack(sent);
  }
};

TEST_F(Lossy, HalfAWindowAndLinearGrowthKeepTheRules) {
  connect(false);
  lose_and_repair();
  for (const std::uint32_t flight : {5U, 6U, 7U}) round(flight);
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id :
       {"RFC5681-3.2-6", "RFC5681-3.2-10", "RFC5681-4.3-1", "RFC5681-3.1-6", "RFC5681-3.1-9"})
    EXPECT_TRUE(x.held(id)) << id;
}

TEST_F(Lossy, SevenTenthsAreAnotherAlgorithmAndNoMistake) {
  connect(false);
  lose_and_repair();
  for (const std::uint32_t flight : {8U, 8U, 9U}) round(flight);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_FALSE(x.held("RFC5681-3.2-6"));
}

// RFC 1191 section 6.4: what goes out again for a smaller MTU is no sign of congestion.
TEST_F(Lossy, WhatWasOutWhenAnIcmpErrorCameNeedNotReduceTheWindow) {
  connect(false);
  x.icmp(3, 4, 5001, 1400);
  lose_and_repair();
  round(10);
  EXPECT_THAT(x.broken(), testing::Not(testing::Contains("RFC5681-3.2-10")));
}

TEST_F(Lossy, AWindowThatIsNotReducedIsAccused) {
  connect(false);
  lose_and_repair();
  round(10);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.2-10"));
}

TEST_F(Lossy, WithSackTheReductionHasAnotherRule) {
  connect(true);
  ack(0, {block(1, 2)});
  ack(0, {block(1, 3)});
  ack(0, {block(1, 4)});
  out(0);
  ack(10);
  round(10);
  EXPECT_THAT(x.broken(), ElementsAre("RFC6675-5-4"));
}

TEST_F(Lossy, SlowStartThatGoesOnPastTheThresholdIsAccused) {
  connect(false);
  lose_and_repair();
  round(5);
  round(10);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.1-6"));
}

TEST_F(Lossy, GrowthByThreeSegmentsARoundTripIsAccused) {
  connect(false);
  lose_and_repair();
  for (const std::uint32_t flight : {7U, 10U}) round(flight);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.1-9"));
}

TEST_F(Lossy, ASecondLossReducesAgain) {
  connect(false);
  lose_and_repair();
  for (const std::uint32_t flight : {6U, 7U, 8U, 9U}) round(flight);
  send(9);
  const std::uint32_t una = acked;
  for (int i = 0; i < 3; ++i) ack(una);
  out(una);
  ack(sent);
  round(9);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-4.3-2"));
}

TEST_F(Lossy, SlowStartAfterATimeoutEndsAtHalfTheFlight) {
  connect(false);
  x.wait(3s);
  out(0);
  ack(1);
  out(1);
  for (std::uint32_t i = 2; i <= 10; ++i) ack(i);
  round(10);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-3.1-10"));
}

TEST_F(Lossy, ATimeoutThatMayHaveBeenSpuriousSaysNothing) {
  connect(false);
  x.wait(3s);
  out(0);
  ack(10);
  round(10);
  EXPECT_THAT(x.broken(), IsEmpty());
}

// ---- SACK -----------------------------------------------------------------------------------------------

TEST_F(Lossy, ThreeReportsBringTheHole) {
  connect(true);
  for (const std::uint32_t end : {2U, 3U, 4U}) ack(0, {block(1, end)});
  out(0);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC6675-5-2"));
  EXPECT_TRUE(x.held("RFC6675-4-IL"));
}

TEST_F(Lossy, ReportsWithoutEffectAreAccused) {
  connect(true);
  for (const std::uint32_t end : {2U, 3U, 4U}) ack(0, {block(1, end)});
  x.wait(100ms);
  EXPECT_THAT(x.broken(), ElementsAre("RFC6675-5-2"));
}

TEST_F(Lossy, DuplicatesWithoutNewsCountForNothing) {
  connect(true);
  for (int i = 0; i < 5; ++i) ack(0, {block(1, 2)});
  x.wait(100ms);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(Lossy, HolesAreRepairedInOrder) {
  connect(true);
  for (const std::uint32_t end : {3U, 4U, 5U}) ack(0, {block(2, end)});
  out(1);
  EXPECT_THAT(x.broken(), ElementsAre("RFC6675-4-N1"));
}

TEST_F(Lossy, TwoHolesInOrderKeepTheRule) {
  connect(true);
  for (const std::uint32_t end : {3U, 4U, 5U}) ack(0, {block(2, end)});
  out(0);
  out(1);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC6675-4-N1"));
}

TEST_F(Lossy, WithEverythingElseReportedNewTextMustCome) {
  connect(true);
  for (const std::uint32_t end : {3U, 4U, 5U}) ack(0, {block(2, end)});
  out(0);
  out(1);  // a hole of its own choice: it reads what is reported
  ack(10);
  send(10);
  for (const std::uint32_t end : {12U, 13U, 14U}) ack(10, {block(11, end)});
  out(10);
  ack(10, {block(11, 20)});
  x.wait(100ms);
  EXPECT_THAT(x.broken(), testing::Contains("RFC6675-5-6"));
}

TEST_F(Lossy, NewTextAfterTheHoleKeepsTheRules) {
  connect(true);
  for (const std::uint32_t end : {2U, 3U, 4U}) ack(0, {block(1, end)});
  out(0);
  ack(0, {block(1, 10)});
  send(4);
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id : {"RFC6675-4-N2", "RFC6675-5-6"}) EXPECT_TRUE(x.held(id)) << id;
}

TEST_F(Lossy, AfterATimeoutOldReportsMayBeForgotten) {
  connect(true);
  ack(0, {block(1, 4)});
  x.wait(3s);
  out(0);
  x.wait(6s);
  out(0);
  ack(1);
  out(1);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC6675-4-U1"));
}

TEST_F(Lossy, AfterATimeoutNewReportsCount) {
  connect(true);
  x.wait(3s);
  out(0);
  x.wait(6s);
  out(0);
  ack(1, {block(2, 4)});
  out(1);
  ack(2, {block(3, 4)});
  out(4);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC6675-5.1-2"));
}

TEST_F(Lossy, DuplicatesOfTheOldFlightStartNothingAfterATimeout) {
  connect(false);
  x.wait(3s);
  out(0);
  x.wait(1s);
  for (int i = 0; i < 3; ++i) ack(0);
  out(0);
  EXPECT_THAT(x.broken(), ElementsAre("RFC6582-3.2-2"));
}

TEST_F(Lossy, AfterATimeoutInARecoveryReportsStartNoOtherOne) {
  connect(true);
  for (const std::uint32_t end : {3U, 4U, 5U}) ack(0, {block(2, end)});
  out(0);
  out(1);  // a hole of its own choice: RFC 6675 binds it
  x.wait(3s);
  out(0);
  x.wait(6s);
  out(0);
  x.wait(1s);
  for (const std::uint32_t end : {6U, 7U, 8U}) ack(0, {block(2, end)});
  out(0);
  EXPECT_THAT(x.broken(), ElementsAre("RFC6675-5.1-1"));
}

TEST_F(Lossy, AfterATimeoutOutsideOfARecoveryTheyMay) {
  connect(true);
  for (const std::uint32_t end : {3U, 4U, 5U}) ack(0, {block(2, end)});
  out(0);
  out(1);
  ack(10);
  send(5);
  x.wait(3s);
  out(10);
  x.wait(6s);
  out(10);
  x.wait(1s);
  for (const std::uint32_t end : {12U, 13U, 14U}) ack(10, {block(11, end)});
  out(10);
  EXPECT_THAT(x.broken(), IsEmpty());
}

// ---- the window of the target ---------------------------------------------------------------------------

wire::TcpSegment offer(std::uint32_t ack, std::uint16_t wnd) {
  wire::TcpSegment s = Exchange::segment(5001, ack, "ACK");
  s.window = wnd;
  return s;
}

/// Text until the ten thousand octets that the target offered are used up.
void fill(Exchange& x) {
  x.established();
  for (std::uint32_t i = 0; i < 10; ++i) {
    x.in(1001 + i * 1000, 5001, "ACK", std::string(1000, 'x'));
    x.out(offer(2001 + i * 1000, static_cast<std::uint16_t>(9000 - i * 1000)));
  }
}

TEST(OwnWindow, OneThatOpensInTinyStepsIsAccused) {
  Exchange x;
  fill(x);
  for (std::uint16_t i = 1; i <= 3; ++i) {
    x.call(UserCall::Kind::receive, std::string(20, 'x'));
    x.out(offer(11001, static_cast<std::uint16_t>(20 * i)));
  }
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-39"));
}

TEST(OwnWindow, OneThatOpensByASegmentKeepsTheRule) {
  Exchange x;
  fill(x);
  for (int i = 0; i < 2; ++i) x.call(UserCall::Kind::receive, std::string(500, 'x'));
  x.out(offer(11001, 1000));
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-MUST-39"));
}

}  // namespace
}  // namespace tcpjury::model
