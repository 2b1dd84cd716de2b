// How a session comes to its verdict.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/engine/session_impl.h"

namespace tcpjury::engine {

std::uint32_t Session::Impl::step_number() const {
  const scenario::Step* step = program ? program->current() : nullptr;
  return step == nullptr ? last_step : step->number;
}

Strictness Session::Impl::strictness() const {
  return config.strict_should ? Strictness::should_fails : Strictness::normal;
}

void Session::Impl::mark(std::string note, std::string_view label) {
  recorder.add({.kind = TranscriptEvent::Kind::mark,
                .at = now,
                .step = step_number(),
                .conn = std::string{label},
                .note = std::move(note)});
}

void Session::Impl::note_states(const std::string& label) {
  if (label.empty()) return;
  const model::FourTuple& tuple = map->connection(label).tuple;
  if (tuple.target.port.number == 0) return;  // an active OPEN whose SYN has not been seen
  std::vector<model::State> states = judge.states(tuple);
  std::vector<model::State>& known = mail(label).states;
  if (states == known) return;
  known = std::move(states);
  std::vector<std::string_view> names;
  for (const model::State s : known) names.push_back(model::to_string(s));
  recorder.add({.kind = TranscriptEvent::Kind::state,
                .at = now,
                .step = step_number(),
                .conn = label,
                .note = names.empty() ? "not judged any more" : fmt::format("{}", fmt::join(names, " or "))});
}

void Session::Impl::collect_violations() {
  const auto& found = judge.violations();
  const scenario::Step* step = program->current();
  bool fatal = false;
  for (; violations_seen < found.size(); ++violations_seen) {
    const model::Violation& violation = found[violations_seen];
    mark(fmt::format("{} ({}): {}", violation.requirement, model::to_string(violation.level),
                     violation.message));
    outcome.add({.what = violation,
                 .step = step_number(),
                 .line = step == nullptr ? 0U : step->where.line,
                 .fingerprint = fingerprint(violation, "")});
    outcome.worsen(verdict_of(violation.level, strictness()),
                   fmt::format("{}: {}", violation.requirement, violation.message));
    fatal = fatal || violation.fatal;
  }
  // A rule broken on a connection that goes on as the model knows it hides nothing of what comes later.
  if (fatal) end();
  if (phase == Phase::running && !judge.undecided().empty()) {
    conclude(Verdict::inconclusive, fmt::format("the model cannot decide: {}", judge.undecided()));
  }
}

bool Session::Impl::mismatch(const scenario::Step& step, const Mismatch& what) {
  const std::string place = step.walk ? "on the way there" : fmt::format("step {}", step.number);
  const std::string full =
      fmt::format("{}: {}: got {}, want {}", place, what.message, what.got, fmt::join(what.want, " or "));
  mark(full, step.conn);
  // A rule the model found broken during this very step explains the mismatch: no second verdict, and the
  // case goes on.
  if (violations_seen > progress.violations) {
    if (phase == Phase::running) program->advance();
    return phase == Phase::running;
  }
  const auto states = judge.states(map->connection(step.conn).tuple);
  for (const std::string& id : step.requirements) {
    const model::Requirement* known = model::find_requirement(id);
    if (known != nullptr && known->level == model::Level::may) {
      // Nobody has to do what a MAY says, but the steps cannot go on from here either.
      outcome.worsen(Verdict::inconclusive, fmt::format("{} is optional: {}", id, full));
      continue;
    }
    model::Violation violation{.requirement = id,
                               .level = known == nullptr ? model::Level::must : known->level,
                               .state = states.size() == 1 ? states.front() : model::State::closed,
                               .event = "EXPECT",
                               .message = step.because.empty() ? what.message : step.because,
                               .got = what.got,
                               .want = what.want,
                               .known_practice = {}};
    outcome.worsen(verdict_of(violation.level, strictness()), fmt::format("{}: {}", id, full));
    const std::string print = fingerprint(violation, what.fields);
    outcome.add(
        {.what = std::move(violation), .step = step.number, .line = step.where.line, .fingerprint = print});
  }
  if (step.requirements.empty()) {
    outcome.worsen(Verdict::inconclusive, fmt::format("permitted alternative: {}", full));
  }
  end();
  return false;
}

void Session::Impl::unknown_name(const scenario::Step& step, const Error& error) {
  const bool of_target = error.message.find("target.") != std::string::npos;
  const std::string reason = fmt::format("step {}: {}", step.number, error.message);
  // After a step that broke a rule a name may have stayed unbound: the verdict stands, the rest cannot run.
  if (outcome.verdict() == Verdict::fail || outcome.verdict() == Verdict::warn) {
    mark(reason);
    return end();
  }
  if (of_target) {
    conclude(Verdict::inconclusive, reason + "; the model does not know it for sure");
  } else {
    conclude(Verdict::error, reason);
  }
}

void Session::Impl::conclude(Verdict verdict, std::string reason) {
  mark(reason);
  outcome.worsen(verdict, std::move(reason));
  end();
}

void Session::Impl::end() {
  if (phase != Phase::running) return;
  last_step = step_number();
  start_cleaning();
}

CaseResult Session::Impl::result() {
  CaseResult result{.scenario = variant.scenario,
                    .variant = variant.variant,
                    .title = variant.title,
                    .file = variant.file,
                    .verdict = outcome.verdict(),
                    .reason = outcome.reason(),
                    .missing = missing};
  result.requirements = outcome.requirements(variant, missing.empty() ? &judge : nullptr, strictness());
  result.violations = outcome.violations();
  result.duration = now - started;
  result.clock = config.traits->clock;
  for (const auto& [name, value] : judge.features()) result.features[name] = value;
  result.host = judge.host_facts();
  result.transcript = recorder.take();
  return result;
}

}  // namespace tcpjury::engine
