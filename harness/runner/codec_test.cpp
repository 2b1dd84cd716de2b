#include "harness/runner/codec.h"

#include <gtest/gtest.h>

#include "harness/base/random.h"

namespace tcpjury::runner {
namespace {

engine::CaseResult full_result() {
  engine::CaseResult result;
  result.scenario = "handshake/passive-open";
  result.variant = "family=v4";
  result.title = "A title with \"quotes\"";
  result.file = "scenarios/handshake/passive-open.toml";
  result.verdict = engine::Verdict::not_applicable;
  result.reason = "why";
  result.missing = "open_active";
  result.requirements = {{"RFC9293-MUST-2", engine::Verdict::pass}};
  engine::CaseViolation violation;
  violation.what = {.requirement = "RFC9293-MUST-2",
                    .level = model::Level::should_not,
                    .state = model::State::time_wait,
                    .event = "FIN-RETX",
                    .message = "m",
                    .got = "nothing",
                    .want = {"<CTL=ACK>", "<CTL=RST>"},
                    .known_practice = "k"};
  violation.step = 3;
  violation.line = 14;
  violation.fingerprint = "0123";
  violation.deviation = "d1";
  result.violations = {violation};
  result.duration = std::chrono::milliseconds{3};
  result.clock = ClockKind::real_time;
  result.features = {{"timewait", "60s"}};
  result.host.life = "17";
  result.host.isns = {{std::chrono::milliseconds{5}, "a b", 0xfedcba98U, 80, true}};
  result.host.choices = {{"RFC9293-3.10.7.4-RST-INWND-ESTAB", {{"keeps the connection", 2}}}};
  engine::TranscriptEvent event;
  event.kind = engine::TranscriptEvent::Kind::received;
  event.at = clock_epoch + std::chrono::nanoseconds{1};
  event.step = 2;
  event.conn = "main";
  event.octets = {std::byte{0x45}, std::byte{0x00}, std::byte{0xff}};
  event.note = "skipped";
  result.transcript = {event};
  return result;
}

void expect_same(const engine::CaseResult& a, const engine::CaseResult& b) {
  EXPECT_EQ(a.scenario, b.scenario);
  EXPECT_EQ(a.variant, b.variant);
  EXPECT_EQ(a.title, b.title);
  EXPECT_EQ(a.file, b.file);
  EXPECT_EQ(a.verdict, b.verdict);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.missing, b.missing);
  EXPECT_EQ(a.host, b.host);
  ASSERT_EQ(a.requirements.size(), b.requirements.size());
  EXPECT_EQ(a.requirements[0].id, b.requirements[0].id);
  EXPECT_EQ(a.requirements[0].verdict, b.requirements[0].verdict);
  ASSERT_EQ(a.violations.size(), b.violations.size());
  EXPECT_EQ(a.violations[0].what, b.violations[0].what);
  EXPECT_EQ(a.violations[0].step, b.violations[0].step);
  EXPECT_EQ(a.violations[0].line, b.violations[0].line);
  EXPECT_EQ(a.violations[0].fingerprint, b.violations[0].fingerprint);
  EXPECT_EQ(a.violations[0].deviation, b.violations[0].deviation);
  EXPECT_EQ(a.duration, b.duration);
  EXPECT_EQ(a.clock, b.clock);
  EXPECT_EQ(a.features, b.features);
  ASSERT_EQ(a.transcript.size(), b.transcript.size());
  EXPECT_EQ(a.transcript[0].kind, b.transcript[0].kind);
  EXPECT_EQ(a.transcript[0].at, b.transcript[0].at);
  EXPECT_EQ(a.transcript[0].step, b.transcript[0].step);
  EXPECT_EQ(a.transcript[0].conn, b.transcript[0].conn);
  EXPECT_EQ(a.transcript[0].octets, b.transcript[0].octets);
  EXPECT_EQ(a.transcript[0].note, b.transcript[0].note);
}

TEST(Codec, AResultSurvivesTheTrip) {
  const auto decoded = decode_result(encode_result(full_result()));
  ASSERT_TRUE(decoded) << decoded.error().message;
  expect_same(*decoded, full_result());
}

TEST(Codec, AResultIsOneLine) {
  engine::CaseResult result = full_result();
  result.reason = "two\nlines";
  EXPECT_EQ(encode_result(result).find('\n'), std::string::npos);
  EXPECT_EQ(decode_result(encode_result(result))->reason, "two\nlines");
}

TEST(Codec, OctetsThatAreNotTextAreReplacedInsteadOfThrowing) {
  engine::CaseResult result = full_result();
  result.reason = "\xff\xfe log";
  const auto decoded = decode_result(encode_result(result));
  ASSERT_TRUE(decoded);
  EXPECT_NE(decoded->reason.find("log"), std::string::npos);
}

TEST(Codec, MessagesSurviveTheTrip) {
  const Hello hello{{"plugin", "/x/y.so", {{"link", "tun"}}}, model::Profile::tc8, true, 12};
  const auto hello_back = decode_to_worker(encode(ToWorker{hello}));
  ASSERT_TRUE(hello_back);
  const auto& h = std::get<Hello>(*hello_back);
  EXPECT_EQ(h.target, hello.target);
  EXPECT_EQ(h.profile, model::Profile::tc8);
  EXPECT_TRUE(h.strict_should);
  EXPECT_EQ(h.sessions, 12U);

  const auto job_back = decode_to_worker(encode(ToWorker{Job{7, "f.toml", "a/b[family=v4]", ~0ULL}}));
  ASSERT_TRUE(job_back);
  const auto& j = std::get<Job>(*job_back);
  EXPECT_EQ(j.job, 7U);
  EXPECT_EQ(j.file, "f.toml");
  EXPECT_EQ(j.case_id, "a/b[family=v4]");
  EXPECT_EQ(j.seed, ~0ULL);

  const auto ready = decode_from_worker(encode(FromWorker{Ready{"n", "v", ClockKind::real_time, false, {}}}));
  ASSERT_TRUE(ready);
  EXPECT_EQ(std::get<Ready>(*ready).name, "n");
  EXPECT_FALSE(std::get<Ready>(*ready).can_reset);

  const auto refused = decode_from_worker(encode(FromWorker{Refused{true, "m", "h"}}));
  ASSERT_TRUE(refused);
  EXPECT_TRUE(std::get<Refused>(*refused).environment);

  const auto remark = decode_from_worker(encode(FromWorker{Remark{"odd"}}));
  ASSERT_TRUE(remark);
  EXPECT_EQ(std::get<Remark>(*remark).text, "odd");

  const auto finished = decode_from_worker(encode(FromWorker{Finished{9, full_result()}}));
  ASSERT_TRUE(finished);
  EXPECT_EQ(std::get<Finished>(*finished).job, 9U);
  expect_same(std::get<Finished>(*finished).result, full_result());
}

TEST(Codec, NonsenseIsAnErrorForEveryReader) {
  const char* const texts[] = {
      "",
      "{",
      "null",
      "[]",
      "7",
      "\"finished\"",
      "{}",
      R"({"type":7})",
      R"({"type":"unheard-of"})",
      R"({"type":"finished"})",
      R"({"type":"finished","job":1,"result":7})",
      R"({"type":"finished","job":-1,"result":{"verdict":"pass"}})",
      R"({"type":"finished","job":1,"result":{"verdict":"splendid"}})",
      R"({"type":"finished","job":1,"result":{"verdict":"pass","violations":7}})",
      R"({"type":"finished","job":1,"result":{"verdict":"pass","violations":[7]}})",
      R"({"type":"finished","job":1,"result":{"verdict":"pass","violations":[{"state":"NOWHERE"}]}})",
      R"({"type":"finished","job":1,"result":{"verdict":"pass","transcript":[{"kind":99}]}})",
      R"({"type":"finished","job":1,"result":{"verdict":"pass","transcript":[{"kind":0,"octets":"4"}]}})",
      R"({"type":"finished","job":1,"result":{"verdict":"pass","features":{"a":1}}})",
      R"({"type":"ready","clock":2})",
      R"({"type":"ready","environment":[]})",
      R"({"type":"hello","profile":"rfc0"})",
      R"({"type":"job","job":1.5})",
  };
  for (const char* text : texts) {
    EXPECT_FALSE(decode_from_worker(text)) << text;
    EXPECT_FALSE(decode_to_worker(text)) << text;
    EXPECT_FALSE(decode_result(text)) << text;
    EXPECT_FALSE(decode_header(text)) << text;
  }
}

TEST(Codec, DamagedMessagesNeverCrashAReader) {
  const std::string good = encode(FromWorker{Finished{9, full_result()}});
  Random random{11};
  for (int round = 0; round < 2'000; ++round) {
    std::string bad = good;
    for (int i = 0; i < 4; ++i) bad[random.below(bad.size())] = static_cast<char>(random.next32());
    if (round % 3 == 0) bad.resize(random.below(bad.size()));
    (void)decode_from_worker(bad);
  }
}

TEST(Codec, UnknownMembersAreIgnored) {
  EXPECT_TRUE(decode_from_worker(R"({"type":"refused","message":"m","later":{"x":[1]}})"));
}

TEST(Codec, AHeaderSurvivesTheTrip) {
  RunRecord record;
  record.tool_version = "1";
  record.target_name = "lwip";
  record.seed = ~0ULL;
  record.partial = true;
  record.remarks = {"r"};
  record.environment = {{"kernel", "6.1"}};
  record.wall = std::chrono::seconds{2};
  const auto back = decode_header(encode_header(record));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->tool_version, "1");
  EXPECT_EQ(back->target_name, "lwip");
  EXPECT_EQ(back->seed, ~0ULL);
  EXPECT_TRUE(back->partial);
  EXPECT_EQ(back->remarks, record.remarks);
  EXPECT_EQ(back->environment, record.environment);
  EXPECT_EQ(back->wall, record.wall);
}

TEST(Framing, CutsAStreamThatComesInPieces) {
  const std::string stream = framed("one") + framed("") + framed(std::string(70'000, 'x'));
  FrameReader reader;
  std::vector<std::string> messages;
  for (const char c : stream) {
    reader.feed({&c, 1});
    while (auto message = reader.next().value()) messages.push_back(*message);
  }
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0], "one");
  EXPECT_EQ(messages[1], "");
  EXPECT_EQ(messages[2].size(), 70'000U);
}

TEST(Framing, RefusesAnAnnouncementNobodyWouldMake) {
  FrameReader reader;
  reader.feed("\xff\xff\xff\x7f");
  EXPECT_FALSE(reader.next());
}

}  // namespace
}  // namespace tcpjury::runner
