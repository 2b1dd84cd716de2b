// Urgent data between the stack and its user (RFC 9293 sections 3.8.5 and 3.9.1): what it tells a user who
// asked for it, and where it points when the user sends some.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

/// Segments with text that a user sent as urgent: URG, and a pointer to the octet behind its end.
class UrgentSending : public Layer {
 public:
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);

 private:
  std::optional<SeqRange> urgent_ = {};  ///< what the last urgent SEND handed over
  Reporter report_ = {};

  void judge(const Emitted& e, State state, const View& view, Findings& f);
};

/// Urgent text from the tester: told at once, and again where the pointer moves on (MUST-32); a RECEIVE says
/// whether more of it remains (MUST-33).
class UrgentSignals : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);
  void notice(TimeSpan at, const UserNotice& notice, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const { return due_ == never ? never : due_ + Duration{1}; }
  [[nodiscard]] bool settled() const { return due_ == never; }

 private:
  bool wanted_ = false;  ///< the user asked to be told
  SeqNum read_ = {};     ///< what RECEIVE returned ends here
  bool read_known_ = false;
  std::optional<SeqNum> first_ = {};  ///< the first octet of the urgent sequence
  std::optional<SeqNum> up_ = {};     ///< RCV.UP, as far as it was in text that came
  TimePoint due_ = never;
  Reporter report_ = {};

  void received(const UserCall& call, const View& view, Findings& f);
};

}  // namespace tcpjury::model
