// Is a segment that came from the target permitted by a hypothesis, and what does the hypothesis look like
// then?
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/model/segment_arrives.h"
#include "harness/model/tcb.h"
#include "harness/model/text_store.h"
#include "harness/model/violation.h"

namespace tcpjury::model {

struct Emitted {
  TimeSpan at = {};
  const wire::Decoded* frame = nullptr;
  const wire::TcpSegment* segment = nullptr;
  wire::OptionList options = {};
  const TextStore* target_text = nullptr;  ///< what the target's user has sent
  bool crossed = false;                    ///< it may have left before the last segment reached the target

  [[nodiscard]] bool has(wire::FlagSet f) const { return segment->flags.has(f); }
};

/// A rule that the segment breaks without making the hypothesis impossible.
struct Finding {
  Rule rule = {};
  std::string message = {};
  std::vector<std::string> want = {};
  std::string practice = {};
};

struct Accepted {
  Tcb next;
  EmissionClass what = EmissionClass::progress;
  std::vector<Finding> findings = {};  ///< broken although the hypothesis lives on
  std::vector<Rule> held = {};         ///< rules that were evaluated and held
  std::vector<std::pair<std::string, std::string>> measured = {};
};
struct Rejected {
  Finding why = {};
};
using Match = std::variant<Accepted, Rejected>;

[[nodiscard]] Match match_emission(const Tcb& tcb, const Emitted& emitted, const Context& context);

// One file each.
[[nodiscard]] Match match_reset(const Tcb& t, const Emitted& e, const Context& c);
[[nodiscard]] Match match_syn(const Tcb& t, const Emitted& e, const Context& c);
[[nodiscard]] Match match_text(const Tcb& t, const Emitted& e, const Context& c);  ///< also bare ACK and FIN

/// What the hypothesis wants to see, in the RFC's notation; "no segment" when it wants silence.
[[nodiscard]] std::vector<std::string> wanted(const Tcb& t);
/// The rule to cite when `t` cannot explain an observation: what is owed first, then what must be silent,
/// then `general`.
[[nodiscard]] Rule to_blame(const Tcb& t, std::string_view general);
/// The same with silence first: for observations that look like an effect of what should have had none.
[[nodiscard]] Rule to_blame_silence(const Tcb& t, std::string_view general);

/// Discharges every obligation that a segment of `forms` acknowledging `ack` satisfies; moves their rules to
/// `held`.
void discharge(Tcb& t, Forms forms, SeqNum ack, std::vector<Rule>& held);

/// How long the next expiry may take: the RTO stays backed off until a round-trip time is measured (RFC 6298
/// section 5).
[[nodiscard]] Duration next_expiry(const RetransmissionTimer& timer, const Context& c);

// Retransmission timer (RFC 6298), shared by SYN and text. `t` is the hypothesis after the emission.
void sent_first_time(Tcb& t, TimeSpan at, const Context& c);
void sent_again(Accepted& a, TimeSpan at, const Context& c);

}  // namespace tcpjury::model
