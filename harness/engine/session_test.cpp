#include "harness/engine/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/test_case_test.h"

namespace tcpjury::engine {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* syn_listen = "RFC9293-3.10.7.2-SYN-LISTEN";

/// Answers a SYN with what the function makes of the right SYN,ACK.
void answer_syn(FakeTarget& target, std::function<std::vector<wire::TcpSegment>(wire::TcpSegment)> change) {
  target.on_segment = [change](const wire::TcpSegment& s) -> std::optional<std::vector<wire::TcpSegment>> {
    if (!s.flags.has(wire::syn)) return std::nullopt;
    wire::TcpSegment answer;
    answer.source = s.destination;
    answer.destination = s.source;
    answer.seq = FakeTarget::iss;
    answer.ack = s.end();
    answer.flags = wire::syn | wire::ack;
    answer.window = 8192;
    answer.options = wire::encode_options({.mss = 1460});
    return change(answer);
  };
}

TEST(Session, PassiveHandshakePasses) {
  FakeTarget target;
  const CaseResult result = run(target, R"(
    [[step]]
    call = { listen = {} }
    [[step]]
    send = { ctl = "SYN", seq = "J" }
    [[step]]
    expect = { ctl = "SYN,ACK", seq = "K", ack = "J+1" }
    [[step]]
    send = { ctl = "ACK", seq = "J+1", ack = "K+1" }
    [[step]]
    expect_event = "accepted"
    [[step]]
    expect_state = "ESTABLISHED")");
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
  ASSERT_EQ(target.heard.size(), 2U);
  EXPECT_EQ(target.heard[1].tcp()->ack, FakeTarget::iss + wire::SeqLen{1}) << "K is what the target chose";
}

TEST(Session, ActiveOpenLearnsTheTargetsPort) {
  FakeTarget target;
  const CaseResult result = run(target, R"(
    [[step]]
    call = { open = {} }
    [[step]]
    expect = { ctl = "SYN", seq = "K" }
    [[step]]
    send = { ctl = "SYN,ACK", seq = "J", ack = "K+1" }
    [[step]]
    expect = { ctl = "ACK", seq = "K+1", ack = "J+1" }
    [[step]]
    expect_event = "opened")");
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
}

TEST(Session, SameSeedGivesTheSameOctets) {
  const auto octets = [] {
    FakeTarget target;
    std::vector<Bytes> all;
    for (const TranscriptEvent& e : run(target, established("")).transcript) all.push_back(e.octets);
    return all;
  };
  EXPECT_EQ(octets(), octets());
}

// ---- verdicts -----------------------------------------------------------------------------------------

constexpr const char* odd_window = R"(
    [[step]]
    call = { listen = {} }
    [[step]]
    send = { ctl = "SYN" }
    [[step]]
    expect = { ctl = "SYN,ACK", wnd = 1 }
)";

TEST(Session, MismatchThatTheModelPermitsIsInconclusive) {
  FakeTarget target;
  const CaseResult result = run(target, odd_window);
  EXPECT_EQ(result.verdict, Verdict::inconclusive) << marks(result);
  EXPECT_THAT(result.reason, HasSubstr("permitted alternative"));
  EXPECT_THAT(result.reason, HasSubstr("wnd is 8192 instead of 1"));
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Session, MismatchBreaksTheRequirementItsStepNames) {
  FakeTarget target;
  const CaseResult result = run(target, std::string{odd_window} + "requirement = \"RFC9293-MUST-2\"");
  EXPECT_EQ(result.verdict, Verdict::fail);
  ASSERT_THAT(result.violations, SizeIs(1));
  const CaseViolation& v = result.violations.front();
  EXPECT_EQ(v.what.requirement, "RFC9293-MUST-2");
  EXPECT_EQ(v.step, 3U);
  EXPECT_GT(v.line, 0U);
  EXPECT_THAT(v.what.got, HasSubstr("<CTL=SYN,ACK>"));
  EXPECT_THAT(v.what.want, ElementsAre("<CTL=SYN,ACK><WND=1>"));
  EXPECT_EQ(v.fingerprint.size(), 16U);
}

TEST(Session, MismatchOfAShouldWarnsAndFailsWhenStrict) {
  FakeTarget target;
  const scenario::Variant variant = load(std::string{odd_window} + "requirement = \"RFC9293-SHLD-5\"");
  EXPECT_EQ(run(target, variant).verdict, Verdict::warn);
  SessionConfig strict = config_for(target);
  strict.strict_should = true;
  EXPECT_EQ(run_virtual(variant, strict, target).verdict, Verdict::fail);
}

