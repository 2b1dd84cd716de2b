// What the target makes of the SACK options it receives (RFC 2018 section 5).
#pragma once

#include "harness/model/layer.h"
#include "harness/model/layer_rules.h"
#include "harness/model/range_set.h"

namespace tcpjury::model {

enum class SackSenderRule : std::uint8_t { not_again, left_edge, no_single_report };
inline constexpr std::array<std::string_view, 3> sack_sender_rule_ids{"RFC2018-5-1", "RFC2018-5-3",
                                                                      "RFC2018-5.1-1"};

class SackSenderLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& v, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& v, Findings& f);

 private:
  RangeSet reported_ = {};  ///< text the tester reported as received
  TimeSpan last_arrival_ = {};
  std::optional<TimeSpan> last_sent_ = {};   ///< new text
  std::optional<Duration> round_trip_ = {};  ///< the shortest that an acknowledgment took
  std::uint8_t reports_ = 0;                 ///< duplicate ACKs with SACK since the last progress
  std::uint8_t elsewhere_ = 0;               ///< timer-driven retransmissions that did not begin at SND.UNA
  LayerRules<sack_sender_rule_ids, SackSenderRule> rules_ = {};

  void retransmitted(const Emitted& e, const View& v, Findings& f);
  void after_timeout(const Emitted& e, SeqNum una, State state, Findings& f);
};

}  // namespace tcpjury::model
