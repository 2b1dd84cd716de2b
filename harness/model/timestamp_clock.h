// The clock behind the target's TSval (RFC 7323 sections 4.1 and 5.4).
#pragma once

#include "harness/model/layer.h"
#include "harness/model/timestamp_rules.h"

namespace tcpjury::model {

class TimestampClock {
 public:
  void emission(const Emitted& e, std::uint32_t tsval, EmissionClass what, const View& v,
                TimestampRules& rules, Findings& f);

 private:
  struct Sample {
    std::uint32_t value = 0;
    TimeSpan at = {};
    SeqNum snd_nxt = {};
  };
  /// Ticks a second, as far as two samples tell.
  struct Rate {
    double least = 0;
    double most = 0;
  };
  std::optional<Sample> last_ = {};      ///< the last one seen
  std::optional<Sample> standing_ = {};  ///< when the value was first what it is
  std::optional<Sample> base_ = {};      ///< start of the interval being measured
  std::optional<Sample> window_ = {};    ///< start of a window's worth of text
  std::optional<Rate> rate_ = {};

  void monotone(const Emitted& e, const Sample& now, EmissionClass what, const View& v, TimestampRules& rules,
                Findings& f);
  void measure(const Emitted& e, const Sample& now, const View& v, TimestampRules& rules, Findings& f);
  void per_window(const Emitted& e, const Sample& now, const View& v, TimestampRules& rules, Findings& f);
};

}  // namespace tcpjury::model