TEST(Session, ViolationOfTheModelFailsWhateverTheStepsSay) {
  FakeTarget target;
  answer_syn(target, [](wire::TcpSegment s) {
    s.ack = s.ack + wire::SeqLen{1};
    return std::vector{s};
  });
  const CaseResult result = run(target, R"(
    [[step]]
    call = { listen = {} }
    [[step]]
    send = { ctl = "SYN" }
    [[step]]
    expect = { ctl = "SYN,ACK" })");
  EXPECT_EQ(result.verdict, Verdict::fail) << marks(result);
  EXPECT_THAT(result.violations, SizeIs(1));
}

TEST(Session, SilentTargetFailsByTheObligationItDidNotMeet) {
  FakeTarget target;
  answer_syn(target, [](const wire::TcpSegment&) { return std::vector<wire::TcpSegment>{}; });
  const CaseResult result = run(target, R"(
    [[step]]
    call = { listen = {} }
    [[step]]
    send = { ctl = "SYN" }
    [[step]]
    expect = { ctl = "SYN,ACK" })");
  EXPECT_EQ(result.verdict, Verdict::fail) << marks(result);
  ASSERT_THAT(result.violations, SizeIs(1));
  EXPECT_EQ(result.violations.front().what.requirement, syn_listen);
  EXPECT_EQ(result.violations.front().what.got, "nothing");
}

TEST(Session, RequirementsCountOnlyWhereEvaluated) {
  FakeTarget target;
  scenario::Variant variant = established("");
  variant.requirements = {syn_listen, "RFC9293-MUST-60"};
  const CaseResult result = run(target, variant);
  const auto verdict_for = [&](std::string_view id) {
    for (const RequirementResult& r : result.requirements) {
      if (r.id == id) return r.verdict;
    }
    return Verdict::error;
  };
  EXPECT_EQ(verdict_for(syn_listen), Verdict::pass);
  EXPECT_EQ(verdict_for("RFC9293-MUST-60"), Verdict::inconclusive);
}

TEST(Session, NameNobodyBoundIsAnError) {
  FakeTarget target;
  StepBuilder steps{"main"};
  steps.send({.ctl = "ACK", .data = "N"});
  const CaseResult result = run(target, case_of(steps.take()));
  EXPECT_EQ(result.verdict, Verdict::error);
  EXPECT_THAT(result.reason, HasSubstr("N"));
}

TEST(Session, BeliefTheModelDoesNotHoldIsInconclusive) {
  FakeTarget target;
  StepBuilder steps{"main"};
  steps.send({.ctl = "ACK", .ack = "target.snd.nxt"});
  EXPECT_EQ(run(target, case_of(steps.take())).verdict, Verdict::inconclusive);
}

TEST(Session, MissingCapabilityIsNamed) {
  FakeTarget target;
  target.mutable_traits().capabilities.erase(scenario::Capability::close);
  scenario::Variant variant = established("");
  variant.start_in = model::State::fin_wait_1;
  const CaseResult result = run(target, variant);
  EXPECT_EQ(result.verdict, Verdict::not_applicable);
  EXPECT_EQ(result.missing, "close");
  EXPECT_THAT(target.heard, IsEmpty());
}

TEST(Session, MissingFamilyAndMissingPeersAreNotApplicable) {
  FakeTarget target;
  scenario::Variant six = case_of({});
  six.family = wire::Family::v6;
  EXPECT_EQ(run(target, six).missing, "ipv6");
  StepBuilder steps{"other@3"};
  EXPECT_EQ(run(target, case_of(steps.send({.ctl = "SYN"}).take())).missing, "3 tester addresses");
}

TEST(Session, ScenarioWithMoreConnectionsThanPortsIsNotApplicable) {
  FakeTarget target;
  StepBuilder steps{"c0"};
  for (int i = 1; i < 300; ++i) steps.on("c" + std::to_string(i)).send({.ctl = "SYN"});
  EXPECT_EQ(run(target, case_of(steps.take())).verdict, Verdict::not_applicable);
}

