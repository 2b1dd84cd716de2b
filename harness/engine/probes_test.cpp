#include "harness/engine/probes.h"

#include <gtest/gtest.h>

#include "harness/engine/test_case_test.h"

namespace tcpjury::engine {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using model::Origin;
using model::State;

/// The verdict of asking, by probing, whether a target that is in `is` is in `asked`.
CaseResult probe(State is, Origin role, State asked) {
  FakeTarget target;
  // The tiny stack has no timers: its FIN comes again because the test says so.
  target.on_call = [&target](FakeTarget::Connection& c, const AppRequest& request) {
    if (request.kind != AppRequest::Kind::close) return;
    target.again_at(clock_epoch + 1s, c.remote.port.number, wire::fin | wire::ack);
  };
  StepBuilder steps{"main"};
  scenario::Variant variant = case_of(steps.take());
  scenario::Step ask;
  ask.number = 1;
  ask.what = scenario::ExpectStateStep{.state = asked, .probe = true};
  variant.steps.push_back(std::move(ask));
  variant.start_in = is;
  variant.role = role;
  return run(target, variant);
}

TEST(Probes, HoldInTheStateTheyAreFor) {
  for (const State state :
       {State::closed, State::listen, State::syn_received, State::established, State::fin_wait_1,
        State::fin_wait_2, State::close_wait, State::closing, State::last_ack, State::time_wait}) {
    const CaseResult result = probe(state, Origin::passive, state);
    EXPECT_EQ(result.verdict, Verdict::pass) << model::to_string(state) << ": " << marks(result);
  }
  const CaseResult result = probe(State::syn_sent, Origin::active, State::syn_sent);
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
}

TEST(Probes, DoNotHoldWhereTheModelIsSureOfAnother) {
  EXPECT_EQ(probe(State::established, Origin::passive, State::close_wait).verdict, Verdict::inconclusive);
  EXPECT_EQ(probe(State::listen, Origin::passive, State::established).verdict, Verdict::inconclusive);
}

TEST(Probes, NeedToKnowTheNumbers) {
  EXPECT_FALSE(
      probe_steps(State::closed, {.conn = "main", .stranger = "p", .port_known = false}).has_value());
  EXPECT_FALSE(probe_steps(State::established, {.conn = "main", .stranger = "p", .sequence_known = false})
                   .has_value());
}

TEST(Probes, ClosedIsNotAskedForWithASynWhereThePortListens) {
  const auto closed = probe_steps(State::closed, {.conn = "main", .stranger = "p"});
  const auto listening = probe_steps(State::closed, {.conn = "main", .stranger = "p", .port_listens = true});
  EXPECT_EQ(closed->size(), 4U);
  EXPECT_EQ(listening->size(), 2U);
}

}  // namespace
}  // namespace tcpjury::engine
