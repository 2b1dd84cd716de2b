// SEGMENT ARRIVES (RFC 9293 section 3.10.7): what may become of one hypothesis when a segment reaches the
// target.
//
// One file a group of states, one function a numbered check, in the RFC's order and words. Each returns every
// conduct the text prescribes or permits as a branch of its own; what the target owes in a branch stands in
// it.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/model/profile.h"
#include "harness/model/tcb.h"
#include "harness/model/timing.h"
#include "harness/wire/tcp.h"

namespace tcpjury::model {

/// A segment that reached the target with everything below TCP in order.
struct Arrival {
  TimeSpan at = {};
  const wire::Decoded* frame = nullptr;
  const wire::TcpSegment* segment = nullptr;
  wire::OptionList options = {};
  bool perhaps_lost = false;  ///< it came in fragments, and what the IP layer makes of them is not judged

  [[nodiscard]] bool has(wire::FlagSet f) const { return segment->flags.has(f); }
  /// An option has an illegal length, or not the one its RFC gives (MUST-7): see malformed.h.
  [[nodiscard]] bool malformed() const;
  [[nodiscard]] SeqLen text_length() const { return {static_cast<std::uint32_t>(segment->text.size())}; }
};

/// What does not belong to one hypothesis.
struct Context {
  const Timing* timing = nullptr;
  Profile profile = Profile::rfc9293;
  bool listening = false;           ///< a listener covers the segment's destination
  std::uint16_t default_mss = 536;  ///< 1220 for IPv6 (MUST-15)
  std::uint32_t mtu = 1500;         ///< of the link to the target
};

using Branches = std::vector<Tcb>;

/// All states. Never empty: a segment always leaves at least one hypothesis.
[[nodiscard]] Branches segment_arrives(const Tcb& tcb, const Arrival& arrival, const Context& context);

/// A segment that must be discarded before event processing (bad checksum, bad address, ...): silence.
[[nodiscard]] Tcb segment_discarded(const Tcb& tcb, Rule why);

// The groups of states; each expects a hypothesis in one of its states.
void arrives_in_closed(const Tcb& tcb, const Arrival& a, const Context& c, Branches& out);        // 3.10.7.1
void arrives_in_listen(const Tcb& tcb, const Arrival& a, const Context& c, Branches& out);        // 3.10.7.2
void arrives_in_syn_sent(const Tcb& tcb, const Arrival& a, const Context& c, Branches& out);      // 3.10.7.3
void arrives_in_other_states(const Tcb& tcb, const Arrival& a, const Context& c, Branches& out);  // 3.10.7.4

}  // namespace tcpjury::model
