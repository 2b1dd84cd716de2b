#include "harness/engine/step_builder.h"

#include "harness/base/assert.h"

namespace tcpjury::engine {
namespace {

std::optional<scenario::Expression> expression(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto parsed = scenario::Expression::parse(text);
  TCPJURY_ASSERT(parsed.has_value());
  return std::move(*parsed);
}

scenario::SegmentPattern pattern(const SegmentWords& words) {
  scenario::SegmentPattern made;
  if (!words.ctl.empty()) {
    made.ctl = wire::parse_flags(words.ctl);
    TCPJURY_ASSERT(made.ctl.has_value());
  }
  made.seq = expression(words.seq);
  made.ack = expression(words.ack);
  if (!words.data.empty()) made.data = scenario::SegmentPattern::Text{.length = expression(words.data)};
  return made;
}

}  // namespace

template <class What>
StepBuilder& StepBuilder::add(What what) {
  scenario::Step step;
  step.conn = conn_;
  step.what = std::move(what);
  step.walk = true;
  steps_.push_back(std::move(step));
  return *this;
}

StepBuilder& StepBuilder::call(scenario::Call call) { return add(scenario::CallStep{std::move(call)}); }

StepBuilder& StepBuilder::send(const SegmentWords& words) {
  return add(scenario::SendStep{{pattern(words)}});
}

StepBuilder& StepBuilder::expect(const SegmentWords& words, std::optional<Duration> within) {
  scenario::ExpectStep step{.pattern = pattern(words)};
  if (within) step.within = scenario::SymbolicDuration{.fixed = *within};
  return add(std::move(step));
}

StepBuilder& StepBuilder::expect_any(const std::vector<SegmentWords>& alternatives) {
  scenario::AnyOfStep step;
  for (const SegmentWords& words : alternatives) step.alternatives.push_back({pattern(words), {}});
  return add(std::move(step));
}

StepBuilder& StepBuilder::silence(Duration quiet) {
  return add(scenario::ExpectNothingStep{.quiet = {.fixed = quiet}});
}

StepBuilder& StepBuilder::on(std::string conn) {
  conn_ = std::move(conn);
  return *this;
}

}  // namespace tcpjury::engine
