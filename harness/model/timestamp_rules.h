// The rules of RFC 7323 about timestamps that a layer judges.
#pragma once

#include "harness/model/layer_rules.h"

namespace tcpjury::model {

enum class TsRule : std::uint8_t {
  echo_zero,
  echo_recent,
  not_negotiated,
  echo_earliest,
  echo_before_gap,
  echo_filling,
  update,
  monotone,
  reset_carries,
  reset_ignored,
  clock,
  clock_bounds,
  clock_per_window,
  dont_fragment,
  modular,
  paws,
  reset_obeyed,
};
inline constexpr std::array<std::string_view, 17> timestamp_rule_ids{
    "RFC7323-3.2-3", "RFC7323-3.2-4", "RFC7323-3.2-10", "RFC7323-4.3-1", "RFC7323-4.3-2", "RFC7323-4.3-3",
    "RFC7323-4.3-4", "RFC7323-5.2-1", "RFC7323-3.2-7",  "RFC7323-5.2-4", "RFC7323-4.1-1", "RFC7323-5.4-1",
    "RFC7323-5.4-2", "RFC7323-5.7-1", "RFC7323-5.3-4",  "RFC7323-5.3-1", "RFC7323-5.2-3",
};
using TimestampRules = LayerRules<timestamp_rule_ids, TsRule>;

/// RFC 7323 section 5.2: s < t if 0 < (t - s) < 2^31.
[[nodiscard]] constexpr bool older_timestamp(std::uint32_t s, std::uint32_t t) {
  return s != t && t - s < 0x8000'0000U;
}

}  // namespace tcpjury::model
