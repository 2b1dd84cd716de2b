// Timestamps (RFC 7323 sections 3 to 5) beyond what one segment shows: which value is echoed, what the clock
// does, which segments carry the option. PAWS changes what is accepted and stands in arrives_paws.cpp.
#pragma once

#include "harness/model/layer.h"
#include "harness/model/timestamp_clock.h"
#include "harness/model/timestamp_echo.h"

namespace tcpjury::model {

class TimestampsLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& v, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& v, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& v, Findings& f);

  /// Text or a reset that its timestamp must not have kept from being taken.
  [[nodiscard]] Rule blame(const Rule& rule, const Findings& findings) const;
  [[nodiscard]] TimestampsLayer renewed() const {
    TimestampsLayer next{};
    next.echo_ = echo_.renewed();
    return next;
  }

 private:
  TimestampEcho echo_ = {};
  TimestampClock clock_ = {};
  TimestampRules rules_ = {};
  bool abort_carries_ = false;  ///< the user aborted a connection with timestamps: its reset is awaited

  std::optional<bool> paws_ = {};  ///< as it was measured

  void paws_shown(const Emitted& e, bool used, State state, Findings& f);
  void reset(const Emitted& e, bool carries, State state, Findings& f);
  void without_negotiation(const Emitted& e, const View& v, Findings& f);
};

}  // namespace tcpjury::model
