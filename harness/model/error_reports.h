// Soft errors told to a user who asked for them (RFC 9293 section 3.9.1.8): ICMP errors that leave the
// connection alone, and retransmissions beyond R1.
#pragma once

#include <optional>

#include "harness/model/icmp_error.h"
#include "harness/model/layer_support.h"

namespace tcpjury::model {

class ErrorReports : public Layer {
 public:
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);
  void icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted, const View& view,
            Findings& f);
  void notice(TimeSpan at, const UserNotice& notice, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const;
  [[nodiscard]] bool settled() const { return due_ == never && silent_until_ == never; }

 private:
  bool on_ = false;
  bool was_on_ = false;
  TimePoint due_ = never;           ///< by when the last ICMP error must have been told
  TimePoint silent_until_ = never;  ///< so long no report may come, since the user has switched them off
  bool trouble_ = false;            ///< the front of the queue was sent again as often as R1 allows
  bool trouble_told_ = false;
  Reporter report_ = {};
};

}  // namespace tcpjury::model
