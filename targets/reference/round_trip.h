// The retransmission timeout (RFC 6298).
#pragma once

#include <cstdint>
#include <optional>

#include "targets/reference/host.h"

namespace tcpjury::reference {

class RoundTrip {
 public:
  static constexpr Time initial = 1 * seconds;           ///< (2.1)
  static constexpr Time least = 1 * seconds;             ///< (2.4)
  static constexpr Time most = 60 * seconds;             ///< (2.5)
  static constexpr Time after_syn_loss = 3 * seconds;    ///< (5.7)
  static constexpr Time granularity = 1 * milliseconds;  ///< G

  [[nodiscard]] Time timeout() const { return timeout_; }
  void set_timeout(Time timeout) { timeout_ = timeout; }
  /// Takes a measurement and computes RTO anew, which also ends the backing off.
  void sample(Time measured);
  /// SRTT, where something was measured.
  [[nodiscard]] std::optional<Time> smoothed() const { return smoothed_; }
  /// (5.5): RTO <- RTO * 2.
  void back_off();

 private:
  std::optional<Time> smoothed_ = {};  ///< SRTT
  Time variation_ = 0;                 ///< RTTVAR
  Time timeout_ = initial;
};

}  // namespace tcpjury::reference
