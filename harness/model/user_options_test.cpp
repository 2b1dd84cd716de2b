// What a user sets and is told: every rule convicts who breaks it and leaves alone who keeps it.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class UserOptions : public testing::Test {
 protected:
  Exchange x;

  void SetUp() override { x.established(); }
  void send(std::string_view text, bool urgent = false) {
    x.call_with(UserCall::Kind::send, [&](UserCall& c) {
      c.octets = bytes_of(text);
      c.urgent = urgent;
    });
  }
  void receive(std::string_view text, bool urgent) {
    x.call_with(UserCall::Kind::receive, [&](UserCall& c) {
      c.octets = bytes_of(text);
      c.urgent = urgent;
    });
  }
  wire::TcpSegment pointing(std::uint32_t seq, std::uint32_t ack, std::string_view text, std::uint16_t up) {
    wire::TcpSegment s = Exchange::segment(seq, ack, "URG,ACK,PSH", text);
    s.urgent = up;
    return s;
  }
};

// ---- Nagle -------------------------------------------------------------------------------------------

TEST_F(UserOptions, ASmallWriteGoesOutWithoutNagle) {
  x.set(UserOption::nagle, 0);
  send("one");
  x.out(5001, 1001, "ACK,PSH", "one");
  send("two");
  x.out(5004, 1001, "ACK,PSH", "two");
  EXPECT_TRUE(x.held("RFC9293-MUST-17"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(UserOptions, ASmallWriteThatWaitsWithoutNagleIsAViolation) {
  x.set(UserOption::nagle, 0);
  send("one");
  x.out(5001, 1001, "ACK,PSH", "one");
  send("two");
  x.wait(1200ms);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-17"));
}

TEST_F(UserOptions, AfterALossASmallWriteMayWaitForTheCongestionWindow) {
  x.set(UserOption::nagle, 0);
  send("one");
  x.out(5001, 1001, "ACK,PSH", "one");
  x.wait(1s);
  x.out(5001, 1001, "ACK,PSH", "one");
  send("two");
  x.wait(1500ms);
  EXPECT_THAT(x.broken(), IsEmpty());
}

// ---- keep-alives -------------------------------------------------------------------------------------

TEST_F(UserOptions, AKeepAliveAfterItsIntervalIsRight) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  x.wait(10s);
  EXPECT_EQ(x.out(5000, 1001, "ACK"), EmissionClass::probe);
  x.wait(75s);
  x.out(5000, 1001, "ACK");
  for (const char* id :
       {"RFC9293-MUST-24", "RFC9293-MUST-26", "RFC9293-MUST-27", "RFC9293-MUST-29", "RFC9293-SHLD-12"})
    EXPECT_TRUE(x.held(id)) << id;
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(UserOptions, AKeepAliveBeforeItsIntervalIsAViolation) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  x.wait(5s);
  x.out(5000, 1001, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-26"));
}

TEST_F(UserOptions, AKeepAliveWithinTwoHoursNeedsAnIntervalOfTheUser) {
  x.set(UserOption::keepalive, 1);
  x.wait(10min);
  x.out(5000, 1001, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-28"));
}

TEST_F(UserOptions, AMissingKeepAliveIsAViolation) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  x.wait(30s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-27"));
}

TEST_F(UserOptions, AKeepAliveWithAnOctetBreaksAShould) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  x.wait(10s);
  EXPECT_EQ(x.out(5000, 1001, "ACK", "?"), EmissionClass::probe);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-12"));
}

TEST_F(UserOptions, AKeepAliveWhileTextIsOutstandingIsAViolation) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  send("text");
  x.out(5001, 1001, "ACK,PSH", "text");
  x.out(5004, 1001, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-26"));
}

TEST_F(UserOptions, KeepAlivesThatGoOnAfterTheyWereSwitchedOffAreAViolation) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  x.set(UserOption::keepalive, 0);
  x.wait(10s);
  x.out(5000, 1001, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-24"));
}

TEST_F(UserOptions, SilenceAfterTheyWereSwitchedOffIsRight) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  x.set(UserOption::keepalive, 0);
  x.wait(60s);
  EXPECT_TRUE(x.held("RFC9293-MUST-24"));
}

TEST_F(UserOptions, GivingUpAfterOneKeepAliveIsAViolation) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  x.wait(10s);
  x.out(5000, 1001, "ACK");
  x.wait(75s);
  x.notice(UserNotice::Kind::error);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-29"));
}

TEST_F(UserOptions, GivingUpSilentlyAfterOneKeepAliveShowsInTheNextAnswer) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  x.wait(10s);
  x.out(5000, 1001, "ACK");
  x.wait(75s);
  x.in(1001, 5001, "ACK", "text");
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-29"));
}

