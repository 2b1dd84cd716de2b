// The writer of tcpjury.run/1. Members stand in the order of the contract.
#include "reports/common/tally.h"
#include "reports/common/text.h"
#include "reports/json/json.h"
#include "reports/json/json_text.h"
#include "reports/json/names.h"

namespace tcpjury::reports {
namespace {

void write_map(JsonText& json, std::string_view name, const std::map<std::string, std::string>& map) {
  json.key(name);
  json.begin_object();
  for (const auto& [key, value] : map) json.member(key, value);
  json.end_object();
}

template <class Texts>
void write_texts(JsonText& json, std::string_view name, const Texts& texts) {
  json.key(name);
  json.begin_array();
  for (const auto& text : texts) json.value(text);
  json.end_array();
}

void write_violation(JsonText& json, const engine::CaseViolation& v) {
  json.begin_object();
  json.member("requirement", v.what.requirement);
  json.member("level", name_of(level_names, v.what.level));
  json.member("step", std::uint64_t{v.step});
  json.member("line", std::uint64_t{v.line});
  json.member("state", model::to_string(v.what.state));
  json.member("event", v.what.event);
  json.member("message", v.what.message);
  json.member("got", v.what.got);
  write_texts(json, "want", v.what.want);
  json.member("fingerprint", v.fingerprint);
  json.member_unless_empty("known_practice", v.what.known_practice);
  json.member_unless_empty("deviation", v.deviation);
  json.end_object();
}

void write_event(JsonText& json, const engine::TranscriptEvent& event) {
  json.begin_object();
  json.member("kind", name_of(event_kind_names, event.kind));
  json.key("t_s");
  json.literal(exact_seconds(event.at - clock_epoch));
  if (event.step != 0) json.member("step", std::uint64_t{event.step});
  json.member_unless_empty("conn", event.conn);
  if (!event.octets.empty()) json.member("octets", hex(event.octets));
  json.member_unless_empty("note", event.note);
  json.end_object();
}

/// What deviations.toml makes the run expect of the case.
std::string_view expected_verdict(engine::Verdict v) {
  const bool failure_expected = v == engine::Verdict::xfail || v == engine::Verdict::xpass;
  return engine::to_string(failure_expected ? engine::Verdict::fail : engine::Verdict::pass);
}

std::string_view deviation_of(const engine::CaseResult& result) {
  for (const engine::CaseViolation& v : result.violations) {
    if (!v.deviation.empty()) return v.deviation;
  }
  return {};
}

void write_evidence(JsonText& json, const engine::CaseResult& result, const Context& context) {
  json.key("requirements");
  json.begin_array();
  for (const engine::RequirementResult& r : result.requirements) {
    json.begin_object();
    json.member("id", r.id);
    json.member("verdict", engine::to_string(r.verdict));
    json.end_object();
  }
  json.end_array();
  json.key("violations");
  json.begin_array();
  for (const engine::CaseViolation& v : result.violations) write_violation(json, v);
  json.end_array();
  write_map(json, "features", result.features);
  const auto artifacts = context.artifacts.find(case_id(result));
  write_texts(json, "artifacts",
              artifacts == context.artifacts.end() ? std::vector<std::string>{} : artifacts->second);
}

void write_result(JsonText& json, const runner::RunRecord& record, const engine::CaseResult& result,
                  const Context& context) {
  json.begin_object();
  json.member("scenario", result.scenario);
  json.member("variant", result.variant);
  json.member("title", result.title);
  json.member("file", result.file);
  json.member("verdict", engine::to_string(result.verdict));
  json.member("expected", expected_verdict(result.verdict));
  json.member("reason", result.reason);
  json.member("missing", result.missing);
  json.member("deviation", deviation_of(result));
  json.member("clock", name_of(clock_names, result.clock));
  json.key("duration_s");
  json.literal(exact_seconds(result.duration));
  write_evidence(json, result, context);
  json.member("replay", replay_command(record, result, context));
  json.key("transcript");
  json.begin_array();
  for (const engine::TranscriptEvent& event : result.transcript) write_event(json, event);
  json.end_array();
  json.end_object();
}

void write_head(JsonText& json, const runner::RunRecord& record) {
  json.member("schema", run_schema);
  json.key("tool");
  json.begin_object();
  json.member("version", record.tool_version);
  json.end_object();
  json.key("target");
  json.begin_object();
  json.member("name", record.target_name);
  json.member("version", record.target_version);
  json.end_object();
  json.member("profile", record.profile);
  json.member("seed", record.seed);
  json.key("strict_should");
  json.flag(record.strict_should);
  json.key("partial");
  json.flag(record.partial);
  json.key("wall_s");
  json.literal(exact_seconds(record.wall));
  write_map(json, "environment", record.environment);
  write_map(json, "features", record.features);
  write_texts(json, "remarks", record.remarks);
}

}  // namespace

std::string json_report(const runner::RunRecord& record, const Context& context) {
  JsonText json;
  json.begin_object();
  write_head(json, record);
  json.line();
  json.key("results");
  json.begin_array();
  for (const engine::CaseResult& result : record.results) {
    json.line();
    write_result(json, record, result, context);
  }
  json.line();
  json.end_array();
  json.line();
  json.key("summary");
  json.begin_object();
  const Tally counts = tally(record, context);
  for (const engine::Verdict v : verdicts) json.member(engine::to_string(v), std::uint64_t{counts.of(v)});
  json.end_object();
  json.end_object();
  return json.take() + "\n";
}

}  // namespace tcpjury::reports
