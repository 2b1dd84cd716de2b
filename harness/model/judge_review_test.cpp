// Conduct that the text permits and that one looked at only on the usual paths would take for a fault, and
// faults that hide behind such paths.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

wire::TcpSegment with_window(wire::TcpSegment s, std::uint16_t window) {
  s.window = window;
  return s;
}
wire::TcpSegment with_stamp(wire::TcpSegment s, std::uint32_t value, std::uint32_t echo = 0) {
  const bool syn = s.flags.has(wire::syn);
  s.options = wire::encode_options({.mss = syn ? std::optional<std::uint16_t>{1460} : std::nullopt,
                                    .timestamps = wire::Timestamps{value, echo}});
  return s;
}
/// Both SYNs carried timestamps; the tester's clock stood at 100.
void established_with_timestamps(Exchange& x) {
  x.listen();
  x.in(with_stamp(Exchange::segment(1000, 0, "SYN"), 100));
  x.out(with_stamp(Exchange::segment(5000, 1001, "SYN,ACK"), 1, 100));
  x.in(with_stamp(Exchange::segment(1001, 5001, "ACK"), 101));
  x.fence();
}
void time_wait(Exchange& x) {
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  x.fence();
}

TEST(SynAckWithText, ItsSynMayBeAcknowledgedFirstAndAlone) {
  Exchange x;  // 3.10.7.3 forms the ACK, then goes on to the sixth check
  x.open();
  x.out(5000, 0, "SYN");
  x.in(1000, 5001, "SYN,ACK", "hello");
  x.out(5001, 1001, "ACK");
  x.out(5001, 1006, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TextWithFin, ItsTextMayBeAcknowledgedBeforeItsFin) {
  Exchange x;  // the seventh check sends an acknowledgment, and so does the eighth
  x.established();
  x.in(1001, 5001, "FIN,ACK", "hello");
  x.out(5001, 1006, "ACK");
  x.out(5001, 1007, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.states(), ElementsAre("CLOSE-WAIT"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TextWithFin, AcknowledgingItsTextAloneIsNotEnough) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "FIN,ACK", "hello");
  x.out(5001, 1006, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.4-FIN-INORDER-ESTAB"));
}

TEST(SecondFin, MayBeCountedOnceMore) {
  for (const std::uint32_t ack : {1002U, 1003U}) {
    Exchange x;
    x.established();
    x.in(1001, 5001, "FIN,ACK");
    x.out(5001, 1002, "ACK");
    x.in(1002, 5001, "FIN,ACK");
    x.out(5001, ack, "ACK");
    EXPECT_THAT(x.broken(), IsEmpty());
  }
}

TEST(PartialAcknowledgment, LeavesTheTimerBackedOff) {
  Exchange x;  // RFC 6298 section 5.3: restart for the current value of RTO
  x.established();
  x.call(UserCall::Kind::send, "abcd");
  x.out(5001, 1001, "ACK,PSH", "abcd");
  for (const auto rto : {1s, 2s, 4s, 8s, 16s}) {
    x.wait(rto);
    x.out(5001, 1001, "ACK,PSH", "abcd");
  }
  x.in(1001, 5003, "ACK");
  x.wait(32s);
  x.out(5003, 1001, "ACK,PSH", "cd");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TailLossProbe, DoesNotCountAsAnExpiry) {
  Exchange x;  // RFC 8985 section 7.3
  x.established();
  x.call(UserCall::Kind::send, "abcd");
  x.out(5001, 1001, "ACK,PSH", "abcd");
  x.wait(1s);
  x.out(5001, 1001, "ACK,PSH", "abcd");
  x.wait(1s);
  x.out(5001, 1001, "ACK,PSH", "abcd");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ZeroWindow, TextOutstandingIsProbedForAndNotRetransmitted) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::send, "abcd");
  x.out(5001, 1001, "ACK,PSH", "abcd");
  x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 0));
  for (const auto interval : {5s, 5s, 6s, 12s, 24s, 60s, 60s}) {
    x.wait(interval);
    x.out(5001, 1001, "ACK", "a");
  }
  x.in(1001, 5001, "ACK");
  x.wait(10s);
  x.out(5001, 1001, "ACK,PSH", "abcd");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ZeroWindow, TheProbeMayCarryTheFinBehindTheLastOctet) {
  Exchange x;
  x.established();
  x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 0));
  x.call(UserCall::Kind::send, "a");
  x.call(UserCall::Kind::close);
  x.wait(5s);
  EXPECT_EQ(x.out(5001, 1001, "FIN,ACK,PSH", "a"), EmissionClass::probe);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ZeroWindow, ASecondFinIsOnlyAcknowledged) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "FIN,ACK");
  x.out(with_window(Exchange::segment(5001, 1002, "ACK"), 0));
  x.in(1002, 5001, "FIN,ACK");
  x.out(with_window(Exchange::segment(5001, 1002, "ACK"), 0));
  EXPECT_THAT(x.states(), ElementsAre("CLOSE-WAIT"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ZeroWindow, TextBeyondAGapIsNotAcknowledged) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", "a");
  x.out(with_window(Exchange::segment(5001, 1002, "ACK"), 0));
  x.in(1005, 5001, "ACK", "xy");
  x.out(5001, 1007, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-14", "RFC9293-3.10.7.4-SEQ-ZEROWND-ESTAB"));
}

TEST(ZeroWindow, AWrongAckInSynReceivedMayBeReset) {
  Exchange x;  // 3.5.2 group 2
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(with_window(Exchange::segment(5000, 1001, "SYN,ACK"), 0));
  x.in(1001, 5002, "ACK", "a");
  x.out(5002, 0, "RST");
  EXPECT_THAT(x.states(), ElementsAre("SYN-RECEIVED"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Fin, WaitsForRoomInTheWindow) {
  Exchange x;
  x.established();
  x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 4));
  x.call(UserCall::Kind::send, "abcd");
  x.out(5001, 1001, "ACK,PSH", "abcd");
  x.call(UserCall::Kind::close);
  x.wait(3s);
  EXPECT_THAT(x.broken(), IsEmpty());
  x.in(1001, 5005, "ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.4-CLOSE-ESTAB"));
}

