// Small texts inside scenario files: durations and octets.
#pragma once

#include <string_view>

#include "harness/base/result.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::scenario {

/// Reads "200ms", "1.5s", "2MSL", "2MSL+5s", "2MSL-100ms". Units: ns us ms s min h MSL. A duration without
/// MSL is not negative; none exceeds 1000 hours or 1000 MSL.
[[nodiscard]] Result<SymbolicDuration> parse_duration(std::string_view text);

/// Reads "hex:02 04 05 b4": pairs of hexadecimal digits, blanks between pairs.
[[nodiscard]] Result<Bytes> parse_octets(std::string_view text);

}  // namespace tcpjury::scenario
