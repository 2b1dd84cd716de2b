#include "harness/runner/host_observer.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "harness/base/random.h"
#include "harness/model/isn_rules.h"

namespace tcpjury::runner {
namespace {

using engine::CaseResult;
using engine::Verdict;

std::vector<model::HostLife> lives_of(const RunRecord& record) {
  std::vector<model::HostLife> lives;
  std::map<std::string, model::HostLife> shared;
  for (const CaseResult& result : record.results) {
    const auto& isns = result.host.isns;
    if (result.clock == ClockKind::virtual_time) {
      if (!isns.empty()) lives.push_back(isns);
    } else {
      model::HostLife& life = shared[result.host.life];
      life.insert(life.end(), isns.begin(), isns.end());
    }
  }
  for (auto& [name, life] : shared) {
    std::stable_sort(life.begin(), life.end(),
                     [](const model::IsnSample& a, const model::IsnSample& b) { return a.at < b.at; });
    if (!life.empty()) lives.push_back(std::move(life));
  }
  return lives;
}

model::HostFacts facts_of(const RunRecord& record) {
  model::HostFacts all;
  for (const CaseResult& result : record.results) {
    for (const auto& [row, done] : result.host.choices) {
      // A worker's words: a row that no catalogue has says nothing.
      if (model::find_requirement(row) == nullptr) continue;
      for (const auto& [choice, times] : done) all.choices[row][choice] += times;
    }
  }
  return all;
}

Verdict verdict_of(model::Level level, bool strict) {
  switch (level) {
    case model::Level::must:
    case model::Level::must_not:
      return Verdict::fail;
    default:
      return strict ? Verdict::fail : Verdict::warn;
  }
}

/// What makes the finding the same in the next run.
std::string fingerprint_of(const model::Violation& v) {
  return fmt::format("{:016x}", hash64(v.event, hash64(v.requirement)));
}

void fill(CaseResult& out, const model::Findings& findings, bool strict) {
  for (const auto& [id, evaluation] : findings.evaluations()) {
    const model::Requirement* requirement = model::find_requirement(id);
    const Verdict verdict = evaluation.broken == 0 ? Verdict::pass : verdict_of(requirement->level, strict);
    out.requirements.push_back({id, verdict});
  }
  out.verdict = Verdict::pass;
  for (const model::Violation& v : findings.violations) {
    const Verdict verdict = verdict_of(v.level, strict);
    if (out.verdict != Verdict::fail) out.verdict = verdict;
    if (out.reason.empty()) out.reason = fmt::format("{}: {}", v.requirement, v.message);
    engine::CaseViolation one{.what = v};
    one.fingerprint = fingerprint_of(v);
    out.violations.push_back(std::move(one));
  }
  out.features.insert(findings.features.begin(), findings.features.end());
}

struct Measured {
  double value = 0;
  std::string_view unit = {};
};

std::optional<Measured> number_in(std::string_view text) {
  Measured m{};
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), m.value);
  if (error != std::errc{}) return std::nullopt;
  m.unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  const bool plain_unit = m.unit.empty() || (m.unit.front() == ' ' && m.unit.find(' ', 1) == m.unit.npos);
  return plain_unit ? std::optional{m} : std::nullopt;
}

std::string merged(const std::vector<std::string>& values) {
  std::vector<std::string> distinct;
  for (const std::string& v : values) {
    if (std::find(distinct.begin(), distinct.end(), v) == distinct.end()) distinct.push_back(v);
  }
  if (distinct.size() == 1) return distinct.front();
  std::vector<std::pair<double, std::string>> numbers;
  std::set<std::string_view> units;
  for (const std::string& v : values) {
    const auto m = number_in(v);
    if (!m) break;
    numbers.emplace_back(m->value, v);
    units.insert(m->unit);
  }
  if (numbers.size() == values.size() && units.size() == 1) {
    std::sort(numbers.begin(), numbers.end());
    return fmt::format("min {}, median {}, max {} ({} values)", numbers.front().second,
                       numbers[numbers.size() / 2].second, numbers.back().second, numbers.size());
  }
  return fmt::format("{}", fmt::join(distinct, "; "));
}

}  // namespace

std::optional<CaseResult> observe_host(const RunRecord& record) {
  model::Findings findings;
  const auto lives = lives_of(record);
  const bool restarted = std::all_of(record.results.begin(), record.results.end(),
                                     [](const CaseResult& r) { return r.clock == ClockKind::virtual_time; });
  model::judge_isns(lives, restarted, findings);
  model::judge_choices(facts_of(record), findings);
  if (findings.evaluations().empty()) return std::nullopt;
  CaseResult out;
  out.scenario = host_scenario;
  out.title = "What only shows across connections: initial sequence numbers and consistent choices";
  out.clock = record.results.empty() ? ClockKind::virtual_time : record.results.front().clock;
  fill(out, findings, record.strict_should);
  return out;
}

void merge_features(RunRecord& record) {
  std::map<std::string, std::vector<std::string>> values;
  for (const CaseResult& result : record.results) {
    for (const auto& [name, value] : result.features) values[name].push_back(value);
  }
  for (const auto& [name, list] : values) record.features[name] = merged(list);
}

}  // namespace tcpjury::runner
