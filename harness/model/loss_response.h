// What a loss does to the sending rate (RFC 5681 sections 3.1, 3.2 and 4.3, RFC 6675 section 5): less is in
// flight after the repair than before the loss, and from then on it grows slowly.
//
// RFC 9293 MAY-18 permits other algorithms that respond to congestion, and they keep up to eight tenths of
// the window (RFC 9438: seven). So only a sender that keeps nine tenths or more is accused, and only one that
// has halved its window is said to have kept the rules of RFC 5681; what lies between is measured.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class LossResponse : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted, const View& view,
            Findings& f);

 private:
  struct Loss {
    SeqNum point = {};         ///< SND.NXT when it was noticed
    std::uint32_t flight = 0;  ///< octets in flight then
    bool by_timer = false;
    bool sack = false;
  };
  /// The flights after the repair, one round trip each.
  struct Rounds {
    Loss loss = {};
    SeqNum end = {};  ///< what ends this round when it is acknowledged
    TimeSpan since = {};
    std::uint32_t number = 0;
    std::uint32_t largest = 0;   ///< flight of this round
    std::uint32_t previous = 0;  ///< of the one before; 0: not known
    bool limited = false;        ///< text waited and the peer's window had room: it is the sender's limit
  };

  Reporter report_ = {};
  std::uint32_t equal_ = 0;  ///< acknowledgments since SND.UNA last moved
  std::optional<Loss> loss_ = {};
  std::optional<Rounds> rounds_ = {};
  /// What was out when an ICMP error came: a smaller MTU lets it go out again (RFC 1191 section 6.4).
  std::optional<SeqNum> resent_below_ = {};
  std::uint32_t responses_ = 0;  ///< losses this sender has responded to

  void end_round(TimeSpan at, const Tcb& after, const View& view, Findings& f);
  void judge_reduction(const Rounds& r, const Tcb& t, const View& view, Findings& f);
  void judge_growth(const Rounds& r, TimeSpan at, const Tcb& t, const View& view, Findings& f);
};

}  // namespace tcpjury::model
