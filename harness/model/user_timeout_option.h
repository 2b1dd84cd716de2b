// The User Timeout option (RFC 5482): who does not know it ignores it, who does sends it well-formed and
// never gives up earlier than 100 seconds because a peer asked for it.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class UserTimeoutOption : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);

 private:
  Reporter report_ = {};
  bool seen_ = false;  ///< the peer's segments carry it
  bool zero_ = false;  ///< with the value zero, which says nothing
  bool on_syn_ = false;
  bool answer_due_ = false;
  bool own_seen_ = false;  ///< the target sends the option
  bool own_due_ = false;   ///< its user has set another value since
};

}  // namespace tcpjury::model