TEST(Timestamps, ASynWithoutThemMayBeDroppedSilently) {
  Exchange x;  // RFC 7323 section 3.2: if a non-RST segment lacks the option, silently drop it
  established_with_timestamps(x);
  x.in(1000U + (1U << 30U), 0, "SYN");
  x.wait(2s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Timestamps, PawsComparesWithTheLatest) {
  Exchange x;
  established_with_timestamps(x);
  x.in(with_stamp(Exchange::segment(1001, 5001, "ACK,PSH", "a"), 300));
  x.out(with_stamp(Exchange::segment(5001, 1002, "ACK"), 2, 300));
  x.in(with_stamp(Exchange::segment(1002, 5001, "ACK,PSH", "b"), 200));
  x.out(with_stamp(Exchange::segment(5001, 1002, "ACK"), 3, 300));
  x.wait(2s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TimeWait, ANewerTimestampOpensAnewWhateverTheSequenceNumberIs) {
  Exchange x;  // RFC 6191 section 2
  x.established();
  time_wait(x);
  x.in(with_stamp(Exchange::segment(900, 0, "SYN"), 1));
  x.out(with_stamp(Exchange::segment(90'000, 901, "SYN,ACK"), 1, 1));
  EXPECT_THAT(x.states(), ElementsAre("SYN-RECEIVED"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(TimeWait, TheNewInitialSequenceNumberLiesBeyondTheOldOnes) {
  Exchange x;
  x.established();
  time_wait(x);
  x.in(50'000, 0, "SYN");
  x.out(4000, 50'001, "SYN,ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MAY-2"));
}

TEST(TimeWait, MayBeRestartedByWhateverReachesTheFifthCheck) {
  Exchange x;
  x.established();
  time_wait(x);
  x.wait(110s);
  x.in(1002, 5002, "ACK");
  x.wait(60s);
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

// RFC 9293 section 3.10.7.4: by table 6 a segment that begins before RCV.NXT and ends in the window is
// acceptable, and the fourth check sends a passive opener back to LISTEN; trimmed to the window it is a
// duplicate SYN.
TEST(OldSynWithAFinInTheWindow, MayReturnThePassiveOpenerToListen) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.in(1000, 0, "SYN,FIN");
  x.wait(std::chrono::seconds{2});
  x.in(1001, 5001, "ACK");
  x.out(5001, 0, "RST");
  x.wait(std::chrono::minutes{2});
  EXPECT_THAT(x.broken(), testing::IsEmpty());
}

TEST(OldSynWithAFinInTheWindow, MayBeTakenForADuplicate) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
  x.in(1000, 0, "SYN,FIN");
  x.out(5001, 1001, "ACK");
  x.wait(std::chrono::seconds{2});
  EXPECT_THAT(x.broken(), testing::IsEmpty());
  EXPECT_THAT(x.states(), testing::Contains("SYN-RECEIVED"));
}

TEST(CloseInSynReceived, TheSynAckIsStillRepeatedUntilItIsAcknowledged) {
  Exchange x;  // 3.10.4: form a FIN segment and send it, and enter FIN-WAIT-1
  x.open();
  x.out(5000, 0, "SYN");
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.wait(1s);
  x.out(5000, 1001, "SYN,ACK");
  EXPECT_THAT(x.states(), ElementsAre("FIN-WAIT-1"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Options, ASynThatOpensNothingDoesNotWithdrawTheOffer) {
  Exchange x;
  x.listen();
  wire::TcpSegment syn = Exchange::segment(1000, 0, "SYN");
  syn.options = wire::encode_options({.mss = 1460, .window_scale = 2});
  x.in(syn);
  wire::TcpSegment answer = Exchange::segment(5000, 1001, "SYN,ACK");
  answer.options = wire::encode_options({.mss = 1460, .window_scale = 3});
  x.out(answer);
  x.in(900, 0, "SYN");
  x.wait(1s);
  x.out(answer);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(HeldText, MayHaveBeenKeptInPart) {
  Exchange x;
  x.established();
  x.in(1003, 5001, "ACK", "cd");
  x.out(5001, 1001, "ACK");
  x.in(1005, 5001, "ACK", "ef");
  x.out(5001, 1001, "ACK");
  x.in(1001, 5001, "ACK", "ab");
  x.in(1007, 5001, "ACK", "gh");
  x.out(5001, 1005, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Citation, TextAndFinAreJudgedByTheStateTheyFound) {
  Exchange x;
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5002, "FIN,ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.4-FIN+ACK-FIN-FINWAIT1"));

  Exchange y;
  y.listen();
  y.in(1000, 0, "SYN");
  y.out(5000, 1001, "SYN,ACK");
  y.in(1001, 5001, "ACK,PSH", "hello");
  y.wait(2s);
  EXPECT_THAT(y.broken(), ElementsAre("RFC9293-3.10.7.4-ACK-OF-SYN+DATA-SYNRCVD-P"));
}

TEST(Citation, ARepeatedSynAckIsASynWhereNoRowNamesIt) {
  Exchange x;
  x.established_actively();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5002, "ACK");
  x.in(1000, 5001, "SYN,ACK");
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.4-SYN-OUT-FINWAIT2"));
}

TEST(Crossing, AnAcknowledgmentMayHaveLeftBeforeTheNextTextCame) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", "ab");
  x.in(1003, 5001, "ACK", "cd");
  x.out_crossing(Exchange::segment(5001, 1003, "ACK"));
  x.out(5001, 1005, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Crossing, IsNoExcuseForTextThatIsNeverAcknowledged) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", "ab");
  x.out_crossing(Exchange::segment(5001, 1001, "ACK"));
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.7.4-DATA-INORDER-ESTAB"));
}

TEST(Crossing, AResetThatOvertakesTheSynAckLeavesNothingToJudge) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.in(1001, 0, "RST");
  x.out(5000, 1001, "SYN,ACK");
  x.wait(100s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(ListenerClosed, ItsChildrenMayBeReset) {
  Exchange x;
  x.established();
  UserCall close{};
  close.kind = UserCall::Kind::close;
  close.connection.target = Exchange::tuple().target;
  x.judge().call(exactly(clock_epoch), close);
  x.out(5001, 0, "RST");
  EXPECT_THAT(x.states(), ElementsAre("CLOSED"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Text, ThatCoversTheWholeWindowMayBeDropped) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", "ab");
  x.out(with_window(Exchange::segment(5001, 1003, "ACK"), 2));
  x.in(1001, 5001, "ACK", "abcdefgh");
  x.out(with_window(Exchange::segment(5001, 1003, "ACK"), 2));
  x.wait(2s);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-14"));
}

TEST(Release, TheResetMustBeAcceptableToThePeer) {
  for (const std::uint32_t seq : {5002U, 777U}) {
    Exchange x;
    x.established();
    x.call(UserCall::Kind::release);
    x.out(5001, 1001, "FIN,ACK");
    x.in(1001, 5002, "ACK", "late");
    x.out(seq, 0, "RST");
    EXPECT_EQ(x.broken().empty(), seq == 5002);
  }
}

TEST(Options, ARepeatedSynMayLeaveThemOut) {
  Exchange x;
  x.open();
  x.out(with_stamp(Exchange::segment(5000, 0, "SYN"), 1));
  x.wait(1s);
  x.out(5000, 0, "SYN");
  x.in(with_stamp(Exchange::segment(1000, 5001, "SYN,ACK"), 1));
  x.out(5001, 1001, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST(Citation, AGratuitousAcknowledgmentIsNotBlamedOnTextThatIsOwed) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", "z");
  x.out(5001, 1002, "ACK");
  x.call(UserCall::Kind::send, "ab");
  x.out(5001, 1002, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC5681-4.2-3"));
}

}  // namespace
}  // namespace tcpjury::model
