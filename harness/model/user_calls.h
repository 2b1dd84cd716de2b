// User calls (RFC 9293 sections 3.10.1 to 3.10.5): what may become of a hypothesis when the user calls.
#pragma once

#include "harness/model/emission.h"
#include "harness/model/judge.h"
#include "harness/model/segment_arrives.h"

namespace tcpjury::model {

/// Facts about the connection that no single hypothesis holds.
struct CallFacts {
  TimeSpan at = {};
  bool unread = false;  ///< text was received that the user has not read
};

/// Every conduct that explains the answered call. Empty when none does: `why` then tells the rule.
[[nodiscard]] Branches user_call(const Tcb& t, const UserCall& call, const CallFacts& facts, const Context& c,
                                 Finding& why);

/// After any event: text that could go out at once must go out, and the FIN after it.
void owe_sending(Tcb& t, TimePoint now, const Context& c);

}  // namespace tcpjury::model
