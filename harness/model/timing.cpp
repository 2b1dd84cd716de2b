#include "harness/model/timing.h"

namespace tcpjury::model {

Timing timing_for(const TargetFacts& facts) {
  using namespace std::chrono_literals;
  const bool real = facts.clock == ClockKind::real_time;
  const Duration slack = (real ? Duration{5s} : Duration{10ms}) + 2 * facts.clock_resolution;
  Timing t{};
  t.exact = !real;
  t.slack = slack;
  t.prompt = 1s + slack;
  t.acknowledgment = 500ms + slack;
  t.first_retransmission = 12s + slack;
  t.retransmission_max = 130s + slack;
  t.time_wait_least = facts.msl ? 2 * *facts.msl : Duration{1s};
  // Timer wheels add to the nominal time; five per cent and two ticks have been seen on live kernels.
  if (facts.msl) t.time_wait_most = 2 * *facts.msl + *facts.msl / 5 + slack;
  return t;
}

}  // namespace tcpjury::model
