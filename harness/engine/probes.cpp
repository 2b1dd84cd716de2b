#include "harness/engine/probes.h"

#include "harness/engine/step_builder.h"

namespace tcpjury::engine {
namespace {

using namespace std::chrono_literals;
using model::State;

/// RFC 6298 rules 2.1 and 5.5: even after several doublings the FIN comes again within a minute; twice that.
constexpr Duration fin_again = 130s;
constexpr Duration silence = 2s;

/// RFC 9293 section 3.10.7.1: an ACK is answered by <SEQ=SEG.ACK><CTL=RST>, a SYN by
/// <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>.
scenario::Steps probe_closed(const ProbeContext& c) {
  StepBuilder steps{c.conn};
  steps.send({.ctl = "ACK", .seq = "probe_seq", .ack = "probe_ack"})
      .expect({.ctl = "RST", .seq = "probe_ack"});
  if (!c.port_listens) {
    steps.send({.ctl = "SYN", .seq = "probe_syn"})
        .expect({.ctl = "RST,ACK", .seq = "0", .ack = "probe_syn+1"});
  }
  return steps.take();
}

/// RFC 9293 section 3.10.7.2, seen by a peer the listener has not met.
scenario::Steps probe_listen(const ProbeContext& c) {
  return StepBuilder{c.stranger}
      .send({.ctl = "SYN"})
      .expect({.ctl = "SYN,ACK", .ack = "snd.nxt"})
      .send({.ctl = "RST", .seq = "snd.nxt"})
      .take();
}

/// RFC 9293 section 3.10.7.3: an acceptable ACK alone changes nothing, an unacceptable one is answered by a
/// reset and the connection lives on.
scenario::Steps probe_syn_sent(const ProbeContext& c) {
  return StepBuilder{c.conn}
      .send({.ctl = "ACK", .seq = "probe_seq", .ack = "rcv.nxt"})
      .silence(silence)
      .send({.ctl = "ACK", .seq = "probe_seq", .ack = "rcv.nxt+1"})
      .expect({.ctl = "RST", .seq = "rcv.nxt+1"})
      .take();
}

/// RFC 9293 section 3.10.7.4, fifth: an unacceptable ACK is answered by <SEQ=SEG.ACK><CTL=RST>; RFC 5961
/// section 5 has a challenge ACK instead.
scenario::Steps probe_syn_received(const ProbeContext& c) {
  return StepBuilder{c.conn}
      .send({.ctl = "ACK", .seq = "snd.nxt", .ack = "rcv.nxt+1"})
      .expect_any({{.ctl = "RST", .seq = "rcv.nxt+1"}, {.ctl = "ACK", .ack = "snd.nxt"}})
      .take();
}

void add_octet(StepBuilder& steps, std::string_view ack) {
  steps.send({.ctl = "ACK,PSH", .ack = ack, .data = "1"}).expect({.ctl = "ACK", .ack = "snd.nxt"});
}
void add_fin_again(StepBuilder& steps) { steps.expect({.ctl = "FIN,ACK", .ack = "snd.nxt"}, fin_again); }

}  // namespace

Result<scenario::Steps> probe_steps(State state, const ProbeContext& c) {
  if (!c.port_known) return fail("the target's port is not known, so it cannot be probed");
  const bool unsynchronized = state == State::closed || state == State::listen || state == State::syn_sent;
  if (!unsynchronized && !c.sequence_known) {
    return fail("the tester has not sent its SYN, so the target's state cannot be probed");
  }
  StepBuilder steps{c.conn};
  switch (state) {
    case State::closed:
      return probe_closed(c);
    case State::listen:
      return probe_listen(c);
    case State::syn_sent:
      return probe_syn_sent(c);
    case State::syn_received:
      return probe_syn_received(c);
    case State::established:
    case State::fin_wait_2:
      add_octet(steps, "rcv.nxt");
      break;
    case State::fin_wait_1:
      add_octet(steps, "rcv.nxt-1");  // all but the FIN
      add_fin_again(steps);
      break;
    case State::closing:
    case State::last_ack:
      add_fin_again(steps);
      break;
    case State::close_wait:
    case State::time_wait:
      // The peer's FIN again: not acceptable any more, so it is acknowledged (section 3.10.7.4, first).
      steps.send({.ctl = "FIN,ACK", .seq = "snd.nxt-1"}).expect({.ctl = "ACK", .ack = "snd.nxt"});
      break;
  }
  return steps.take();
}

}  // namespace tcpjury::engine
