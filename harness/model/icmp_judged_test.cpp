// ICMP errors about a connection (RFC 9293 section 3.9.2.2; RFC 5927, 5461, 6633): what may follow, what must
// not.
#include <gmock/gmock.h>

#include <functional>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint8_t unreachable = 3, quench = 4, time_exceeded = 11, parameter_problem = 12;
constexpr std::uint8_t net = 0, host = 1, port = 3, too_big = 4, route_failed = 5;

/// 5001 is in flight.
void with_text_in_flight(Exchange& x) {
  x.established();
  x.call(UserCall::Kind::send, "x");
  x.out(5001, 1001, "ACK,PSH", "x");
  x.fence();
}
void syn_sent(Exchange& x) {
  x.open();
  x.out(5000, 0, "SYN");
  x.fence();
}
/// The connection answers text in order: it lives.
void lives(Exchange& x) {
  x.in(1001, 5001, "ACK,PSH", "y");
  x.out(5002, 1002, "ACK");
  x.fence();
}
/// The same segment is answered by the reset of a port that knows no such connection.
void is_gone(Exchange& x) {
  x.in(1001, 5001, "ACK,PSH", "y");
  x.out(5001, 0, "RST");
  x.fence();
}

struct Soft {
  std::uint8_t type;
  std::uint8_t code;
};

TEST(IcmpSoftErrors, ConnectionThatLivesOnIsAsItMustBe) {
  for (const Soft soft : {Soft{unreachable, net}, Soft{unreachable, host}, Soft{unreachable, route_failed},
                          Soft{time_exceeded, 0}, Soft{time_exceeded, 1}, Soft{parameter_problem, 0}}) {
    Exchange x;
    with_text_in_flight(x);
    x.icmp(soft.type, soft.code, 5001);
    lives(x);
    EXPECT_THAT(x.broken(), IsEmpty()) << int{soft.type} << "/" << int{soft.code};
    EXPECT_TRUE(x.held("RFC9293-MUST-56"));
    EXPECT_TRUE(x.held("RFC9293-3.9.2.2-ICMP-SOFT-ESTAB"));
  }
}

TEST(IcmpSoftErrors, MustNotEndASynchronizedConnection) {
  for (const Soft soft : {Soft{unreachable, net}, Soft{unreachable, host}, Soft{unreachable, route_failed},
                          Soft{time_exceeded, 0}, Soft{parameter_problem, 0}}) {
    Exchange x;
    with_text_in_flight(x);
    x.icmp(soft.type, soft.code, 5001);
    is_gone(x);
    EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.9.2.2-ICMP-SOFT-ESTAB"));
  }
}

TEST(IcmpSoftErrors, ResetAtOnceIsAnAbortToo) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, host, 5001);
  x.out(5002, 1001, "RST,ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.9.2.2-ICMP-SOFT-ESTAB"));
}

TEST(IcmpSoftErrors, EndingAnOpenIsReportedAsKnownPractice) {
  Exchange x;
  syn_sent(x);
  x.icmp(unreachable, host, 5000);
  x.wait(20s);  // the SYN is not repeated
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.9.2.2-ICMP-SOFT-SYNSENT"));
  EXPECT_FALSE(x.judge().violations().front().known_practice.empty());
}

TEST(IcmpSoftErrors, NoticeOfAnErrorTellsThatTheOpenWasGivenUp) {
  Exchange x;
  syn_sent(x);
  x.icmp(unreachable, host, 5000);
  x.notice(UserNotice::Kind::error);
  x.in(1000, 5001, "SYN,ACK");
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.9.2.2-ICMP-SOFT-SYNSENT"));
}

TEST(IcmpSoftErrors, OpenThatGoesOnHoldsRfc5461) {
  Exchange x;
  syn_sent(x);
  x.icmp(unreachable, net, 5000);
  x.in(1000, 5001, "SYN,ACK");
  x.out(5001, 1001, "ACK");
  x.fence();
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC5461-4.1-1"));
}

TEST(IcmpHardErrors, AbortIsAsAskedFor) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, port, 5001);
  is_gone(x);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-SHLD-26"));
  EXPECT_TRUE(x.held("RFC9293-3.9.2.2-ICMP-HARD-ESTAB"));
}

TEST(IcmpHardErrors, AbortWithAResetIsAsAskedFor) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, port, 5001);
  x.out(5002, 1001, "RST,ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(IcmpHardErrors, MayBeTakenAsSoftInSynchronizedStates) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, port, 5001);
  lives(x);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC5927-5.2-1"));
}

TEST(IcmpHardErrors, MustEndAnOpen) {
  Exchange x;
  syn_sent(x);
  x.icmp(unreachable, port, 5000);
  x.wait(1s);
  x.out(5000, 0, "SYN");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.9.2.2-ICMP-HARD-SYNSENT"));
}

TEST(IcmpHardErrors, OpenThatEndsIsSilent) {
  Exchange x;
  syn_sent(x);
  x.icmp(unreachable, port, 5000);
  x.wait(60s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(IcmpHardErrors, NumberThatIsNotInFlightMustNotEndAConnection) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, port, 4000);
  is_gone(x);
  EXPECT_THAT(x.broken(), ElementsAre("RFC5927-4.1-1"));
}

TEST(IcmpHardErrors, NumberThatIsNotInFlightIsIgnored) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, port, 90'000);
  lives(x);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC5927-4.1-1"));
}

TEST(IcmpHardErrors, ConnectionThatIsNotQuotedGoesOn) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, port, 5001, 0, 4001);
  lives(x);
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC9293-MUST-54"));
  EXPECT_TRUE(x.held("RFC5927-5.2-2"));
}

TEST(IcmpHardErrors, MustNotEndAConnectionThatIsNotQuoted) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, port, 5001, 0, 4001);
  is_gone(x);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-54"));
}

TEST(SourceQuench, IsDiscarded) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(quench, 0, 5001);
  lives(x);
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const auto* id : {"RFC9293-MUST-55", "RFC6633-5-1", "RFC5927-6.2-1"}) EXPECT_TRUE(x.held(id)) << id;
}

TEST(SourceQuench, MustNotEndAConnection) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(quench, 0, 5001);
  is_gone(x);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.9.2.2-ICMP-SOURCE-QUENCH-ESTAB"));
}

TEST(PacketTooBig, MayBringARetransmissionForward) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, too_big, 5001, 600);
  EXPECT_EQ(x.out(5001, 1001, "ACK,PSH", "x"), EmissionClass::retransmission);
  lives(x);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(PacketTooBig, MustNotEndAConnectionThatForbidsFragments) {
  Exchange x;
  with_text_in_flight(x);
  x.icmp(unreachable, too_big, 5001, 600);
  is_gone(x);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.9.2.2-ICMP-PTB-ESTAB"));
}

TEST(IcmpOfNoClass, MayOrMayNotEndAConnection) {
  constexpr std::uint8_t admin_prohibited = 13;
  for (const bool abort : {true, false}) {
    Exchange x;
    with_text_in_flight(x);
    x.icmp(unreachable, admin_prohibited, 5001);
    abort ? is_gone(x) : lives(x);
    EXPECT_THAT(x.broken(), IsEmpty());
  }
}

}  // namespace
}  // namespace tcpjury::model
