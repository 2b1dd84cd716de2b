// The rules of RFC 3168 that a layer judges.
#pragma once

#include "harness/model/layer_rules.h"

namespace tcpjury::model {

enum class EcnRule : std::uint8_t {
  setup_answer,
  ect_needs_setup,
  ect_after_refusal,
  cwr_correct,
  processes_ce,
  refusal_is_clear,
  odd_refusal,
  syn_without_ect,
  ect_0,
  cwr_on_first_new,
  cwr_on_retransmission,
  cwr_once,
  echo,
  delayed_echo,
  pure_ack,
  retransmission,
  outside_window,
  probe,
  marked_probe,
  halves,
  no_growth,
  as_one_loss,
};
inline constexpr std::array<std::string_view, 22> ecn_rule_ids{
    "RFC3168-6.1.1-2", "RFC3168-6.1.1-3", "RFC3168-6.1.1-4", "RFC3168-6.1.1-5", "RFC3168-6.1.1-6",
    "RFC3168-6.1.1-7", "RFC3168-6.1.1-8", "RFC3168-6.1.1-9", "RFC3168-6.1.2-1", "RFC3168-6.1.2-5",
    "RFC3168-6.1.2-6", "RFC3168-6.1.2-7", "RFC3168-6.1.3-1", "RFC3168-6.1.3-2", "RFC3168-6.1.4-1",
    "RFC3168-6.1.5-1", "RFC3168-6.1.5-2", "RFC3168-6.1.6-1", "RFC3168-6.1.6-2", "RFC3168-6.1.2-2",
    "RFC3168-6.1.2-3", "RFC3168-5-1",
};
using EcnRules = LayerRules<ecn_rule_ids, EcnRule>;

/// The ECN field of the IP header (RFC 3168 section 5).
namespace ecn_field {
inline constexpr std::uint8_t not_ect = 0;
inline constexpr std::uint8_t ect_1 = 1;
inline constexpr std::uint8_t ect_0 = 2;
inline constexpr std::uint8_t ce = 3;
}  // namespace ecn_field

}  // namespace tcpjury::model
