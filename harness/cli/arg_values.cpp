// Texts of the command line made into values, with complaints that name the flag and a way out.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "harness/base/assert.h"
#include "harness/base/suggest.h"
#include "harness/cli/raw_args.h"

namespace tcpjury::cli {
namespace {

template <class T>
T one_of(Raw& raw, std::string_view flag, std::string_view text,
         std::initializer_list<std::pair<std::string_view, T>> choices) {
  std::vector<std::string_view> known;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    known.push_back(name);
  }
  const auto near = suggest(text, known);
  raw.complain(fmt::format("'{}' is no value of {}", text, flag),
               near ? fmt::format("did you mean '{}'?", *near)
                    : fmt::format("choose one of: {}", fmt::join(known, ", ")));
  return choices.begin()->second;
}

std::uint64_t number(Raw& raw, std::string_view flag, std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = hex ? text.substr(2) : text;
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    raw.complain(fmt::format("'{}' is no value of {}", text, flag), "write a number, decimal or with 0x");
  }
  return value;
}

model::Profile profile_of(Raw& raw, std::string_view text) {
  if (const auto profile = model::parse_profile(text)) return *profile;
  using enum model::Profile;
  return one_of<model::Profile>(raw, "--profile", text,
                                {{model::to_string(rfc9293), rfc9293},
                                 {model::to_string(rfc793_1122), rfc793_1122},
                                 {model::to_string(tc8), tc8}});
}

std::set<scenario::Tier> tiers_of(Raw& raw, std::string_view text) {
  using enum scenario::Tier;
  std::set<scenario::Tier> tiers;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    tiers.insert(one_of<scenario::Tier>(raw, "--tier", text.substr(0, comma),
                                        {{"fast", fast}, {"slow", slow}, {"rare", rare}}));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return tiers;
}

void finish_cases(CaseChoice& cases, Raw& raw) {
  using enum wire::Family;
  cases.family = one_of<std::optional<wire::Family>>(raw, "--family", raw.family,
                                                     {{"v4", v4}, {"v6", v6}, {"all", std::nullopt}});
  cases.tiers = tiers_of(raw, raw.tiers);
  if (raw.shard.empty()) return;
  const auto shard = runner::parse_shard(raw.shard);
  if (shard)
    cases.shard = *shard;
  else
    raw.complain(shard.error().message, shard.error().hint);
}

void finish_output(OutputChoice& output, Raw& raw) {
  for (const std::string& text : raw.reports) {
    auto request = reports::parse_request(text);
    if (request)
      output.reports.push_back(std::move(*request));
    else
      raw.complain(request.error().message, request.error().hint);
  }
  output.colour = one_of<ColourChoice>(
      raw, "--color", raw.colour,
      {{"auto", ColourChoice::automatic}, {"always", ColourChoice::always}, {"never", ColourChoice::never}});
  output.status = one_of<StatusChoice>(raw, "--status", raw.status,
                                       {{"auto", StatusChoice::automatic},
                                        {"all", StatusChoice::all},
                                        {"failures", StatusChoice::failures},
                                        {"none", StatusChoice::none}});
  output.store = !raw.no_store;
}

TargetChoice finished_target(Raw& raw) {
  one_of<int>(raw, "--link", raw.target.link, {{"auto", 0}, {"tun", 0}, {"raw", 0}});
  for (const std::string& text : raw.settings) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      one_of<int>(raw, "--setting", text, {{"as-is", 0}, {"deterministic", 0}});
      raw.target.setting = text;
    } else if (!raw.target.settings.emplace(text.substr(0, equals), text.substr(equals + 1)).second) {
      raw.complain(fmt::format("--setting {} is given twice", text.substr(0, equals)));
    }
  }
  raw.target.faults = raw.faults;
  return raw.target;
}

Duration hang_limit(Raw& raw) {
  if (!(raw.hang_cpu > 0) || raw.hang_cpu > 86'400) {
    raw.complain(fmt::format("{} is no value of --hang-cpu", raw.hang_cpu),
                 "seconds, more than 0, at most 86400");
  }
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>{raw.hang_cpu});
}

std::optional<std::uint32_t> workers_of(Raw& raw) {
  if (raw.workers == "auto") return std::nullopt;
  const std::uint64_t workers = number(raw, "--jobs", raw.workers);
  if (workers < 1 || workers > 1024) raw.complain("--jobs must be 1 to 1024, or auto");
  return static_cast<std::uint32_t>(workers);
}

exchange::Lies lies_without(Raw& raw, std::string_view text) {
  exchange::Lies lies;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    bool exchange::Lies::* lie =
        one_of<bool exchange::Lies::*>(raw, "--avoid", text.substr(0, comma),
                                       {{"sequence", &exchange::Lies::sequence},
                                        {"acknowledgment", &exchange::Lies::acknowledgment},
                                        {"control", &exchange::Lies::control},
                                        {"syn", &exchange::Lies::syn}});
    lies.*lie = false;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return lies;
}

