#include "harness/model/findings.h"

#include "harness/model/implied.h"

namespace tcpjury::model {

void Findings::broken(const Finding& finding, std::string got, Effect effect) {
  const Requirement& r = *finding.rule.requirement;
  ++count(r).broken;
  if (violations.size() >= violations_max && effect != Effect::impossible) return;
  Violation v{};
  v.requirement = r.id;
  v.level = r.level;
  v.state = finding.rule.state;
  v.event = finding.rule.event;
  v.message = finding.message;
  v.got = std::move(got);
  v.want = finding.want;
  v.fatal = effect == Effect::impossible;
  v.known_practice = finding.practice;
  violations.push_back(std::move(v));
}

void Findings::held(const Rule& rule) {
  ++count(*rule.requirement).held;
  for (const Requirement* other : implied_by(rule)) ++count(*other).held;
}

Findings::Count& Findings::count(const Requirement& requirement) {
  return counts_[static_cast<std::size_t>(&requirement - requirement_catalogue().data())];
}

const std::map<std::string, Evaluation, std::less<>>& Findings::evaluations() const {
  const auto catalogue = requirement_catalogue();
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const auto [held, broken] = counts_[i];
    if (held + broken == 0) continue;
    std::string id{catalogue[i].id};
    evaluations_.insert_or_assign(id, Evaluation{id, held, broken});
  }
  return evaluations_;
}

void Findings::measured(const std::string& name, const std::string& value) {
  features.insert_or_assign(name, value);
}

void Findings::undecided(std::string why) {
  if (undecided_why.empty()) undecided_why = std::move(why);
}

}  // namespace tcpjury::model
