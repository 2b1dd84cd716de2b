// The rules of RFC 2018 and RFC 2883 that a layer judges.
#pragma once

#include "harness/model/layer_rules.h"

namespace tcpjury::model {

enum class SackRule : std::uint8_t {
  truthful,
  every_ack,
  each_segment,
  first_block,
  all_blocks,
  repeats,
  newest_even_if_discarded,
  consistent,
  duplicate_reported,
  duplicate_once,
  duplicate_edges,
  duplicate_container,
  first_duplicate,
};
inline constexpr std::array<std::string_view, 13> sack_rule_ids{
    "RFC2018-3-1", "RFC2018-4-2", "RFC2018-4-3", "RFC2018-4-4", "RFC2018-4-5", "RFC2018-4-6",   "RFC2018-8-1",
    "RFC2018-4-8", "RFC2883-4-1", "RFC2883-4-2", "RFC2883-4-3", "RFC2883-4-4", "RFC2883-4.2-1",
};
using SackRules = LayerRules<sack_rule_ids, SackRule>;

}  // namespace tcpjury::model
