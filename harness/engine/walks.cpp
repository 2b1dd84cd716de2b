#include "harness/engine/walks.h"

#include "harness/engine/step_builder.h"

namespace tcpjury::engine {
namespace {

using model::Origin;
using model::State;

void half_open(StepBuilder& steps, Origin role) {
  if (role == Origin::passive) {
    steps.call(scenario::ListenCall{}).send({.ctl = "SYN", .seq = "J"});
  } else {  // both open at once (RFC 9293 section 3.5, figure 7)
    steps.call(scenario::OpenCall{}).expect({.ctl = "SYN", .seq = "K"}).send({.ctl = "SYN", .seq = "J"});
  }
  steps.expect({.ctl = "SYN,ACK", .seq = "K", .ack = "J+1"});
}

void establish(StepBuilder& steps, Origin role) {
  if (role == Origin::passive) {
    half_open(steps, role);
    steps.send({.ctl = "ACK", .seq = "J+1", .ack = "K+1"});
    return;
  }
  steps.call(scenario::OpenCall{})
      .expect({.ctl = "SYN", .seq = "K"})
      .send({.ctl = "SYN,ACK", .seq = "J", .ack = "K+1"})
      .expect({.ctl = "ACK", .seq = "K+1", .ack = "J+1"});
}

void target_closes(StepBuilder& steps, std::string_view ack) {
  steps.call(scenario::CloseCall{}).expect({.ctl = "FIN,ACK", .seq = "K+1", .ack = ack});
}

void tester_closes(StepBuilder& steps, std::string_view ack) {
  steps.send({.ctl = "FIN,ACK", .seq = "J+1", .ack = ack}).expect({.ctl = "ACK", .ack = "J+2"});
}

void acknowledge_fin(StepBuilder& steps) { steps.send({.ctl = "ACK", .seq = "J+1", .ack = "K+2"}); }

}  // namespace

scenario::Steps walk_steps(State state, Origin role) {
  StepBuilder steps{"main"};
  if (state != State::closed && state != State::listen && state != State::syn_sent &&
      state != State::syn_received) {
    establish(steps, role);
  }
  switch (state) {
    case State::closed:
    case State::established:
      break;
    case State::listen:
      steps.call(scenario::ListenCall{});
      break;
    case State::syn_sent:
      steps.call(scenario::OpenCall{}).expect({.ctl = "SYN", .seq = "K"});
      break;
    case State::syn_received:
      half_open(steps, role);
      break;
    case State::fin_wait_1:
      target_closes(steps, "J+1");
      break;
    case State::fin_wait_2:
      target_closes(steps, "J+1");
      acknowledge_fin(steps);
      break;
    case State::close_wait:
      tester_closes(steps, "K+1");
      break;
    case State::closing:
      target_closes(steps, "J+1");
      tester_closes(steps, "K+1");
      break;
    case State::last_ack:
      tester_closes(steps, "K+1");
      target_closes(steps, "J+2");
      break;
    case State::time_wait:
      target_closes(steps, "J+1");
      acknowledge_fin(steps);
      tester_closes(steps, "K+2");
      break;
  }
  return steps.take();
}

}  // namespace tcpjury::engine