SelftestArgs finished_selftest(Raw& raw) {
  raw.selftest.lies = lies_without(raw, raw.selftest.avoid);
  raw.selftest.target = raw.target;
  if (!raw.seed.empty()) raw.selftest.seed = number(raw, "--seed", raw.seed);
  if (!raw.random.empty()) raw.selftest.random = number(raw, "--random", raw.random);
  raw.selftest.workers = workers_of(raw);
  if (raw.selftest.random) {
    raw.selftest.target.faults = raw.faults;
    if (!raw.selftest.matrix.empty()) raw.complain("--matrix does not go with --random");
  } else {
    raw.selftest.faults = raw.faults;
  }
  return raw.selftest;
}

RunArgs finished_run(Raw& raw) {
  RunArgs& run = raw.run;
  run.target = finished_target(raw);
  finish_cases(run.cases, raw);
  finish_output(run.output, raw);
  run.execution.profile = profile_of(raw, raw.profile);
  if (!raw.seed.empty()) run.execution.seed = number(raw, "--seed", raw.seed);
  run.execution.workers = workers_of(raw);
  if (run.execution.repeat < 1) raw.complain("--repeat must be at least 1");
  if (!raw.strict.empty())
    run.execution.strict_should = one_of<bool>(raw, "--strict", raw.strict, {{"should", true}});
  run.execution.hang_cpu = hang_limit(raw);
  run.allow_empty = one_of<bool>(raw, "--no-tests", raw.no_tests, {{"fail", false}, {"pass", true}});
  return run;
}

Format format_of(Raw& raw, Format otherwise) {
  if (raw.format.empty()) return otherwise;
  return one_of<Format>(raw, "--format", raw.format,
                        {{"table", Format::table}, {"plain", Format::plain}, {"json", Format::json}});
}

ListArgs finished_list(Raw& raw) {
  using enum ListArgs::What;
  raw.list.what = one_of<ListArgs::What>(raw, "list", raw.what,
                                         {{"scenarios", scenarios},
                                          {"requirements", requirements},
                                          {"targets", targets},
                                          {"profiles", profiles},
                                          {"plans", plans},
                                          {"faults", faults},
                                          {"runs", runs}});
  finish_cases(raw.list.cases, raw);
  raw.list.format = format_of(raw, Format::table);
  return raw.list;
}

CoverageArgs finished_coverage(Raw& raw) {
  for (const std::string& text : raw.fail_under) {
    const std::size_t equals = text.find('=');
    const std::string level = one_of<std::string>(raw, "--fail-under", text.substr(0, equals),
                                                  {{"must", "must"}, {"should", "should"}});
    double percent = -1;
    const char* end = text.data() + text.size();
    const char* begin = equals == std::string::npos ? end : text.data() + equals + 1;
    const auto [stop, error] = std::from_chars(begin, end, percent);
    if (error != std::errc{} || stop != end || percent < 0 || percent > 100) {
      raw.complain(fmt::format("'{}' is no value of --fail-under", text), "write for example must=90");
    }
    raw.coverage.fail_under.emplace_back(level, percent);
  }
  raw.coverage.by = one_of<CoverageGroup>(
      raw, "--by", raw.by,
      {{"level", CoverageGroup::level}, {"rfc", CoverageGroup::rfc}, {"area", CoverageGroup::area}});
  if (raw.coverage.runs.empty()) raw.coverage.runs.emplace_back("latest");
  raw.coverage.format = format_of(raw, Format::table);
  return raw.coverage;
}

ReplayArgs finished_replay(Raw& raw) {
  finish_output(raw.replay.output, raw);
  raw.replay.hang_cpu = hang_limit(raw);
  raw.replay.target = finished_target(raw);
  raw.replay.target.name = raw.replay_target;
  return raw.replay;
}

}  // namespace

Command finished_command(const std::string& name, Raw& raw) {
  if (name == "run") return finished_run(raw);
  if (name == "list") return finished_list(raw);
  if (name == "check") {
    raw.check.format = format_of(raw, Format::plain);
    return raw.check;
  }
  if (name == "explain") return raw.explain;
  if (name == "coverage") return finished_coverage(raw);
  if (name == "doctor") {
    if (!raw.doctor_target.empty()) raw.doctor.target = raw.doctor_target;
    raw.doctor.format = format_of(raw, Format::table);
    return raw.doctor;
  }
  if (name == "replay") return finished_replay(raw);
  if (name == "report") {
    finish_output(raw.report.output, raw);
    return raw.report;
  }
  if (name == "diff") {
    raw.diff.format = format_of(raw, Format::plain);
    return raw.diff;
  }
  if (name == "schema") return SchemaArgs{};
  if (name == "selftest") return finished_selftest(raw);
  if (name == "completion") {
    raw.completion.shell = one_of<std::string>(raw, "completion", raw.completion.shell, {{"bash", "bash"}});
    return raw.completion;
  }
  TCPJURY_ASSERT(name == "worker");
  return WorkerArgs{};
}

}  // namespace tcpjury::cli