TEST(Session, MismatchOfAMayIsInconclusive) {
  FakeTarget target;
  const CaseResult result = run(target, std::string{odd_window} + "requirement = \"RFC9293-MAY-1\"");
  EXPECT_EQ(result.verdict, Verdict::inconclusive) << marks(result);
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(Session, RefusedListenIsAnError) {
  FakeTarget target;
  target.refuses_calls = true;
  const CaseResult result = run(target, R"(
    [[step]]
    call = { listen = {} })");
  EXPECT_EQ(result.verdict, Verdict::error);
  EXPECT_THAT(result.reason, HasSubstr("address in use"));
}

// ---- skipping -----------------------------------------------------------------------------------------

/// Ten octets that the tester does not acknowledge and that the target sends again after a second.
scenario::Variant retransmission(FakeTarget& target, const std::string& then) {
  target.on_call = [&target](FakeTarget::Connection& c, const AppRequest& request) {
    if (request.kind != AppRequest::Kind::send) return;
    wire::TcpSegment again = target.segment(c, wire::ack | wire::psh);
    again.text = request.octets;
    target.scheduled.emplace(clock_epoch + 1s, again);
  };
  return established(R"(
    [[step]]
    call = { send = 10 }
    [[step]]
    expect = { seq = "K+1", data = 10 }
  )" + then);
}

TEST(Session, RetransmissionIsSkippedAndRecorded) {
  FakeTarget target;
  const CaseResult result = run(target, retransmission(target, R"(
    [[step]]
    wait = "2s"
    [[step]]
    send = { data = 1, ack = "K+1" }
    [[step]]
    expect = { ctl = "ACK", seq = "K+11", ack = "J+2" })"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
  EXPECT_THAT(result.transcript, Contains(Field(&TranscriptEvent::note, "skipped: retransmission")));
}

TEST(Session, RetransmissionIsTakenWhereTheStepMeansIt) {
  FakeTarget target;
  const CaseResult result = run(target, retransmission(target, R"(
    [[step]]
    expect = { seq = "K+1", data = 10 })"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
}

TEST(Session, RetransmissionDoesNotBreakSilence) {
  FakeTarget target;
  const CaseResult result = run(target, retransmission(target, R"(
    [[step]]
    expect_nothing = "2s")"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
}

// ---- step kinds ---------------------------------------------------------------------------------------

TEST(Session, SilenceIsBrokenByNewText) {
  FakeTarget target;
  const std::string steps = R"(
    [[step]]
    call = { send = 3 }
    [[step]]
    expect_nothing = )";
  EXPECT_EQ(run(target, established(steps + "\"1s\"")).verdict, Verdict::inconclusive);
  const CaseResult named = run(target, established(steps + "\"1s\"\nrequirement = \"RFC9293-MUST-2\""));
  EXPECT_EQ(named.verdict, Verdict::fail);
  const CaseResult except = run(target, established(steps + "{ for = \"1s\", except = [{ data = 3 }] }"));
  EXPECT_EQ(except.verdict, Verdict::pass) << marks(except);
  EXPECT_GE(except.duration, 1s);
}

TEST(Session, WaitTakesItsTimeOnTheTargetsClock) {
  FakeTarget target;
  const CaseResult result = run(target, "[[step]]\nwait = \"2MSL+5s\"");
  EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_EQ(result.duration, 65s) << "the target claims an MSL of 30 s";
}

TEST(Session, AlternativeThatMatchesDecidesWhatFollows) {
  FakeTarget target;
  const CaseResult result = run(target, established(R"(
    [[step]]
    send = { data = 5 }
    [[step]]
    any_of = [
      { expect = { ctl = "RST" } },
      { expect = { ctl = "ACK", ack = "J+6" }, then = [{ send = { data = 7 } }] },
    ]
    [[step]]
    expect = { ack = "J+13" })"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
}

TEST(Session, NoAlternativeMatches) {
  FakeTarget target;
  const CaseResult result = run(target, established(R"(
    [[step]]
    send = { data = 5 }
    [[step]]
    any_of = [{ expect = { ctl = "RST" } }, { expect = { ctl = "ACK", wnd = 7 } }])"));
  EXPECT_EQ(result.verdict, Verdict::inconclusive) << marks(result);
  EXPECT_THAT(result.reason, HasSubstr("want <CTL=RST> or <CTL=ACK><WND=7>"));
}

TEST(Session, RepetitionSeesItsCounter) {
  FakeTarget target;
  const CaseResult result = run(target, established(R"(
    [[step]]
    repeat = { count = 3, counter = "i", steps = [
      { send = { seq = "J+1+4*i", data = 4 } },
      { expect = { ack = "J+5+4*i" } },
    ] }
    [[step]]
    call = { receive = 100 })"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
  EXPECT_EQ(target.heard.size(), 2U + 3U);
}

TEST(Session, EventThatDoesNotComeIsInconclusive) {
  FakeTarget target;
  const CaseResult result = run(target, established(R"(
    [[step]]
    expect_event = "reset"
    within = "1s")"));
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_THAT(result.reason, HasSubstr("got accepted, want reset"));
}

TEST(Session, SegmentsOfOneStepGoBackToBack) {
  FakeTarget target;
  const CaseResult result = run(target, established(R"(
    [[step]]
    send = [{ data = 4 }, { data = 4 }]
    [[step]]
    expect = { ack = "J+5" }
    [[step]]
    expect = { ack = "J+9" })"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
}

TEST(Session, DamagedSegmentIsNotAnswered) {
  FakeTarget target;
  const CaseResult result = run(target, established(R"(
    [[step]]
    send = { data = 4, checksum = "bad" }
    [[step]]
    expect_nothing = "1s"
    [[step]]
    send = { data = 4 }
    [[step]]
    expect = { ack = "J+5" })"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
}

TEST(Session, FragmentsArriveAsTwoDatagrams) {
  FakeTarget target;
  const CaseResult result = run(target, established(R"(
    [[step]]
    send = { data = 60, ip = { fragment = 40 } })"));
  EXPECT_EQ(target.heard.size(), 2U + 2U);
  EXPECT_THAT(result.transcript, Contains(Field(&TranscriptEvent::note, "fragment 2 of 2")));
}

TEST(Session, IcmpErrorQuotesTheTargetsSegment) {
  FakeTarget target;
  run(target, established("[[step]]\nicmp = { kind = \"port-unreachable\" }"));
  ASSERT_EQ(target.heard.size(), 3U);
  const auto* message = std::get_if<wire::IcmpMessage>(&target.heard[2].payload);
  ASSERT_NE(message, nullptr);
  const wire::Packet quoted = wire::decode(message->body).packet;
  ASSERT_NE(quoted.tcp(), nullptr);
  EXPECT_EQ(quoted.tcp()->source.number, 8000);
}

TEST(Session, TextGoesBothWaysAndTheConnectionCloses) {
  FakeTarget target;
  const CaseResult result = run(target, established(R"(
    [[step]]
    send = { data = 20 }
    [[step]]
    expect = { ack = "J+21" }
    [[step]]
    call = { receive = 20 }
    [[step]]
    call = { send = "hello" }
    [[step]]
    expect = { seq = "K+1", data = "hello" }
    [[step]]
    send = { ack = "rcv.nxt" }
    [[step]]
    call = { close = {} }
    [[step]]
    expect = { ctl = "FIN,ACK", seq = "K+6" }
    [[step]]
    send = {}
    [[step]]
    expect_state = "FIN-WAIT-2")"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
  EXPECT_THAT(result.transcript,
              Contains(Field(&TranscriptEvent::note, "RECEIVE at most 20 octets: 20 octets")));
}

TEST(Session, ConnectionsHavePortsVariablesAndListenersOfTheirOwn) {
  FakeTarget target;
  const CaseResult result = run(target, established(R"(
    [[step]]
    conn = "second"
    call = { listen = {} }
    [[step]]
    conn = "second"
    send = { ctl = "SYN" }
    [[step]]
    conn = "second"
    expect = { ctl = "SYN,ACK", ack = "snd.nxt" }
    [[step]]
    send = { data = 1 }
    [[step]]
    expect = { ack = "J+2" })"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
  ASSERT_EQ(target.heard.size(), 4U);
  EXPECT_EQ(target.heard[2].tcp()->source.number, 40'001);
  EXPECT_EQ(target.heard[2].tcp()->destination.number, 8001);
  EXPECT_NE(target.heard[2].tcp()->seq, target.heard[0].tcp()->seq);
}

// ---- states -------------------------------------------------------------------------------------------

TEST(Session, WrongStateBreaksTheRequirementOfTheStep) {
  FakeTarget target;
  const std::string step = "[[step]]\nexpect_state = \"CLOSE-WAIT\"\n";
  EXPECT_EQ(run(target, established(step)).verdict, Verdict::inconclusive);
  const CaseResult result = run(target, established(step + "requirement = \"RFC9293-MUST-2\""));
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, HasSubstr("got ESTABLISHED, want CLOSE-WAIT"));
}

/// A SYN with text on both sides of RCV.NXT: the RFCs leave open what the target does, so the model stops
/// judging.
constexpr const char* lost_track = R"(
    [[step]]
    send = { ctl = "SYN,ACK", seq = "snd.nxt-2", data = 9 }
)";

TEST(Session, StateIsAskedOfTheTargetWhereItOffersStatus) {
  FakeTarget target;
  target.mutable_traits().capabilities.insert(scenario::Capability::status);
  const CaseResult result =
      run(target, established(std::string{lost_track} + "[[step]]\nexpect_state = \"ESTABLISHED\""));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
  EXPECT_THAT(result.transcript, Contains(Field(&TranscriptEvent::note, "STATUS says ESTABLISHED")));
}

TEST(Session, StateIsProbedWhereNobodyKnowsIt) {
  FakeTarget target;
  const std::string steps = std::string{lost_track} + "[[step]]\nexpect_state = ";
  const CaseResult right = run(target, established(steps + "\"ESTABLISHED\""));
  EXPECT_EQ(right.verdict, Verdict::pass) << marks(right);
  EXPECT_THAT(right.transcript, Contains(Field(&TranscriptEvent::note, "probing for ESTABLISHED")));
  const CaseResult wrong = run(target, established(steps + "\"CLOSED\"\nrequirement = \"RFC9293-MUST-2\""));
  EXPECT_EQ(wrong.verdict, Verdict::fail) << marks(wrong);
}

// ---- the end ------------------------------------------------------------------------------------------

TEST(Session, LiveTargetIsCleanedUpUnjudged) {
  FakeTarget target;
  target.mutable_traits().clock = ClockKind::real_time;
  const CaseResult result = run(target, established(R"(
    [[step]]
    expect_event = "accepted")"));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
  EXPECT_THAT(target.calls, ElementsAre(AppRequest::Kind::open_passive, AppRequest::Kind::abort,
                                        AppRequest::Kind::release));
  ASSERT_FALSE(target.heard.empty());
  const wire::TcpSegment& last = *target.heard.back().tcp();
  EXPECT_EQ(last.flags, wire::rst);
  EXPECT_EQ(last.seq, target.heard.front().tcp()->seq + wire::SeqLen{1}) << "exactly at the target's RCV.NXT";
}

TEST(Session, StoppedSessionKeepsWhatItRecorded) {
  FakeTarget target;
  const scenario::Variant variant = established("");
  Session session{variant, config_for(target), clock_epoch};
  ASSERT_TRUE(session.next(clock_epoch).has_value());
  session.stop(Verdict::error, "the worker died");
  EXPECT_TRUE(session.finished());
  EXPECT_EQ(session.deadline(), never);
  const CaseResult result = session.take_result();
  EXPECT_EQ(result.verdict, Verdict::error);
  EXPECT_EQ(result.reason, "the worker died");
  EXPECT_FALSE(result.transcript.empty());
}

TEST(Session, OwnsItsPortsAndNobodyElses) {
  FakeTarget target;
  const scenario::Variant variant = established("");
  const Session session{variant, config_for(target), clock_epoch};
  const auto datagram_to = [](wire::IpAddress address, std::uint16_t port) {
    wire::Ipv4Header ip;
    ip.source = target_address;
    ip.destination = address;
    wire::TcpSegment s;
    s.destination = wire::Port{port};
    return wire::encode({.ip = ip, .payload = s});
  };
  EXPECT_TRUE(session.owns(datagram_to(tester_address, 40'000)));
  EXPECT_TRUE(session.owns(datagram_to(tester_address, 40'255)));
  EXPECT_FALSE(session.owns(datagram_to(tester_address, 40'256)));
  EXPECT_FALSE(session.owns(datagram_to(tester_address, 39'999)));
  EXPECT_FALSE(session.owns(datagram_to(wire::IpAddress::v4(192, 0, 2, 9), 40'000)));
  EXPECT_FALSE(session.owns(Handle{1}));
}

}  // namespace
}  // namespace tcpjury::engine
