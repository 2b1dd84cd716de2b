// What is left of a case whose worker died.
#include <fmt/format.h>

#include <algorithm>

#include "harness/base/random.h"
#include "harness/runner/pool.h"

namespace tcpjury::runner {
namespace {

using engine::TranscriptEvent;

/// The state in which the target met its end: the first one a `state` event lists, as it was before the
/// stimulus of `step` when that is what was being executed.
model::State last_state(const engine::Transcript& transcript, std::uint32_t step) {
  auto event = transcript.rbegin();
  const auto stimulus = std::find_if(event, transcript.rend(), [step](const TranscriptEvent& e) {
    return e.kind == TranscriptEvent::Kind::received ||
           (e.kind == TranscriptEvent::Kind::sent && e.step == step);
  });
  if (stimulus != transcript.rend() && stimulus->kind == TranscriptEvent::Kind::sent) event = stimulus;
  for (; event != transcript.rend(); ++event) {
    if (event->kind != TranscriptEvent::Kind::state) continue;
    const std::string_view note = event->note;
    std::size_t best = std::string_view::npos;
    model::State found = model::State::closed;
    for (const std::string_view name : model::state_names()) {
      const std::size_t at = note.find(name);
      if (at < best) {
        best = at;
        found = model::parse_state(name).value_or(model::State::closed);
      }
    }
    if (best != std::string_view::npos) return found;
  }
  return model::State::closed;
}

const scenario::Step* find_step(const scenario::Steps& steps, std::uint32_t number) {
  for (const scenario::Step& step : steps) {
    if (step.number == number && !step.walk) return &step;
    if (const auto* loop = std::get_if<scenario::RepeatStep>(&step.what)) {
      if (const auto* inner = find_step(loop->body, number)) return inner;
    }
    if (const auto* choice = std::get_if<scenario::AnyOfStep>(&step.what)) {
      for (const auto& alternative : choice->alternatives) {
        if (const auto* inner = find_step(alternative.then, number)) return inner;
      }
    }
  }
  return nullptr;
}

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  const std::size_t newline = text.rfind('\n');
  return std::string{newline == std::string_view::npos ? text : text.substr(newline + 1)};
}

void add_mark(engine::CaseResult& result, std::uint32_t step, std::string note) {
  TranscriptEvent mark;
  mark.kind = TranscriptEvent::Kind::mark;
  mark.at = result.transcript.empty() ? clock_epoch : result.transcript.back().at;
  mark.step = step;
  mark.note = std::move(note);
  result.transcript.push_back(std::move(mark));
}

}  // namespace

engine::CaseResult result_without_judging(const scenario::Variant& variant, engine::Verdict verdict,
                                          std::string reason) {
  engine::CaseResult result;
  result.scenario = variant.scenario;
  result.variant = variant.variant;
  result.title = variant.title;
  result.file = variant.file;
  result.verdict = verdict;
  result.reason = std::move(reason);
  for (const std::string& id : variant.requirements) {
    result.requirements.push_back({id, engine::Verdict::inconclusive});
  }
  return result;
}

engine::CaseResult result_of_death(const scenario::Variant& variant, Death death) {
  const bool hang = death.kind == Death::Kind::hang;
  const std::string sentence =
      death.step == 0
          ? fmt::format("the target {}: {} before the first step", hang ? "hangs" : "died", death.cause)
          : fmt::format("the target {}: {} while step {} was executed", hang ? "hangs" : "died", death.cause,
                        death.step);
  engine::CaseResult result = result_without_judging(variant, engine::Verdict::fail, sentence);
  result.clock = death.clock;
  result.transcript = std::move(death.transcript);
  if (!result.transcript.empty()) result.duration = result.transcript.back().at - clock_epoch;

  engine::CaseViolation violation;
  violation.what.requirement = hang ? requirement_hang : requirement_crash;
  violation.what.level = model::Level::must;
  violation.what.state = last_state(result.transcript, death.step);
  violation.what.event = hang ? "HANG" : "CRASH";
  violation.what.message = sentence;
  violation.what.got = hang ? "no return" : death.cause;
  violation.what.want = {"a target that goes on working"};
  violation.step = death.step;
  if (const scenario::Step* step = find_step(variant.steps, death.step)) violation.line = step->where.line;
  violation.fingerprint = fmt::format(
      "{:016x}",
      hash64(fmt::format("{}|{}|{}|{}", violation.what.requirement, model::to_string(violation.what.state),
                         violation.what.event, hang ? std::string{} : death.cause)));
  result.requirements.push_back({violation.what.requirement, engine::Verdict::fail});
  result.violations.push_back(std::move(violation));

  add_mark(result, death.step, sentence);
  if (!death.error_text.empty()) {
    result.reason += fmt::format(" (it wrote: {})", last_line(death.error_text));
    add_mark(result, death.step, "the target wrote:\n" + death.error_text);
  }
  return result;
}

}  // namespace tcpjury::runner
