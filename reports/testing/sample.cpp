#include "reports/testing/sample.h"

#include <array>
#include <utility>

#include "harness/wire/packet.h"

namespace tcpjury::reports::testing {
namespace {

using engine::CaseResult;
using engine::TranscriptEvent;
using engine::Verdict;
using Kind = TranscriptEvent::Kind;
using namespace std::chrono_literals;

constexpr std::uint32_t tester_iss = 1000;
constexpr std::uint32_t target_iss = 4'000'000'000;

struct Numbers {
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
};

Bytes datagram(Kind direction, wire::FlagSet flags, Numbers numbers) {
  const bool to_target = direction == Kind::sent;
  const auto tester = wire::IpAddress::v4(192, 0, 2, 2);
  const auto target = wire::IpAddress::v4(192, 0, 2, 1);
  wire::TcpSegment segment;
  segment.source = {to_target ? std::uint16_t{40'000} : std::uint16_t{80}};
  segment.destination = {to_target ? std::uint16_t{80} : std::uint16_t{40'000}};
  segment.seq = {numbers.seq};
  segment.ack = {numbers.ack};
  segment.flags = flags;
  segment.window = 65'535;
  wire::Ipv4Header ip;
  ip.source = to_target ? tester : target;
  ip.destination = to_target ? target : tester;
  return wire::encode({.ip = ip, .payload = segment});
}

TranscriptEvent packet(Duration at, std::uint32_t step, Kind direction, wire::FlagSet flags,
                       Numbers numbers) {
  return {direction, clock_epoch + at, step, "main", datagram(direction, flags, numbers), ""};
}

TranscriptEvent note(Duration at, std::uint32_t step, Kind kind, std::string text) {
  return {kind, clock_epoch + at, step, "main", {}, std::move(text)};
}

TranscriptEvent noted(TranscriptEvent event, std::string text) {
  event.note = std::move(text);
  return event;
}

engine::CaseViolation bad_reset() {
  engine::CaseViolation v;
  v.what.requirement = "RFC9293-3.10.7.4-ACK-SYNRCVD-P";
  v.what.level = model::Level::must;
  v.what.state = model::State::syn_received;
  v.what.event = "ACK-BAD";
  v.what.message =
      "the reset that answers an unacceptable ACK must take its sequence number from that ACK and carry none "
      "itself";
  v.what.got = "<SEQ=4000000002><ACK=1001><CTL=RST,ACK>";
  v.what.want = {"<SEQ=4000000002><CTL=RST>"};
  v.what.known_practice = "some stacks acknowledge in every segment once they know a number to acknowledge";
  v.step = 4;
  v.line = 19;
  v.fingerprint = "8d3f0a11c2b45e67";
  return v;
}

CaseResult plain_case(Verdict verdict, std::string scenario, std::string reason) {
  CaseResult result;
  result.scenario = std::move(scenario);
  result.variant = "family=v4";
  result.title = "A title of " + result.scenario;
  result.file = "scenarios/" + result.scenario + ".toml";
  result.verdict = verdict;
  result.reason = std::move(reason);
  result.duration = 5ms;
  return result;
}

CaseResult passing_case() {
  CaseResult result = plain_case(Verdict::pass, "handshake/passive-open", "");
  result.requirements = {{"RFC9293-MUST-2", Verdict::pass}};
  result.duration = 200us;
  result.features = {{"mss", "1460"}};
  result.transcript = {
      packet(0ms, 2, Kind::sent, wire::syn, {tester_iss, 0}),
      packet(0ms, 3, Kind::received, wire::syn | wire::ack, {target_iss, tester_iss + 1}),
      packet(0ms, 4, Kind::sent, wire::ack, {tester_iss + 1, target_iss + 1}),
  };
  return result;
}

CaseResult warning_case() {
  CaseResult result = plain_case(Verdict::warn, "window/silly", "a SHOULD was broken");
  result.requirements = {{"RFC9293-SHLD-1", Verdict::warn}};
  engine::CaseViolation v;
  v.what.requirement = "RFC9293-SHLD-1";
  v.what.level = model::Level::should;
  v.what.state = model::State::established;
  v.what.event = "ACK-NEW";
  v.what.message = "one octet of window was offered";
  v.what.got = "nothing";
  v.what.want = {"a window of at least one segment", "a zero window"};
  v.step = 7;
  v.line = 31;
  v.fingerprint = "00000000000000ff";
  result.violations = {v};
  return result;
}

CaseResult expected_failure() {
  CaseResult result = failing_case();
  result.verdict = Verdict::xfail;
  result.variant = "family=v6";
  result.reason = "acknowledges in its resets since 1.4";
  result.violations.front().deviation = "rst-with-ack";
  result.transcript.clear();
  return result;
}

CaseResult not_applicable_case() {
  CaseResult result = plain_case(Verdict::not_applicable, "user/status", "");
  result.missing = "status";
  return result;
}

constexpr model::Requirement requirement(std::string_view id, model::Level level, std::string_view section,
                                         std::string_view rule) {
  model::Requirement r{};
  r.id = id;
  r.level = level;
  r.rfc = 9293;
  r.section = section;
  r.summary = rule;
  return r;
}

constexpr std::array<std::string_view, 5> nasty{
    "</failure><script>alert(1)</script> & \"quotes\" 'n' `ticks` |pipes| ]]> ${x} # TODO",
    "bell\a, escape \x1b[31mred, nul-free, tab\t, line\nfeed, return\r, del\x7f",
    "stray \xff\xfe octets, overlong \xc0\xaf, surrogate \xed\xa0\x80, cut \xe2\x82",
    "right-to-left \u202e override, U+FFFF \uffff, replacement \ufffd, astral \U0001f600",
    "not ok 1 - forged\nok 2 - forged\nBail out!"};

}  // namespace

engine::Transcript bad_reset_transcript() {
  return {
      note(0ms, 1, Kind::call, "listen, backlog 16 -> ok"),
      note(0ms, 1, Kind::state, "LISTEN"),
      packet(0ms, 2, Kind::sent, wire::syn, {tester_iss, 0}),
      noted(packet(201ms, 3, Kind::received, wire::syn | wire::ack, {target_iss, tester_iss + 1}),
            "taken by step 3"),
      note(201ms, 3, Kind::state, "SYN-RECEIVED"),
      packet(202ms, 4, Kind::sent, wire::ack, {tester_iss + 1, target_iss + 2}),
      packet(203ms, 4, Kind::received, wire::rst | wire::ack, {target_iss + 2, tester_iss + 1}),
      note(203ms, 4, Kind::mark, "RFC9293-3.10.7.4-ACK-SYNRCVD-P (MUST): the reset carries an ACK"),
      note(204ms, 4, Kind::notice, "closed"),
  };
}

CaseResult failing_case() {
  CaseResult result =
      plain_case(Verdict::fail, "handshake/rcv-ack-syn-received-bad-ack", "a MUST was broken");
  result.title = "An ACK that is not acceptable in SYN-RECEIVED is answered with a reset";
  result.requirements = {{"RFC9293-3.10.7.4-ACK-SYNRCVD-P", Verdict::fail},
                         {"RFC9293-MUST-2", Verdict::pass}};
  result.violations = {bad_reset()};
  result.duration = 312ms;
  result.transcript = bad_reset_transcript();
  return result;
}

runner::RunRecord sample_run() {
  runner::RunRecord record;
  record.tool_version = "0.1.0";
  record.target_name = "lwip";
  record.target_version = "2.1.3";
  record.profile = "rfc9293";
  record.seed = 24'301;
  record.environment = {{"link", "in-process"}, {"mtu", "1500"}};
  record.features = {{"mss", "1460"}};
  record.remarks = {"deviation old-entry matched nothing"};
  record.deviations = {{"rst-with-ack", "every reset is built by one function, which sets ACK"}};
  record.wall = 41'200ms;
  record.results = {
      passing_case(),
      warning_case(),
      failing_case(),
      expected_failure(),
      plain_case(Verdict::xpass, "timers/keepalive",
                 "passed although deviation keepalive-off expects a failure"),
      plain_case(Verdict::inconclusive, "reset/blind", "no answer could be told from a throttled one"),
      not_applicable_case(),
      plain_case(Verdict::error, "close/crash", "the worker ended by signal 11 in step 2")};
  record.results[4].duration = 7200s;
  record.results[5].clock = ClockKind::real_time;
  return record;
}

runner::RunRecord hostile_run() {
  runner::RunRecord record = sample_run();
  record.target_name = std::string{nasty[1]};
  record.target_version = std::string{nasty[0]};
  record.environment = {{std::string{nasty[2]}, std::string{nasty[0]}}};
  record.remarks = {std::string{nasty[3]}};
  std::size_t i = 0;
  for (CaseResult& result : record.results) {
    const std::string text{nasty[i++ % nasty.size()]};
    result.scenario += "-" + text;
    result.variant = text;
    result.title = text;
    result.reason = text + std::string(100'000, 'x');
    for (engine::CaseViolation& v : result.violations) {
      v.what.message = v.what.got = v.what.known_practice = text;
      v.what.want = {text, std::string(5'000, 'y')};
    }
    for (TranscriptEvent& event : result.transcript) event.note = text;
  }
  record.results[2].transcript[2].octets = bytes_of("\x45 no datagram \xff");
  return record;
}

Context sample_context() {
  static constexpr std::array catalogue{
      requirement("RFC9293-3.10.7.4-ACK-SYNRCVD-P", model::Level::must, "3.10.7.4",
                  "An ACK that is not acceptable in SYN-RECEIVED is answered with a reset."),
      requirement("RFC9293-MUST-2", model::Level::must, "3.1", "The sender must generate the checksum."),
      requirement("RFC9293-SHLD-1", model::Level::should, "3.8.6", "A receiver should avoid silly windows.")};
  Context context;
  context.run = "01j9x";
  context.artifacts = {{"handshake/rcv-ack-syn-received-bad-ack[family=v4]", {"runs/01j9x/bad-ack.pcapng"}}};
  context.find_requirement = [](std::string_view id) -> const model::Requirement* {
    for (const model::Requirement& r : catalogue) {
      if (r.id == id) return &r;
    }
    return nullptr;
  };
  context.source_line = [](std::string_view file, std::uint32_t line) -> std::optional<std::string> {
    if (file != "scenarios/handshake/rcv-ack-syn-received-bad-ack.toml" || line != 19) return std::nullopt;
    return R"(expect = { ctl = "RST", seq = "K+2" })";
  };
  return context;
}

}  // namespace tcpjury::reports::testing
