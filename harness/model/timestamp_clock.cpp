#include "harness/model/timestamp_clock.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/model/agreement.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

/// The slowest clock that section 5.4 recommends ticks once a second; one that stands still ten times as
/// long is not proportional to real time by any reading.
constexpr Duration standstill = 10s;
/// What is measured over less says more about scheduling than about a clock.
constexpr Duration measured_over = 2s;
/// Recycling within the longest MSL, 255 s (section 5.4).
constexpr double fastest = 4'294'967'296.0 / 255.0;
/// A kernel may date a paced segment ahead of the acknowledgments around it.
constexpr std::uint32_t real_clock_step_back = 1000;

std::uint32_t ticks(std::uint32_t from, std::uint32_t to) { return to - from; }

}  // namespace

void TimestampClock::emission(const Emitted& e, std::uint32_t tsval, EmissionClass what, const View& v,
                              TimestampRules& rules, Findings& f) {
  const Sample now{tsval, e.at, v.after.front().snd_nxt};
  monotone(e, now, what, v, rules, f);
  measure(e, now, v, rules, f);
  per_window(e, now, v, rules, f);
  if (!standing_ || standing_->value != tsval) standing_ = now;
  last_ = now;
}

void TimestampClock::monotone(const Emitted& e, const Sample& now, EmissionClass what, const View& v,
                              TimestampRules& rules, Findings& f) {
  if (!last_ || what == EmissionClass::retransmission) return;
  const State state = v.before.front().state;
  const std::uint32_t tolerance = v.context.timing->exact ? 0 : real_clock_step_back;
  const bool backwards =
      older_timestamp(now.value, last_->value) && ticks(now.value, last_->value) > tolerance;
  if (backwards) {
    rules.broken(TsRule::clock, state,
                 {"TS-BACKWARDS",
                  fmt::format("TSval went from {} back to {}", last_->value, now.value),
                  "a value of a clock that does not run backwards",
                  {}},
                 wire::to_notation(*e.segment), f);
    base_.reset();
  } else if (standing_ && standing_->value == now.value &&
             elapsed(standing_->at, now.at).least >= standstill) {
    rules.broken(TsRule::clock, state,
                 {"TS-STANDSTILL",
                  fmt::format("TSval is {} as it was {:.0f} s ago", now.value,
                              Seconds{elapsed(standing_->at, now.at).least}.count()),
                  "a value of a clock that runs",
                  {}},
                 wire::to_notation(*e.segment), f);
  }
}

void TimestampClock::measure(const Emitted& e, const Sample& now, const View& v, TimestampRules& rules,
                             Findings& f) {
  if (!base_) {
    base_ = now;
    return;
  }
  const ElapsedBounds span = elapsed(base_->at, now.at);
  if (span.least < measured_over || older_timestamp(now.value, base_->value)) return;
  const State state = v.before.front().state;
  const double count = ticks(base_->value, now.value);
  const Rate rate{std::max(0.0, count - 1) / Seconds{span.most}.count(),
                  (count + 1) / Seconds{span.least}.count()};
  if (rate.least > fastest) {
    rules.broken(TsRule::clock_bounds, state,
                 {"TS-TOO-FAST",
                  fmt::format("at least {:.0f} ticks a second", rate.least),
                  "a recycling time beyond the MSL",
                  {}},
                 wire::to_notation(*e.segment), f);
  } else {
    rules.held(TsRule::clock_bounds, state, f);
  }
  const bool uneven = rate_ && (rate.least > 2 * rate_->most || rate_->least > 2 * rate.most);
  if (uneven) {
    rules.broken(TsRule::clock, state,
                 {"TS-UNEVEN",
                  fmt::format("TSval grew by {:.0f} to {:.0f} a second, before by {:.0f} to {:.0f}",
                              rate.least, rate.most, rate_->least, rate_->most),
                  "values proportional to real time",
                  {}},
                 wire::to_notation(*e.segment), f);
  } else if (rate.least > 0) {
    rules.held(TsRule::clock, state, f);
  }
  if (rate.least > 0 && rate.most < 1.2 * rate.least)
    f.measured("timestamp.clock", fmt::format("{:.0f} Hz", (rate.least + rate.most) / 2));
  rate_ = rate;
  base_ = now;
}

/// Section 5.4 (a): at least one tick for a window's worth of text; told where a window took two seconds.
void TimestampClock::per_window(const Emitted& e, const Sample& now, const View& v, TimestampRules& rules,
                                Findings& f) {
  const auto window = common(v.after, [](const Tcb& t) { return t.snd_wnd_max; });
  if (!window_ || !window) {
    window_ = now;
    return;
  }
  if ((now.snd_nxt - window_->snd_nxt).octets < *window || *window == 0) return;
  if (elapsed(window_->at, now.at).least >= measured_over) {
    const State state = v.before.front().state;
    if (now.value != window_->value) {
      rules.held(TsRule::clock_per_window, state, f);
    } else {
      rules.broken(TsRule::clock_per_window, state,
                   {"TS-SLOW",
                    fmt::format("TSval is {} before and after a whole window", now.value),
                    "a tick for each window of text",
                    {}},
                   wire::to_notation(*e.segment), f);
    }
  }
  window_ = now;
}

}  // namespace tcpjury::model
