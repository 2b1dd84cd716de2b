// Path MTU discovery (RFC 1191): what a Packet Too Big must, may and must not do to the datagrams that
// follow.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint8_t unreachable = 3, too_big = 4;

/// 1,000 octets of text from `seq` of a stream of one letter, so that pieces can be cut anywhere.
void text(Exchange& x, std::uint32_t seq, std::size_t size, bool last = false) {
  x.out(seq, 1001, last ? "ACK,PSH" : "ACK", std::string(size, 'x'));
}
void two_in_flight(Exchange& x) {
  x.listen();
  wire::TcpSegment syn = Exchange::segment(1000, 0, "SYN");
  syn.options = wire::encode_options({.mss = 1460});
  x.in(syn);
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.in(1001, 5001, "ACK");
  x.fence();
  x.call(UserCall::Kind::send, std::string(8000, 'x'));
  text(x, 5001, 1460);
  text(x, 6461, 1460);
  x.fence();
}

TEST(PacketTooBig, SmallerPiecesHeedIt) {
  Exchange x;
  two_in_flight(x);
  x.icmp(unreachable, too_big, 5001, 1000);
  text(x, 5001, 960);
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const char* id : {"RFC1191-3-1", "RFC1191-3-2", "RFC1191-3-4"}) EXPECT_TRUE(x.held(id)) << id;
}

/// The MTU told (0: none, as by old routers) and the text of the datagram it complains of.
struct Complaint {
  std::uint32_t mtu;
  std::size_t octets;
};

// A datagram that fits into the MTU that is told was not too big, and one of 53 octets tells an old-style
// search nothing about larger ones.
TEST(PacketTooBig, AboutADatagramThatWasNotNeedNotBeHeeded) {
  for (const Complaint& complaint : {Complaint{1000, 100}, Complaint{0, 13}}) {
    Exchange x;
    two_in_flight(x);
    x.icmp(unreachable, too_big, 5001, complaint.mtu, 4000, complaint.octets);
    for (Duration interval = 1s; interval < 30s; interval *= 2) {
      x.wait(interval);
      text(x, 5001, 1460);
    }
    EXPECT_THAT(x.broken(), IsEmpty());
  }
}

TEST(PacketTooBig, DeferredUntilTheTextTimedOutIsPermitted) {
  Exchange x;
  two_in_flight(x);
  x.icmp(unreachable, too_big, 5001, 1000);
  x.wait(2s);
  text(x, 5001, 1460);
  x.wait(4s);
  text(x, 5001, 960);
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(PacketTooBig, NeverHeededIsAViolation) {
  Exchange x;
  two_in_flight(x);
  x.icmp(unreachable, too_big, 5001, 1000);
  for (const auto pause : {2s, 4s, 8s}) {
    x.wait(pause);
    text(x, 5001, 1460);
  }
  EXPECT_THAT(x.broken(), ElementsAre("RFC1191-3-1"));
}

TEST(PacketTooBig, LargerDatagramsSoonAfterAreAViolation) {
  Exchange x;
  two_in_flight(x);
  x.icmp(unreachable, too_big, 5001, 1000);
  text(x, 5001, 960);
  x.in(1001, 5961, "ACK");
  x.fence();
  text(x, 5961, 1460);
  EXPECT_THAT(x.broken(), ElementsAre("RFC1191-3-4"));
}

TEST(PacketTooBig, MustNotRaiseTheEstimate) {
  Exchange x;
  two_in_flight(x);
  x.icmp(unreachable, too_big, 5001, 1000);
  text(x, 5001, 960);
  x.icmp(unreachable, too_big, 5001, 1400);
  x.wait(2s);
  text(x, 5001, 1360);
  EXPECT_THAT(x.broken(), ElementsAre("RFC1191-3-7"));
}

TEST(PacketTooBig, AboutADatagramNeverSentMustNotLowerAnything) {
  Exchange x;
  two_in_flight(x);
  x.icmp(unreachable, too_big, 4000, 1000);
  x.in(1001, 7921, "ACK");
  x.wait(10ms);
  text(x, 7921, 960);
  EXPECT_THAT(x.broken(), IsEmpty()) << "one may be short for other reasons";
  text(x, 8881, 960);
  text(x, 9841, 960);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5927-4.1-1"));
}

TEST(PacketTooBig, AboutADatagramNeverSentIsIgnored) {
  Exchange x;
  two_in_flight(x);
  x.icmp(unreachable, too_big, 4000, 1000);
  x.in(1001, 7921, "ACK");
  text(x, 7921, 1460);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC5927-4.1-1"));
}

TEST(PacketTooBig, BelowTheLeastMtuMustNotBeTaken) {
  Exchange x;
  two_in_flight(x);
  x.icmp(unreachable, too_big, 5001, 50);
  x.in(1001, 7921, "ACK");
  x.wait(10ms);
  for (const std::uint32_t seq : {7921U, 7931U, 7941U}) text(x, seq, 10);
  EXPECT_THAT(x.broken(), testing::Contains("RFC1191-3-6"));
}

TEST(PacketTooBig, OfAnOldRouterAsksForSomethingSmaller) {
  for (const bool heeded : {true, false}) {
    Exchange x;
    two_in_flight(x);
    x.icmp(unreachable, too_big, 5001, 0);
    for (const auto pause : {2s, 4s, 8s}) {
      x.wait(pause);
      text(x, 5001, heeded ? 500 : 1460);
    }
    if (heeded) {
      EXPECT_THAT(x.broken(), IsEmpty());
      EXPECT_TRUE(x.held("RFC1191-3-5"));
    } else {
      EXPECT_THAT(x.broken(), ElementsAre("RFC1191-3-5"));
    }
  }
}

}  // namespace
}  // namespace tcpjury::model
