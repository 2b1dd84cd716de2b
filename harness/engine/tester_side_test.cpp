#include "harness/engine/tester_side.h"

#include <gtest/gtest.h>

namespace tcpjury::engine {
namespace {

using wire::SeqLen;
using wire::SeqNum;

constexpr std::uint32_t iss = 0xffff'fff0;  // text crosses the end of the sequence space soon
constexpr std::uint32_t irs = 7000;

wire::TcpSegment segment(wire::FlagSet flags, std::uint32_t seq, std::uint32_t ack, std::size_t octets = 0) {
  wire::TcpSegment s;
  s.flags = flags;
  s.seq = SeqNum{seq};
  s.ack = SeqNum{ack};
  s.window = 1000;
  s.text = Bytes(octets);
  return s;
}

/// The tester's side of RFC 9293 figure 6, with the tester opening.
TesterSide established(const wire::OptionFields& own = {}, const wire::OptionFields& target = {}) {
  TesterSide side;
  wire::TcpSegment syn = segment(wire::syn, iss, 0);
  syn.options = wire::encode_options(own);
  side.sent(syn);
  wire::TcpSegment answer = segment(wire::syn | wire::ack, irs, iss + 1);
  answer.options = wire::encode_options(target);
  side.received(answer);
  side.sent(segment(wire::ack, iss + 1, irs + 1));
  return side;
}

TEST(TesterSide, HandshakeSetsTheVariables) {
  const TesterSide side = established();
  EXPECT_EQ(side.variable("iss"), iss);
  EXPECT_EQ(side.variable("irs"), irs);
  EXPECT_EQ(side.variable("snd.una"), iss + 1);
  EXPECT_EQ(side.variable("snd.nxt"), iss + 1);
  EXPECT_EQ(side.variable("snd.wnd"), 1000U);
  EXPECT_EQ(side.variable("rcv.nxt"), irs + 1);
  EXPECT_EQ(side.variable("rcv.wnd"), 1000U);
  EXPECT_EQ(side.variable("snd.up"), std::nullopt);
  EXPECT_TRUE(side.synchronized());
}

TEST(TesterSide, NothingIsKnownBeforeTheFirstSyn) {
  const TesterSide side;
  for (const char* name : {"iss", "irs", "snd.una", "snd.nxt", "snd.wnd", "rcv.nxt", "rcv.wnd"}) {
    EXPECT_EQ(side.variable(name), std::nullopt) << name;
  }
}

TEST(TesterSide, TextAndFinMoveSndNxtAcrossTheWrap) {
  TesterSide side = established();
  side.sent(segment(wire::ack, iss + 1, irs + 1, 100));
  EXPECT_EQ(side.snd_nxt(), SeqNum{iss + 101});
  side.sent(segment(wire::fin | wire::ack, iss + 101, irs + 1));
  EXPECT_EQ(side.snd_nxt(), SeqNum{iss + 102});
}

struct Stray {
  const char* what;
  wire::TcpSegment segment;
};

TEST(TesterSide, WhatDoesNotContinueTheSequenceSpaceMovesNothing) {
  const Stray cases[] = {
      {"text beyond a gap", segment(wire::ack, iss + 50, irs + 1, 10)},
      {"text sent before", segment(wire::ack, iss - 9, irs + 1, 10)},
      {"text without ACK", segment(wire::no_flags, iss + 1, 0, 10)},
      {"a SYN out of the blue", segment(wire::syn, iss + 1, 0)},
      {"a reset somewhere else", segment(wire::rst, iss + 500, 0)},
  };
  for (const Stray& stray : cases) {
    TesterSide side = established();
    side.sent(stray.segment);
    EXPECT_EQ(side.snd_nxt(), SeqNum{iss + 1}) << stray.what;
    EXPECT_TRUE(side.alive()) << stray.what;
  }
}

TEST(TesterSide, TextIsTakenInOrderOnly) {
  TesterSide side = established();
  side.received(segment(wire::ack, irs + 11, iss + 1, 10));
  EXPECT_EQ(side.rcv_nxt(), SeqNum{irs + 1}) << "a gap";
  side.received(segment(wire::ack, irs + 1, iss + 1, 10));
  EXPECT_EQ(side.rcv_nxt(), SeqNum{irs + 11});
  side.received(segment(wire::ack, irs + 1, iss + 1, 15));
  EXPECT_EQ(side.rcv_nxt(), SeqNum{irs + 16}) << "an overlap brings five new octets";
  side.received(segment(wire::fin | wire::ack, irs + 16, iss + 1));
  EXPECT_EQ(side.rcv_nxt(), SeqNum{irs + 17});
}

TEST(TesterSide, TextBeyondTheOfferedWindowIsNotTaken) {
  TesterSide side = established();
  wire::TcpSegment closing_window = segment(wire::ack, iss + 1, irs + 1);
  closing_window.window = 0;
  side.sent(closing_window);
  side.received(segment(wire::ack, irs + 1, iss + 1, 1));
  EXPECT_EQ(side.rcv_nxt(), SeqNum{irs + 1});
  EXPECT_EQ(side.variable("rcv.wnd"), 0U);
}

TEST(TesterSide, AcknowledgmentsMoveSndUnaWithinWhatWasSent) {
  TesterSide side = established();
  side.sent(segment(wire::ack, iss + 1, irs + 1, 10));
  side.received(segment(wire::ack, irs + 1, iss + 6));
  EXPECT_EQ(side.variable("snd.una"), iss + 6);
  side.received(segment(wire::ack, irs + 1, iss + 500));
  EXPECT_EQ(side.variable("snd.una"), iss + 6) << "an acknowledgment of what was never sent";
}

TEST(TesterSide, WindowsAreScaledOnlyWhenBothSynsSaidSo) {
  TesterSide both = established({.window_scale = 3}, {.window_scale = 7});
  both.received(segment(wire::ack, irs + 1, iss + 1));
  EXPECT_EQ(both.variable("snd.wnd"), 1000U << 7U);
  EXPECT_EQ(both.variable("rcv.wnd"), 1000U << 3U);
  TesterSide one = established({}, {.window_scale = 7});
  one.received(segment(wire::ack, irs + 1, iss + 1));
  EXPECT_EQ(one.variable("snd.wnd"), 1000U);
}

TEST(TesterSide, TimestampsAreOnWhenBothSynsCarriedThem) {
  const wire::OptionFields ts{.timestamps = wire::Timestamps{5, 0}};
  EXPECT_TRUE(established(ts, ts).timestamps_on());
  EXPECT_FALSE(established({}, ts).timestamps_on());
  EXPECT_FALSE(established(ts, {}).timestamps_on());
  EXPECT_EQ(established(ts, ts).ts_recent(), 5U);
}

TEST(TesterSide, NewIncarnationBeginsWhenTheTargetAcknowledgesItsSyn) {
  TesterSide side = established();
  side.sent(segment(wire::syn, iss + 90'000, 0));
  EXPECT_EQ(side.variable("iss"), iss) << "the target may well ignore it";
  side.received(segment(wire::syn | wire::ack, irs + 70'000, iss + 90'001));
  EXPECT_EQ(side.variable("iss"), iss + 90'000);
  EXPECT_EQ(side.variable("rcv.nxt"), irs + 70'001);
}

TEST(TesterSide, ResetEndsTheConnectionAndASynBeginsAnother) {
  TesterSide side = established();
  side.received(segment(wire::rst, irs + 1, 0));
  EXPECT_FALSE(side.alive());
  side.sent(segment(wire::syn, 42, 0));
  EXPECT_EQ(side.variable("snd.nxt"), 43U);
  EXPECT_EQ(side.variable("irs"), std::nullopt);
}

TEST(TesterSide, SimultaneousOpenKeepsBothNumbers) {
  TesterSide side;
  side.received(segment(wire::syn, irs, 0));
  side.sent(segment(wire::syn, iss, 0));
  EXPECT_EQ(side.variable("rcv.nxt"), irs + 1);
  EXPECT_EQ(side.variable("snd.nxt"), iss + 1);
  EXPECT_FALSE(side.synchronized());
}

}  // namespace
}  // namespace tcpjury::engine
