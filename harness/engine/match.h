// From octets to a yes or no: compares a segment with a pattern, field by field.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/base/result.h"
#include "harness/scenario/scenario.h"
#include "harness/wire/packet.h"

namespace tcpjury::engine {

struct FieldDiff {
  std::string field;
  std::string got;
  std::string want;
  friend bool operator==(const FieldDiff&, const FieldDiff&) = default;
};

struct MatchResult {
  std::vector<FieldDiff> differences = {};
  /// Names that stood alone in a field and had no value: they get these when nothing differs.
  std::vector<std::pair<std::string, std::uint32_t>> bindings = {};
  [[nodiscard]] bool matched() const { return differences.empty(); }
};

/// Fields the pattern does not name are not looked at. PSH is the sender's own choice (RFC 9293
/// section 3.9.1.2), so `ctl` compares it only where the pattern names it. Fails when an expression uses a
/// name without a value.
[[nodiscard]] Result<MatchResult> match(const scenario::SegmentPattern& pattern, const wire::Decoded& frame,
                                        const scenario::Expression::Lookup& lookup);

/// The pattern in the RFC's notation with the expressions as written: "<SEQ=K><ACK=J+1><CTL=SYN,ACK>".
[[nodiscard]] std::string describe(const scenario::SegmentPattern& pattern);

}  // namespace tcpjury::engine
