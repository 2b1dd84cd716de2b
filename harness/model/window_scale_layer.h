// Window scaling (RFC 7323 section 2) as it shows in the windows both sides use.
#pragma once

#include "harness/model/layer.h"
#include "harness/model/layer_rules.h"

namespace tcpjury::model {

enum class ScaleRule : std::uint8_t {
  both_or_none,
  never_in_syn,
  own_shift_used,
  zero_without_offer,
  peer_shift_applied,
  own_shift_applied,
  too_large_shift,
  shrinkage_tolerated,
  old_edge_honoured,
  true_edge_tracked,
};
inline constexpr std::array<std::string_view, 10> scale_rule_ids{
    "RFC7323-2.2-3", "RFC7323-2.2-6", "RFC7323-2.3-2", "RFC7323-2.3-3", "RFC7323-2.3-4",
    "RFC7323-2.3-5", "RFC7323-2.3-7", "RFC7323-2.4-1", "RFC7323-2.4-2", "RFC7323-2.4-3",
};

class WindowScaleLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& v, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& v, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& v, Findings& f);

 private:
  struct Advertised {
    SeqNum ack = {};
    std::uint16_t field = 0;
    bool syn = false;
    bool before_peer = false;  ///< a SYN without ACK: nothing was taken yet
  };
  std::optional<Advertised> last_ = {};       ///< the target's last window
  std::optional<std::uint8_t> offered_ = {};  ///< shift count of the tester's SYN, as it stood there
  std::uint16_t peer_field_ = 0;              ///< the tester's last window field
  bool peer_syn_ = false;                     ///< and it stood in a SYN
  bool retracted_ = false;                    ///< the tester's right edge went back by less than one unit
  bool beyond_latest_ = false;                ///< text arrived between the latest edge and the largest one
  std::uint8_t as_octets_ = 0;                ///< times the field fell by exactly the octets taken
  LayerRules<scale_rule_ids, ScaleRule> rules_ = {};

  /// True when the first window after the SYN shows that one of the two was shifted wrongly.
  bool first_window(const Emitted& e, const Tcb& t, std::uint32_t taken, State state, Findings& f);
  void own_window(const Emitted& e, const Tcb& t, State state, Findings& f);
  void text(const Emitted& e, const Tcb& t, State state, Findings& f);
};

}  // namespace tcpjury::model