TEST_F(UserOptions, GivingUpAfterTwoKeepAlivesIsPermitted) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive, 1);
  x.wait(10s);
  x.out(5000, 1001, "ACK");
  x.wait(75s);
  x.out(5000, 1001, "ACK");
  x.wait(75s);
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(UserOptions, TheUserMaySayThatOneKeepAliveIsEnough) {
  x.set(UserOption::keepalive_idle, 10s);
  x.set(UserOption::keepalive_count, 1);
  x.set(UserOption::keepalive, 1);
  x.wait(10s);
  x.out(5000, 1001, "ACK");
  x.wait(75s);
  x.notice(UserNotice::Kind::error);
  EXPECT_THAT(x.broken(), IsEmpty());
}

// ---- R2 ----------------------------------------------------------------------------------------------

TEST_F(UserOptions, GivingUpAtTheUserTimeoutIsRight) {
  x.set(UserOption::user_timeout, 10s);
  send("x");
  for (const Duration pause : {0s, 1s, 2s, 4s}) {
    x.wait(pause);
    x.out(5001, 1001, "ACK,PSH", "x");
  }
  x.wait(4s);
  x.notice(UserNotice::Kind::error);
  EXPECT_TRUE(x.held("RFC9293-MUST-21"));
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(UserOptions, RetransmittingAtTwiceTheUserTimeoutIsAViolation) {
  x.set(UserOption::user_timeout, 10s);
  send("x");
  for (const Duration pause : {0s, 1s, 2s, 4s, 8s, 16s}) {
    x.wait(pause);
    x.out(5001, 1001, "ACK,PSH", "x");
  }
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-21"));
}

TEST_F(UserOptions, AUserTimeoutOptionOfThePeerChangesNothing) {
  x.set(UserOption::user_timeout, 10s);
  wire::TcpSegment advice = Exchange::segment(1001, 5001, "ACK");
  advice.options = {std::byte{28}, std::byte{4}, std::byte{0x83}, std::byte{0x84}};
  x.in(advice);
  send("x");
  for (const Duration pause : {0s, 1s, 2s, 4s}) {
    x.wait(pause);
    x.out(5001, 1001, "ACK,PSH", "x");
  }
  x.wait(4s);
  x.notice(UserNotice::Kind::error);
  EXPECT_TRUE(x.held("RFC5482-3.1-1"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(UserOptions, ANewTimeoutIsToldByWhoTellsThem) {
  x.set(UserOption::user_timeout, 200s);
  send("x");
  wire::TcpSegment told = Exchange::segment(5001, 1001, "ACK,PSH", "x");
  told.options = {std::byte{28}, std::byte{4}, std::byte{0}, std::byte{200}};
  x.out(told);
  x.set(UserOption::user_timeout, 300s);
  send("y");
  x.in(1001, 5002, "ACK");
  x.out(5002, 1001, "ACK,PSH", "y");
  EXPECT_THAT(x.broken(), ElementsAre("RFC5482-3-3"));
}

TEST_F(UserOptions, FinWait2MayEndByTheTimeoutOfTheUser) {
  x.set(UserOption::user_timeout, 10s);
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5002, "ACK");
  x.wait(10s);
  x.notice(UserNotice::Kind::error);
  EXPECT_TRUE(x.held("RFC9293-3.10.8-USER-TIMEOUT-FINWAIT2"));
  EXPECT_THAT(x.states(), ElementsAre("LISTEN"));
}

// ---- the IP layer ------------------------------------------------------------------------------------

TEST_F(UserOptions, TheDiffservFieldIsThatOfTheUser) {
  x.set(UserOption::diffserv, 46);
  send("x");
  x.tos(46 << 2);
  x.out(5001, 1001, "ACK,PSH", "x");
  EXPECT_TRUE(x.held("RFC9293-MUST-48"));
  EXPECT_TRUE(x.held("RFC9293-SHLD-22"));
}

TEST_F(UserOptions, AnotherDiffservFieldIsAViolation) {
  x.set(UserOption::diffserv, 46);
  send("x");
  x.out(5001, 1001, "ACK,PSH", "x");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-48"));
}

TEST_F(UserOptions, AFormerDiffservFieldBreaksAShould) {
  x.set(UserOption::diffserv, 46);
  x.set(UserOption::diffserv, 8);
  send("x");
  x.tos(46 << 2);
  x.out(5001, 1001, "ACK,PSH", "x");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-21"));
}

TEST_F(UserOptions, TheBitsOfEcnAreNotTheUsers) {
  x.set(UserOption::diffserv, 46);
  x.tos((46 << 2) | 3);
  send("x");
  x.out(5001, 1001, "ACK,PSH", "x");
  EXPECT_TRUE(x.held("RFC9293-MUST-48"));
}

TEST_F(UserOptions, TheTimeToLiveIsThatOfTheUser) {
  x.set(UserOption::ttl, 33);
  x.ttl(33);
  send("x");
  x.out(5001, 1001, "ACK,PSH", "x");
  EXPECT_TRUE(x.held("RFC9293-MUST-49"));
}

TEST_F(UserOptions, AnotherTimeToLiveIsAViolation) {
  x.set(UserOption::ttl, 33);
  send("x");
  x.out(5001, 1001, "ACK,PSH", "x");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-49"));
}

// ---- urgent text -------------------------------------------------------------------------------------

TEST_F(UserOptions, UrgentTextPointsBehindItsLastOctet) {
  send("urgent", true);
  x.out(pointing(5001, 1001, "urgent", 6));
  for (const char* id : {"RFC9293-MUST-30", "RFC9293-MUST-62", "RFC6093-4-1", "RFC6093-5-1"})
    EXPECT_TRUE(x.held(id)) << id;
}

TEST_F(UserOptions, APointerToTheLastUrgentOctetIsAViolation) {
  send("urgent", true);
  x.out(pointing(5001, 1001, "urgent", 5));
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-62"));
}

TEST_F(UserOptions, UrgentTextWithoutUrgIsAViolation) {
  send("urgent", true);
  x.out(5001, 1001, "ACK,PSH", "urgent");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-30"));
}

TEST_F(UserOptions, EverySegmentOfUrgentTextHasUrg) {
  send("urgent", true);
  x.out(5001, 1001, "ACK", "urg");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-31"));
}

TEST_F(UserOptions, TextBeforeUrgentTextNeedsNoUrg) {
  send("plain");
  send("urgent", true);
  x.out(5001, 1001, "ACK", "plain");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(UserOptions, ThePointerOfOlderTextIsRightToo) {
  send("plain");
  send("urgent", true);
  x.out(pointing(5001, 1001, "plain", 5));
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-62"));
}

TEST_F(UserOptions, UrgentTextIsTold) {
  x.set(UserOption::urgent, 1);
  x.in(pointing(1001, 5001, "urgent", 6));
  x.notice(UserNotice::Kind::urgent);
  receive("ur", true);
  receive("gent", false);
  EXPECT_TRUE(x.held("RFC9293-MUST-32"));
  EXPECT_TRUE(x.held("RFC9293-MUST-33"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(UserOptions, UrgentTextThatIsNotToldIsAViolation) {
  x.set(UserOption::urgent, 1);
  x.in(pointing(1001, 5001, "urgent", 6));
  x.out(5001, 1007, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-32"));
}

TEST_F(UserOptions, APointerThatMovesOnIsToldAgain) {
  x.set(UserOption::urgent, 1);
  x.in(pointing(1001, 5001, "urgent", 6));
  x.notice(UserNotice::Kind::urgent);
  x.out(5001, 1007, "ACK");
  x.in(pointing(1007, 5001, "more", 4));
  x.out(5001, 1011, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-32"));
}

TEST_F(UserOptions, WhoHasReadAllOfItNeedsNotBeTold) {
  x.set(UserOption::urgent, 1);
  x.in(pointing(1001, 5001, "urgent", 6));
  receive("urgent", false);
  x.out(5001, 1007, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(UserOptions, ReceiveThatHidesUrgentTextIsAViolation) {
  x.set(UserOption::urgent, 1);
  x.in(pointing(1001, 5001, "urgent", 6));
  x.notice(UserNotice::Kind::urgent);
  receive("ur", false);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-33"));
}

TEST_F(UserOptions, WhetherThePointedOctetIsUrgentIsLeftOpen) {
  x.set(UserOption::urgent, 1);
  x.in(pointing(1001, 5001, "urgent", 6));
  x.notice(UserNotice::Kind::urgent);
  receive("urgen", false);
  EXPECT_THAT(x.broken(), IsEmpty());
}

// ---- soft errors -------------------------------------------------------------------------------------

constexpr std::uint8_t unreachable = 3;
constexpr std::uint8_t host_unreachable = 1;

TEST_F(UserOptions, ASoftErrorIsReported) {
  x.set(UserOption::error_reports, 1);
  send("x");
  x.out(5001, 1001, "ACK,PSH", "x");
  x.icmp(unreachable, host_unreachable, 5001);
  x.notice(UserNotice::Kind::soft_error);
  EXPECT_TRUE(x.held("RFC9293-MUST-47"));
  EXPECT_TRUE(x.held("RFC9293-SHLD-25"));
}

TEST_F(UserOptions, ASoftErrorThatIsNotReportedIsAViolation) {
  x.set(UserOption::error_reports, 1);
  send("x");
  x.out(5001, 1001, "ACK,PSH", "x");
  x.icmp(unreachable, host_unreachable, 5001);
  x.wait(1200ms);
  EXPECT_THAT(x.broken(), Contains("RFC9293-MUST-47"));
}

TEST_F(UserOptions, AForgedErrorNeedsNoReport) {
  x.set(UserOption::error_reports, 1);
  send("x");
  x.out(5001, 1001, "ACK,PSH", "x");
  x.icmp(unreachable, host_unreachable, 9999);
  x.wait(1200ms);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(UserOptions, AReportAfterTheyWereSwitchedOffBreaksAShould) {
  x.set(UserOption::error_reports, 1);
  x.set(UserOption::error_reports, 0);
  send("x");
  x.out(5001, 1001, "ACK,PSH", "x");
  x.icmp(unreachable, host_unreachable, 5001);
  x.notice(UserNotice::Kind::soft_error);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-20"));
}

TEST_F(UserOptions, GivingUpWithoutAReportBeforeBreaksAShould) {
  x.set(UserOption::error_reports, 1);
  x.set(UserOption::user_timeout, 10s);
  send("x");
  for (const Duration pause : {0s, 1s, 2s, 4s}) {
    x.wait(pause);
    x.out(5001, 1001, "ACK,PSH", "x");
  }
  x.wait(4s);
  x.notice(UserNotice::Kind::error);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-9"));
}

}  // namespace
}  // namespace tcpjury::model
