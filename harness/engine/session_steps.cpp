// How a session executes the steps that wait: expectations, time, states, repetitions.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/base/assert.h"
#include "harness/engine/probes.h"
#include "harness/engine/session_impl.h"

namespace tcpjury::engine {
namespace {

using namespace std::chrono_literals;

/// How long an expectation waits when the scenario does not say: generous, since a live machine may be busy.
constexpr Duration default_wait_virtual = 5s;
constexpr Duration default_wait_real = 10s;
/// Pending obligations of the target may move such a deadline, but not for ever.
constexpr Duration extended_wait_max = 10min;
/// RFC 9293 section 3.4.2: the MSL is taken to be two minutes where the target does not say otherwise.
constexpr Duration default_msl = 2min;
constexpr std::size_t steps_max = 1'000'000;

bool skippable(model::EmissionClass was) {
  using enum model::EmissionClass;
  return was == retransmission || was == duplicate_ack || was == window_update || was == probe;
}

std::string notation(const wire::Decoded& frame) {
  const wire::TcpSegment* segment = frame.packet.tcp();
  return segment == nullptr ? wire::to_string(frame.packet) : wire::to_notation(*segment);
}

std::string field_names(const MatchResult& result) {
  std::vector<std::string_view> names;
  for (const FieldDiff& d : result.differences) {
    if (names.empty() || names.back() != d.field) names.push_back(d.field);
  }
  return fmt::format("{}", fmt::join(names, ","));
}

std::string field_differences(const MatchResult& result) {
  std::vector<std::string> parts;
  for (const FieldDiff& d : result.differences) {
    parts.push_back(fmt::format("{} is {} instead of {}", d.field, d.got, d.want));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

Duration Session::Impl::length(const scenario::SymbolicDuration& d) const {
  const double msl = static_cast<double>(config.traits->msl.value_or(default_msl).count());
  return d.fixed + Duration{static_cast<Duration::rep>(d.msl * msl)};
}

bool Session::Impl::is_settled() const {
  return judge.settled() || reported_until >= progress.since + extended_wait_max;
}

TimePoint Session::Impl::deadline() const {
  if (phase == Phase::finished) return never;
  if (phase == Phase::cleaning || in_flight) return now;
  TimePoint earliest = std::min(judge.next_deadline(), progress.deadline);
  if (!judge.settled()) earliest = std::min(earliest, progress.since + extended_wait_max);
  return earliest;
}

bool Session::Impl::time_is_up() {
  if (reported_until < progress.deadline) return false;
  if (!progress.generous) return true;
  // The target still owes something: its expiry says more than this time-out would.
  const TimePoint owed = judge.next_deadline();
  const bool worth_it = config.traits->clock == ClockKind::virtual_time
                            ? owed <= progress.since + extended_wait_max
                            : !judge.settled() && owed <= progress.since + extended_wait_max;
  if (!worth_it || owed <= reported_until) return true;
  progress.deadline = owed;
  return false;
}

void Session::Impl::enter(const scenario::Step& step) {
  progress = {};
  progress.entered = true;
  progress.since = now;
  progress.violations = violations_seen;
  const auto wait = [this](const std::optional<scenario::SymbolicDuration>& within) {
    const bool is_virtual = config.traits->clock == ClockKind::virtual_time;
    progress.generous = !within.has_value();
    const Duration most = within ? length(*within) : is_virtual ? default_wait_virtual : default_wait_real;
    progress.deadline = now + most;
  };
  if (const auto* expect = std::get_if<scenario::ExpectStep>(&step.what)) wait(expect->within);
  if (const auto* any = std::get_if<scenario::AnyOfStep>(&step.what)) wait(any->within);
  if (const auto* event = std::get_if<scenario::ExpectEventStep>(&step.what)) wait(event->within);
  if (const auto* nothing = std::get_if<scenario::ExpectNothingStep>(&step.what)) wait(nothing->quiet);
  if (const auto* pause = std::get_if<scenario::WaitStep>(&step.what)) wait(pause->time);
}

void Session::Impl::pump() {
  while (phase == Phase::running) {
    const scenario::Step* step = program->current();
    if (step != nullptr && !progress.entered) {
      if (++steps_done > steps_max) {
        conclude(Verdict::error, fmt::format("the scenario runs more than {} steps", steps_max));
        return;
      }
      enter(*step);
    }
    if (step == nullptr) {
      if (!progress.entered) progress = {.entered = true, .since = now};
      if (is_settled()) end();
      return;
    }
    last_step = step->number;
    if (!run(*step)) return;
    progress = {};
  }
}

bool Session::Impl::run(const scenario::Step& step) {
  if (const auto* expect = std::get_if<scenario::ExpectStep>(&step.what)) {
    return run_choices(step, {{&expect->pattern, nullptr}});
  }
  if (const auto* any = std::get_if<scenario::AnyOfStep>(&step.what)) {
    std::vector<Choice> choices;
    for (const auto& alternative : any->alternatives)
      choices.push_back({&alternative.pattern, &alternative.then});
    return run_choices(step, choices);
  }
  if (const auto* nothing = std::get_if<scenario::ExpectNothingStep>(&step.what)) {
    return run_nothing(step, *nothing);
  }
  if (const auto* event = std::get_if<scenario::ExpectEventStep>(&step.what)) return run_event(step, *event);
  if (const auto* state = std::get_if<scenario::ExpectStateStep>(&step.what)) return run_state(step, *state);
  if (const auto* repeat = std::get_if<scenario::RepeatStep>(&step.what)) return run_repeat(step, *repeat);
  if (std::holds_alternative<scenario::WaitStep>(step.what)) {
    if (reported_until < progress.deadline) return false;
    program->advance();
    return true;
  }
  return false;  // actions are next()'s business
}

void Session::Impl::step_held(const scenario::Step& step) { outcome.held(step.requirements); }

bool Session::Impl::run_choices(const scenario::Step& step, const std::vector<Choice>& choices) {
  std::deque<Arrived>& waiting = mail(step.conn).segments;
  const auto want = [&choices] {
    std::vector<std::string> list;
    for (const Choice& choice : choices) list.push_back(describe(*choice.pattern));
    return list;
  };
  while (!waiting.empty()) {
    const Arrived arrived = std::move(waiting.front());
    waiting.pop_front();
    MatchResult nearest;
    for (const Choice& choice : choices) {
      auto result = match(*choice.pattern, arrived.frame, map->lookup(step.conn, now, &arrived.before));
      if (!result) {
        unknown_name(step, result.error());
        return false;
      }
      if (result->matched()) {
        for (const auto& [name, value] : result->bindings) map->bind(name, value);
        recorder.remark(arrived.place, fmt::format("taken by step {}", step.number));
        step_held(step);
        if (choice.then == nullptr) program->advance();
        if (choice.then != nullptr) program->advance_into(*choice.then);
        return true;
      }
      const bool nearer = nearest.matched() || result->differences.size() < nearest.differences.size();
      if (nearer) nearest = std::move(*result);
    }
    if (skippable(arrived.was)) {
      recorder.remark(arrived.place, fmt::format("skipped: {}", model::to_string(arrived.was)));
      continue;
    }
    recorder.remark(arrived.place, fmt::format("not what step {} expects", step.number));
    return mismatch(step,
                    {field_names(nearest), notation(arrived.frame), want(), field_differences(nearest)});
  }
  return time_is_up() && mismatch(step, {"nothing", "nothing", want(), "nothing came in time"});
}

bool Session::Impl::run_nothing(const scenario::Step& step, const scenario::ExpectNothingStep& nothing) {
  std::deque<Arrived>& waiting = mail(step.conn).segments;
  while (!waiting.empty() && waiting.front().at.earliest <= progress.deadline) {
    const Arrived arrived = std::move(waiting.front());
    waiting.pop_front();
    bool excepted = skippable(arrived.was);
    for (const scenario::SegmentPattern& pattern : nothing.except) {
      auto result = match(pattern, arrived.frame, map->lookup(step.conn, now, &arrived.before));
      if (!result) {
        unknown_name(step, result.error());
        return false;
      }
      excepted = excepted || result->matched();
    }
    if (excepted) {
      recorder.remark(arrived.place, "does not break the silence");
      continue;
    }
    recorder.remark(arrived.place, fmt::format("breaks the silence of step {}", step.number));
    return mismatch(step, {"silence", notation(arrived.frame), {"silence"}, "a segment came"});
  }
  if (reported_until < progress.deadline) return false;
  step_held(step);
  program->advance();
  return true;
}

bool Session::Impl::run_event(const scenario::Step& step, const scenario::ExpectEventStep& expected) {
  std::deque<AppEvent>& waiting = mail(step.conn).events;
  while (!waiting.empty()) {
    const scenario::UserEvent kind = waiting.front().kind;
    waiting.pop_front();
    if (kind == expected.event) {
      step_held(step);
      program->advance();
      return true;
    }
    progress.events_seen.emplace_back(scenario::to_string(kind));
  }
  if (time_is_up()) {
    const std::string got =
        progress.events_seen.empty() ? "nothing" : fmt::format("{}", fmt::join(progress.events_seen, ", "));
    return mismatch(
        step, {"event", got, {std::string{scenario::to_string(expected.event)}}, "the user was not told"});
  }
  return false;
}

bool Session::Impl::run_repeat(const scenario::Step& step, const scenario::RepeatStep& repeat) {
  map->connection(step.conn);
  auto count = repeat.count.evaluate(map->lookup(step.conn, now));
  if (!count) {
    unknown_name(step, count.error());
    return false;
  }
  program->advance_into_rounds(repeat.body, *count, repeat.counter);
  return true;
}

bool Session::Impl::run_state(const scenario::Step& step, const scenario::ExpectStateStep& expected) {
  if (!is_settled()) return false;
  if (progress.wants_status) return false;
  const std::string want{model::to_string(expected.state)};
  const auto states = judge.states(map->connection(step.conn).tuple);
  // A connection that is gone counts as CLOSED whether or not its port still listens.
  const bool gone = expected.state == model::State::closed && states == std::vector{model::State::listen};
  const bool possible =
      states.empty() || gone || std::find(states.begin(), states.end(), expected.state) != states.end();
  if (!possible || (progress.status && *progress.status != expected.state)) {
    std::vector<std::string_view> names;
    for (const model::State s : states) names.push_back(model::to_string(s));
    const std::string got = progress.status && possible
                                ? fmt::format("{} (STATUS)", model::to_string(*progress.status))
                                : fmt::format("{}", fmt::join(names, " or "));
    return mismatch(step, {"state", got, {want}, "the target is in another state"});
  }
  const bool known = states.size() == 1 || progress.status.has_value();
  if (known && !expected.probe) {
    step_held(step);
    program->advance();
    return true;
  }
  const bool can_ask = config.traits->capabilities.contains(scenario::Capability::status);
  if (!expected.probe && can_ask && handles.connection_of(step.conn)) {
    progress.wants_status = true;
    return false;
  }
  start_probe(step, expected.state);
  return phase == Phase::running;
}

void Session::Impl::start_probe(const scenario::Step& step, model::State state) {
  const LiveConnection& connection = map->connection(step.conn);
  const std::string stranger = fmt::format("probe{}", ++probes);
  auto steps = probe_steps(state, {.conn = step.conn,
                                   .stranger = stranger,
                                   .port_known = connection.tuple.target.port.number != 0,
                                   .port_listens = handles.any_listener(),
                                   .sequence_known = connection.side.iss().has_value()});
  if (!steps) {
    conclude(Verdict::inconclusive, fmt::format("step {}: {}", step.number, steps.error().message));
    return;
  }
  if (state == model::State::listen && map->free_ports() <= ports_for_labels) {
    conclude(Verdict::inconclusive,
             fmt::format("step {}: no tester port is left to probe from", step.number));
    return;
  }
  discard_mail(step.conn);
  mark(fmt::format("probing for {}", model::to_string(state)), step.conn);
  if (state == model::State::listen) {
    const wire::Port port = connection.tuple.target.port;
    map->set_target_port(stranger, port);
    map->stranger(stranger);
  }
  for (scenario::Step& probe : *steps) {
    probe.number = step.number;
    probe.where = step.where;
    probe.requirements = step.requirements;
    probe.because = step.because;
    probe.walk = true;
  }
  program->advance_into_own(std::move(*steps));
}

void Session::Impl::discard_mail(const std::string& label) {
  for (const Arrived& arrived : mail(label).segments) {
    recorder.remark(arrived.place, "nobody asked about it before the probe");
  }
  mail(label).segments.clear();
}

}  // namespace tcpjury::engine
