// What the honest stack says to the exchanges of the RFCs, in numbers worked out by hand.
#include "harness/wire/fragment.h"
#include "targets/reference/peer_test.h"

namespace tcpjury::reference {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using wire::ack;
using wire::fin;
using wire::FlagSet;
using wire::psh;
using wire::rst;
using wire::SeqNum;
using wire::syn;

std::string text_of(std::size_t size) { return std::string(size, 'x'); }

class StackTest : public testing::Test {
 protected:
  wire::OptionList options_of(const wire::TcpSegment& segment) {
    return wire::parse_options(segment.options);
  }

  Bench bench_;
  Peer peer_{bench_};
};

TEST_F(StackTest, AnswersASynAndAcceptsTheThirdSegment) {
  bench_.listen(80);
  peer_.send(syn, {}, {.options = Peer::everything()});
  const auto answer = peer_.only();
  EXPECT_EQ(answer.flags, syn | ack);
  EXPECT_EQ(answer.ack, SeqNum{10'001});
  EXPECT_EQ(options_of(answer).mss(), 1460);
  EXPECT_EQ(options_of(answer).window_scale(), 2);
  EXPECT_TRUE(options_of(answer).sack_permitted());
  EXPECT_EQ(options_of(answer).timestamps()->tsecr, 5'000U);
  EXPECT_EQ(answer.window, 64'240);  // not scaled
  peer_.timestamps = true;
  peer_.send(ack);
  const auto child = peer_.accepted();
  EXPECT_EQ(bench_.state(child), TCPJURY_ESTABLISHED);
}

TEST_F(StackTest, AnswersOnlyTheOptionsTheSynCarried) {
  bench_.listen(80);
  peer_.send(syn);
  const auto answer = options_of(peer_.only());
  EXPECT_EQ(answer.mss(), 1460);
  EXPECT_FALSE(answer.window_scale().has_value());
  EXPECT_FALSE(answer.sack_permitted());
  EXPECT_FALSE(answer.timestamps().has_value());
}

TEST_F(StackTest, TextOfASynReachesTheUserOnceTheConnectionIsEstablished) {
  bench_.listen(80);
  peer_.send(syn, "early");
  EXPECT_EQ(peer_.only().ack, SeqNum{10'001});
  peer_.send(ack, {}, {.seq = SeqNum{10'001}});
  const auto child = peer_.accepted();
  EXPECT_EQ(bench_.receive(child).text, "early");
}

TEST_F(StackTest, CrossingSynsMakeOneConnection) {
  const auto opened = bench_.open(peer_.self);
  const auto first = peer_.only();
  EXPECT_EQ(first.flags, syn);
  peer_.target.port = first.source;
  peer_.send(syn);
  const auto second = peer_.only();
  EXPECT_EQ(second.flags, syn | ack);
  EXPECT_EQ(second.seq, first.seq);
  EXPECT_EQ(second.ack, SeqNum{10'001});
  peer_.send(syn | ack, {}, {.seq = SeqNum{10'000}});
  EXPECT_EQ(bench_.state(opened.handle), TCPJURY_ESTABLISHED);
}

TEST_F(StackTest, EverySecondSegmentIsAcknowledgedAtOnceAndOneAloneLater) {
  peer_.connect_to_listener();
  peer_.send(ack, text_of(100));
  EXPECT_TRUE(peer_.take().empty());
  bench_.wait(milliseconds{499});
  EXPECT_EQ(peer_.only().ack, SeqNum{10'101});
  peer_.send(ack, text_of(100));
  peer_.send(ack, text_of(100));
  EXPECT_EQ(peer_.only().ack, SeqNum{10'301});
}

TEST_F(StackTest, ReportsWhatIsBeyondGapsTheLatestFirst) {
  peer_.connect_to_listener(Peer::everything());
  peer_.send(ack, "22", {.seq = SeqNum{10'011}});
  peer_.send(ack, "444", {.seq = SeqNum{10'031}});
  const auto answers = peer_.take();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].ack, SeqNum{10'001});
  EXPECT_EQ(
      options_of(answers[1]).sack_blocks(),
      (std::vector<wire::SackBlock>{{SeqNum{10'031}, SeqNum{10'034}}, {SeqNum{10'011}, SeqNum{10'013}}}));
  // RFC 2883: the second copy is reported first, then the block that holds it.
  peer_.send(ack, "22", {.seq = SeqNum{10'011}});
  const auto blocks = options_of(peer_.only()).sack_blocks();
  ASSERT_GE(blocks.size(), 2U);
  EXPECT_EQ(blocks[0], (wire::SackBlock{SeqNum{10'011}, SeqNum{10'013}}));
  EXPECT_EQ(blocks[1], (wire::SackBlock{SeqNum{10'011}, SeqNum{10'013}}));
}

TEST_F(StackTest, EchoesTheTimestampThatMovedTheLeftEdge) {
  peer_.connect_to_listener(Peer::everything());
  peer_.send(ack, "a", {.tsval = 5'010});
  peer_.send(ack, "c", {.seq = SeqNum{10'012}, .tsval = 5'030});
  EXPECT_EQ(options_of(peer_.only()).timestamps()->tsecr, 5'010U);
  peer_.send(ack, "old", {.seq = SeqNum{10'002}, .tsval = 5'009});
  const auto refused = peer_.only();
  EXPECT_EQ(refused.ack, SeqNum{10'002});
  EXPECT_EQ(options_of(refused).timestamps()->tsecr, 5'010U);
}

TEST_F(StackTest, TheWindowClosesAndOpensInStepsWorthTelling) {
  const auto child = peer_.connect_to_listener();
  for (int i = 0; i < 44; ++i) peer_.send(ack, text_of(1'460));
  bench_.wait(seconds{1});
  const auto closed = peer_.take();
  ASSERT_FALSE(closed.empty());
  EXPECT_EQ(closed.back().window, 0);
  peer_.send(ack, "1", {.seq = peer_.nxt});
  EXPECT_EQ(peer_.only().window, 0);
  EXPECT_EQ(bench_.receive(child, 1'459).count, 1'459U);
  EXPECT_TRUE(peer_.take().empty());
  EXPECT_EQ(bench_.receive(child, 1).count, 1U);
  EXPECT_EQ(peer_.only().window, 1'460);
}

TEST_F(StackTest, AClosedWindowIsProbedWithGrowingIntervalsForAsLongAsItIsAnswered) {
  peer_.window = 0;
  const auto child = peer_.connect_to_listener();
  EXPECT_EQ(bench_.send(child, "waiting").count, 7U);
  EXPECT_TRUE(peer_.take().empty());
  std::vector<std::int64_t> intervals;
  auto before = bench_.now();
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(bench_.step(seconds{70}));
    for (const auto& probe : peer_.take()) {
      EXPECT_EQ(probe.text.size(), 1U);
      EXPECT_EQ(probe.seq, plus(peer_.target_iss, 1));
      intervals.push_back((bench_.now() - before).count() / 1'000'000'000);
      before = bench_.now();
      peer_.send(ack, {}, {.ack = probe.seq});
    }
  }
  ASSERT_GE(intervals.size(), 8U);
  EXPECT_EQ((std::vector<std::int64_t>{intervals.begin(), intervals.begin() + 8}),
            (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 60, 60}));
  peer_.send(ack, {}, {.ack = plus(peer_.target_iss, 1), .window = 1'000});
  EXPECT_EQ(peer_.only().text.size(), 7U);
}

TEST_F(StackTest, TheInitialWindowIsTenSegmentsAndSlowStartDoublesIt) {
  const auto child = peer_.connect_to_listener();
  bench_.send(child, text_of(60'000));
  EXPECT_EQ(peer_.take().size(), 10U);
  peer_.send(ack, {}, {.ack = plus(peer_.target_iss, 1 + 1'460)});
  EXPECT_EQ(peer_.take().size(), 2U);
}

TEST_F(StackTest, ThreeDuplicateAcksSendTheMissingSegmentAgain) {
  const auto child = peer_.connect_to_listener();
  bench_.send(child, text_of(60'000));
  static_cast<void>(peer_.take());
  const Unusual missing{.ack = plus(peer_.target_iss, 1)};
  peer_.send(ack, {}, missing);
  EXPECT_EQ(peer_.only().seq, plus(peer_.target_iss, 1 + 14'600));  // limited transmit
  peer_.send(ack, {}, missing);
  EXPECT_EQ(peer_.only().seq, plus(peer_.target_iss, 1 + 16'060));
  peer_.send(ack, {}, missing);
  EXPECT_EQ(peer_.only().seq, plus(peer_.target_iss, 1));
}

TEST_F(StackTest, ADuplicateWithoutSackInformationLetsNoNewTextGoWhereSackWasAgreed) {
  const auto child = peer_.connect_to_listener(wire::encode_options({.mss = 1460, .sack_permitted = true}));
  bench_.send(child, text_of(60'000));
  static_cast<void>(peer_.take());
  const Unusual missing{.ack = plus(peer_.target_iss, 1)};
  peer_.send(ack, {}, missing);
  EXPECT_TRUE(peer_.take().empty());
  Unusual informed = missing;
  informed.sack = {{plus(peer_.target_iss, 1 + 1'460), plus(peer_.target_iss, 1 + 2'920)}};
  peer_.send(ack, {}, informed);
  EXPECT_EQ(peer_.only().seq, plus(peer_.target_iss, 1 + 14'600));
}

TEST_F(StackTest, ATimeoutHalvesTheThresholdAndBeginsWithOneSegment) {
  const auto child = peer_.connect_to_listener();
  bench_.send(child, text_of(60'000));
  static_cast<void>(peer_.take());
  ASSERT_TRUE(bench_.step(seconds{2}));
  const auto again = peer_.only();
  EXPECT_EQ(again.seq, plus(peer_.target_iss, 1));
  EXPECT_EQ(again.text.size(), 1'460U);
  // Slow start up to half the flight (7300), then one segment a window.
  std::size_t outstanding = 1;
  std::vector<std::size_t> sizes;
  SeqNum acknowledged = plus(peer_.target_iss, 1);
  for (int i = 0; i < 8; ++i) {
    acknowledged = plus(acknowledged, 1'460);
    peer_.send(ack, {}, {.ack = acknowledged});
    outstanding = outstanding - 1 + peer_.take().size();
    sizes.push_back(outstanding);
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 3, 4, 5, 5, 5, 5, 5}));
}

TEST_F(StackTest, RetransmissionBacksOffAndEndsWithTheUserTimeout) {
  const auto child = peer_.connect_to_listener();
  bench_.send(child, "lost");
  static_cast<void>(peer_.take());
  const auto start = bench_.now();
  std::vector<std::int64_t> times;
  while (bench_.state(child) == TCPJURY_ESTABLISHED && bench_.step(seconds{100}))
    for (const auto& segment : peer_.take()) {
      EXPECT_EQ(segment.text.size(), 4U);
      times.push_back((bench_.now() - start).count() / 1'000'000'000);
    }
  EXPECT_EQ(times, (std::vector<std::int64_t>{1, 3, 7, 15, 31, 63, 123, 183, 243}));
  EXPECT_EQ((bench_.now() - start), seconds{300});
  EXPECT_EQ(peer_.happenings.back().kind, std::uint32_t{TCPJURY_EVENT_ERROR});
}

TEST_F(StackTest, AReleasedConnectionAnswersTextByAReset) {
  const auto child = peer_.connect_to_listener();
  EXPECT_TRUE(bench_.release(child).ok);
  EXPECT_EQ(peer_.only().flags, fin | ack);
  peer_.send(ack, "too late");
  const auto reset = peer_.only();
  EXPECT_EQ(reset.flags, rst);
  EXPECT_EQ(reset.seq, plus(peer_.target_iss, 2));
  EXPECT_EQ(bench_.state(child), TCPJURY_CLOSED);
}

TEST_F(StackTest, ReleaseWithUnreadTextResets) {
  const auto child = peer_.connect_to_listener();
  peer_.send(ack, "never read");
  EXPECT_TRUE(bench_.release(child).ok);
  EXPECT_EQ(peer_.only().flags, rst);
}

TEST_F(StackTest, ANewerSynEndsTimeWaitAndAnOlderOneDoesNot) {
  const auto child = peer_.connect_to_listener(Peer::everything());
  bench_.close(child);
  static_cast<void>(peer_.take());
  peer_.send(fin | ack);
  static_cast<void>(peer_.take());
  EXPECT_EQ(bench_.state(child), TCPJURY_TIME_WAIT);
  const SeqNum old_end = peer_.rcv_nxt;
  peer_.send(syn, {}, {.seq = SeqNum{5'000}, .ack = {}, .tsval = 4'000});
  for (const auto& segment : peer_.take()) EXPECT_EQ(segment.flags, FlagSet{ack});
  peer_.send(syn, {}, {.seq = SeqNum{90'000}, .tsval = 6'000});
  const auto answer = peer_.only();
  EXPECT_EQ(answer.flags, syn | ack);
  EXPECT_TRUE(wire::before(old_end, answer.seq));
  // The SYN was an old duplicate after all: the peer resets, and TIME-WAIT goes on.
  peer_.send(rst, {}, {.seq = SeqNum{90'001}});
  EXPECT_EQ(bench_.state(child), TCPJURY_TIME_WAIT);
}

TEST_F(StackTest, CongestionMarksAreEchoedUntilTheSenderHasReduced) {
  bench_.listen(80);
  peer_.send(syn | wire::ece | wire::cwr, {}, {.options = Peer::mss_1460()});
  EXPECT_EQ(peer_.only().flags, syn | ack | wire::ece);
  peer_.send(ack);
  const auto child = peer_.accepted();
  peer_.send(ack, "a", {.ecn = 3});
  peer_.send(ack, "b", {.ecn = 2});
  EXPECT_EQ(peer_.only().flags, ack | wire::ece);
  peer_.send(ack | wire::cwr, "c", {.ecn = 2});
  peer_.send(ack, "d", {.ecn = 2});
  EXPECT_EQ(peer_.only().flags, FlagSet{ack});
  bench_.send(child, text_of(20'000));
  static_cast<void>(peer_.take());
  peer_.send(ack | wire::ece, {}, {.ack = plus(peer_.target_iss, 1 + 7'300)});
  peer_.send(ack, {}, {.ack = plus(peer_.target_iss, 1 + 14'600)});
  const auto later = peer_.take();
  ASSERT_FALSE(later.empty());
  EXPECT_TRUE(later.front().flags.has(wire::cwr));
}

TEST_F(StackTest, WhoseSynDidNotAskForEcnDoesNotAgreeToItWhenSynsCross) {
  static_cast<void>(bench_.open(peer_.self));
  const auto own = peer_.only();
  EXPECT_EQ(own.flags, FlagSet{syn});
  peer_.target.port = own.source;
  peer_.nxt = peer_.iss;
  peer_.send(syn | wire::ece | wire::cwr, {}, {.options = Peer::mss_1460()});
  EXPECT_EQ(peer_.only().flags, syn | ack);
}

TEST_F(StackTest, AnEchoAtACongestionWindowOfOneSegmentWaitsForTheTimer) {
  bench_.listen(80);
  peer_.send(syn | wire::ece | wire::cwr, {}, {.options = Peer::mss_1460()});
  static_cast<void>(peer_.take());
  peer_.send(ack);
  const auto child = peer_.accepted();
  bench_.send(child, text_of(1'460));
  ASSERT_TRUE(bench_.step(seconds{2}));  // the timeout makes cwnd one segment
  static_cast<void>(peer_.take());
  bench_.send(child, text_of(20'000));
  peer_.send(ack | wire::ece, {}, {.ack = plus(peer_.target_iss, 1 + 1'460)});
  EXPECT_TRUE(peer_.take().empty());
  ASSERT_TRUE(bench_.step(seconds{5}));
  EXPECT_EQ(peer_.only().seq, plus(peer_.target_iss, 1 + 1'460));
}

TEST_F(StackTest, APathThatIsTooNarrowMakesSegmentsSmaller) {
  const auto child = peer_.connect_to_listener();
  bench_.send(child, text_of(3'000));
  const auto sent = peer_.take();
  ASSERT_GE(sent.size(), 2U);
  auto stranger = sent.front();
  stranger.seq = plus(stranger.seq, 100'000);
  peer_.icmp(3, 4, 1'000, stranger);
  EXPECT_TRUE(peer_.take().empty());
  peer_.icmp(3, 4, 1'000, sent.front());
  const auto again = peer_.take();
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again.front().seq, sent.front().seq);
  for (const auto& segment : again) EXPECT_LE(segment.text.size(), 960U);
}

TEST_F(StackTest, AHardErrorEndsTheAttemptToOpenAndNotAConnection) {
  const auto opened = bench_.open(peer_.self);
  const auto first = peer_.only();
  peer_.icmp(3, 1, 0, first);
  EXPECT_EQ(bench_.state(opened.handle), TCPJURY_SYN_SENT);
  peer_.icmp(3, 3, 0, first);
  EXPECT_EQ(bench_.state(opened.handle), TCPJURY_CLOSED);
}

TEST_F(StackTest, ResetLeadsBackToTheSameOctets) {
  peer_.connect_to_listener(Peer::everything());
  const auto first = peer_.transcript;
  bench_.reset(1);
  Peer again{bench_};
  again.connect_to_listener(Peer::everything());
  EXPECT_EQ(again.transcript, first);
}

TEST(FragmentsTest, PartsInAnyOrderMakeTheirDatagram) {
  for (const auto family : {wire::Family::v4, wire::Family::v6}) {
    Bench bench;
    Peer peer{bench, 40'000, family};
    const auto child = peer.connect_to_listener();
    wire::TcpSegment segment{.source = peer.self.port, .destination = peer.target.port, .seq = peer.nxt};
    segment.ack = peer.rcv_nxt;
    segment.flags = ack;
    segment.text = bytes_of("in two pieces of one datagram");
    wire::Packet packet;
    if (family == wire::Family::v4)
      packet.ip = wire::Ipv4Header{
          .source = peer.self.address, .destination = peer.target.address, .identification = 9};
    else
      packet.ip = wire::Ipv6Header{.source = peer.self.address, .destination = peer.target.address};
    packet.payload = segment;
    const auto parts = wire::fragment(packet, 24);
    ASSERT_EQ(parts.size(), 2U);
    bench.arrive(parts[1]);
    EXPECT_EQ(bench.receive(child).text, "");
    bench.arrive(parts[0]);
    EXPECT_EQ(bench.receive(child).text, "in two pieces of one datagram");
  }
}

TEST_F(StackTest, KeepAlivesGoOutOnlyWhereTheyAreAskedFor) {
  peer_.connect_to_listener();
  bench_.wait(std::chrono::hours{5});
  EXPECT_TRUE(peer_.take().empty());
  Bench asked{"keepalive=on"};
  Peer peer{asked};
  peer.connect_to_listener();
  asked.wait(std::chrono::minutes{121});
  const auto probe = peer.only();
  EXPECT_EQ(probe.seq, peer.target_iss);
  EXPECT_TRUE(probe.text.empty());
}

}  // namespace
}  // namespace tcpjury::reference
