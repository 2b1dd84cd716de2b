// What must make no difference: options a stack does not know, where options stand, reserved bits, a DSCP.
// The hypotheses already demand the ordinary answer; this layer says which sentence that answer keeps.
#pragma once

#include "harness/model/layer.h"
#include "harness/model/layer_rules.h"

namespace tcpjury::model {

enum class Tolerance : std::uint8_t {
  basic_options,
  options_anywhere,
  unknown_option,
  unaligned_options,
  after_end,
  reserved_bits,
  scale_outside_syn,
  foreign_timestamps,
  echo_in_syn,
  bad_fast_open,
  fast_open_off,
  fast_open_unasked,
  foreign_authentication,
  syn_precedence,
  changed_precedence,
  dscp,
  ip_options,
  malformed,
};
inline constexpr std::array<std::string_view, 18> tolerance_ids{
    "RFC9293-MUST-4",       "RFC9293-MUST-5",  "RFC9293-MUST-6", "RFC9293-MUST-64", "RFC9293-3.2-EOL",
    "RFC9293-3.1-RSRVD-RX", "RFC7323-2.2-5",   "RFC7323-3.2-10", "RFC7323-3.2-5",   "RFC7413-4.1.1-2",
    "RFC7413-4.2-1",        "RFC7413-2-1",     "RFC5925-7.3-2",  "RFC2873-4-1",     "RFC2873-4-2",
    "RFC9293-A.1.1-DSCP",   "RFC9293-MUST-50", "RFC9293-MUST-7",
};

class ToleranceLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& v, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& v, Findings& f);

  /// What was tried last is to blame for the silence it met, if the same without it was answered before.
  [[nodiscard]] Rule blame(const Rule& rule, const Findings& findings) const;
  [[nodiscard]] ToleranceLayer renewed() const;

 private:
  std::uint32_t pending_ = 0;  ///< one bit a rule: what the segment tried that is not answered yet
  SeqNum first_ = {};          ///< of that segment
  SeqNum end_ = {};
  bool syn_ = false;
  bool agreed_only_ = false;   ///< its options were those both ends agreed on
  bool cookie_asked_ = false;  ///< a SYN of the tester carried Fast Open
  bool malformed_ = false;     ///< a malformed option arrived: surviving it is what MUST-7 asks
  LayerRules<tolerance_ids, Tolerance> rules_ = {};

  void unasked_fast_open(const Emitted& e, State state, Findings& f);
};

}  // namespace tcpjury::model
