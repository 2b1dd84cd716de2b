// Ranges of sequence space, and what both ends of a connection do with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/wire/seq.h"

namespace tcpjury::reference {

using wire::SeqLen;
using wire::SeqNum;

[[nodiscard]] constexpr SeqLen octets(std::size_t count) { return {static_cast<std::uint32_t>(count)}; }

/// [left, right): octets of one connection, less than half the sequence space.
struct Range {
  SeqNum left = {};
  SeqNum right = {};
  friend constexpr bool operator==(Range, Range) = default;
  [[nodiscard]] constexpr std::uint32_t size() const { return (right - left).octets; }
  [[nodiscard]] constexpr bool touches(Range other) const {
    return wire::at_or_before(left, other.right) && wire::at_or_before(other.left, right);
  }
  [[nodiscard]] constexpr bool covers(Range other) const {
    return wire::at_or_before(left, other.left) && wire::at_or_before(other.right, right);
  }
  [[nodiscard]] constexpr bool holds(SeqNum number) const {
    return wire::at_or_before(left, number) && wire::before(number, right);
  }
};

/// Ranges that neither overlap nor touch, in the order of the sequence numbers.
class RangeSet {
 public:
  /// Adds a range and gives back the one that now contains it.
  Range add(Range range);
  /// Forgets everything before `number`.
  void drop_before(SeqNum number);
  void clear() { ranges_.clear(); }
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  /// The range that holds `number`; null when there is none.
  [[nodiscard]] const Range* find(SeqNum number) const;
  [[nodiscard]] std::uint32_t octets_after(SeqNum number) const;

 private:
  std::vector<Range> ranges_ = {};
};

}  // namespace tcpjury::reference
