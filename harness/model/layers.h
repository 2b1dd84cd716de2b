// The layers of a connection, in the order they are asked.
#pragma once

#include <algorithm>
#include <tuple>

#include "harness/model/acknowledging.h"
#include "harness/model/challenge_layer.h"
#include "harness/model/ecn_layer.h"
#include "harness/model/error_reports.h"
#include "harness/model/fast_recovery.h"
#include "harness/model/flow_label_layer.h"
#include "harness/model/giving_up.h"
#include "harness/model/host_layer.h"
#include "harness/model/icmp_layer.h"
#include "harness/model/ip_fields_layer.h"
#include "harness/model/keep_alive.h"
#include "harness/model/layer.h"
#include "harness/model/loss_response.h"
#include "harness/model/modulo_layer.h"
#include "harness/model/path_mtu_layer.h"
#include "harness/model/reassembly_layer.h"
#include "harness/model/receiving_window.h"
#include "harness/model/release_layer.h"
#include "harness/model/sack_layer.h"
#include "harness/model/sack_sender_layer.h"
#include "harness/model/scoreboard.h"
#include "harness/model/segmenting.h"
#include "harness/model/send_rate.h"
#include "harness/model/source_route.h"
#include "harness/model/tail_loss_probe.h"
#include "harness/model/time_wait_layer.h"
#include "harness/model/timeout.h"
#include "harness/model/timestamps_layer.h"
#include "harness/model/tolerance_layer.h"
#include "harness/model/urgent_layer.h"
#include "harness/model/urgent_signals.h"
#include "harness/model/user_timeout_expiry.h"
#include "harness/model/user_timeout_option.h"
#include "harness/model/window_scale_layer.h"
#include "harness/model/zero_window.h"

namespace tcpjury::model {

class Layers {
 public:
  template <typename Event>
  void each(Event&& event) {
    std::apply([&](auto&... layer) { (event(layer), ...); }, layers_);
  }
  /// A more precise name for the sentence that an unexplained observation breaks, where a layer with
  /// `blame()` knows one.
  [[nodiscard]] Rule blame(Rule rule, const Findings& findings) const {
    const auto ask = [&]<typename L>(const L& layer) {
      if constexpr (requires { layer.blame(rule, findings); }) rule = layer.blame(rule, findings);
    };
    std::apply([&](const auto&... layer) { (ask(layer), ...); }, layers_);
    return rule;
  }
  /// The connection they knew is over. What was left open then may show only in the answer to the next
  /// segment: a layer with `renewed()` says itself what it takes along.
  void renew() {
    const auto anew = []<typename L>(L& layer) {
      if constexpr (requires { layer.renewed(); }) {
        layer = layer.renewed();
      } else {
        layer = L{};
      }
    };
    each(anew);
  }
  [[nodiscard]] TimePoint next_deadline() const {
    return std::apply(
        [](const auto&... layer) {
          TimePoint next = never;
          ((next = std::min(next, layer.next_deadline())), ...);
          return next;
        },
        layers_);
  }
  [[nodiscard]] bool settled() const {
    return std::apply([](const auto&... layer) { return (layer.settled() && ...); }, layers_);
  }

 private:
  std::tuple<Acknowledging, ZeroWindow, SendRate, FastRecovery, Timeout, KeepAlive, Segmenting, Thresholds,
             LossResponse, ReceivingWindow, Scoreboard, UserTimeoutOption, TailLossProbe, TimestampsLayer,
             SackLayer, SackSenderLayer, EcnLayer, ToleranceLayer, WindowScaleLayer, IcmpLayer, HostLayer,
             TimeWaitLayer, ChallengeLayer, UrgentLayer, PathMtuLayer, ReleaseLayer, UserTimeoutExpiry,
             ReassemblyLayer, FlowLabelLayer, ModuloLayer, IpFieldsLayer, UrgentSending, UrgentSignals,
             ErrorReports, SourceRouteLayer>
      layers_ = {};
};

}  // namespace tcpjury::model
