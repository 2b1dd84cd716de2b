#include "harness/wire/tcp.h"

#include <gtest/gtest.h>

namespace tcpjury::wire {
namespace {

TEST(TcpSegment, SynAndFinCountOneEach) {
  EXPECT_EQ(TcpSegment{}.length(), SeqLen{0});
  EXPECT_EQ((TcpSegment{.flags = syn}).length(), SeqLen{1});
  EXPECT_EQ((TcpSegment{.flags = fin | ack}).length(), SeqLen{1});
  EXPECT_EQ((TcpSegment{.flags = syn | fin}).length(), SeqLen{2});
  EXPECT_EQ((TcpSegment{.flags = rst | ack | psh | urg}).length(), SeqLen{0});
  EXPECT_EQ((TcpSegment{.flags = fin, .text = Bytes(10)}).length(), SeqLen{11});
}

TEST(TcpSegment, EndWraps) {
  EXPECT_EQ((TcpSegment{.seq = {0xffff'fffe}, .flags = fin, .text = Bytes(3)}).end(), SeqNum{2});
}

// RFC 9293 figures 6 and 11 show these lines.
TEST(Notation, IsThatOfTheRfcsFigures) {
  EXPECT_EQ(to_notation({.seq = {100}, .flags = syn}), "<SEQ=100><CTL=SYN>");
  EXPECT_EQ(to_notation({.seq = {300}, .ack = {101}, .flags = syn | ack}), "<SEQ=300><ACK=101><CTL=SYN,ACK>");
  EXPECT_EQ(to_notation({.seq = {100}, .flags = rst}), "<SEQ=100><CTL=RST>");
  EXPECT_EQ(to_notation({.seq = {101}, .ack = {301}, .flags = ack, .text = Bytes(5)}),
            "<SEQ=101><ACK=301><CTL=ACK><DATA=5>");
}

TEST(Notation, ShowsAnAcknowledgmentOnlyWhereTheBitIsOn) {
  EXPECT_EQ(to_notation({.seq = {1}, .ack = {77}, .flags = rst}), "<SEQ=1><CTL=RST>");
}

TEST(Notation, ShowsUrgentWhereThereIsSome) {
  EXPECT_EQ(to_notation({.flags = ack | urg, .urgent = 9}), "<SEQ=0><ACK=0><CTL=ACK,URG><UP=9>");
  EXPECT_EQ(to_notation({.flags = ack | urg}), "<SEQ=0><ACK=0><CTL=ACK,URG><UP=0>");
  EXPECT_EQ(to_notation({.flags = ack, .urgent = 9}), "<SEQ=0><ACK=0><CTL=ACK><UP=9>");
}

TEST(Notation, OfNoFlagsSaysNone) { EXPECT_EQ(to_notation({}), "<SEQ=0><CTL=none>"); }

TEST(Notation, CountsFromTheBaseModuloTheSequenceSpace) {
  const TcpSegment segment{.seq = {5}, .ack = {0xffff'ffff}, .flags = ack};
  EXPECT_EQ(to_notation(segment, {.seq = SeqNum{0xffff'fffb}, .ack = SeqNum{0xffff'fff0}}),
            "<SEQ=10><ACK=15><CTL=ACK>");
  EXPECT_EQ(to_notation(segment, {.seq = SeqNum{6}}), "<SEQ=4294967295><ACK=4294967295><CTL=ACK>");
  EXPECT_EQ(to_notation(segment, {.ack = SeqNum{0xffff'ffff}}), "<SEQ=5><ACK=0><CTL=ACK>");
}

}  // namespace
}  // namespace tcpjury::wire
