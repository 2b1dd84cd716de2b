// A small set of octets of sequence space, as disjoint ranges in order.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "harness/model/tcb.h"

namespace tcpjury::model {

[[nodiscard]] inline bool empty_range(const SeqRange& r) { return !wire::before(r.first, r.end); }
/// Every octet of `inner` is one of `outer`.
[[nodiscard]] inline bool within(const SeqRange& inner, const SeqRange& outer) {
  return wire::at_or_before(outer.first, inner.first) && wire::at_or_before(inner.end, outer.end);
}
/// They overlap or lie side by side.
[[nodiscard]] inline bool touch(const SeqRange& a, const SeqRange& b) {
  return wire::at_or_before(a.first, b.end) && wire::at_or_before(b.first, a.end);
}

class RangeSet {
 public:
  /// More disjoint ranges than this are not kept: full() says so from then on, until forget_before() empties
  /// it.
  static constexpr std::size_t ranges_max = 32;

  void add(SeqRange r) {
    if (empty_range(r) || full_) return;
    std::erase_if(ranges_, [&](const SeqRange& old) {
      if (!touch(old, r)) return false;
      r = {wire::earlier(old.first, r.first), wire::later(old.end, r.end)};
      return true;
    });
    const auto place = std::find_if(ranges_.begin(), ranges_.end(), [&](const SeqRange& other) {
      return wire::before(r.first, other.first);
    });
    ranges_.insert(place, r);
    full_ = ranges_.size() > ranges_max;
  }

  [[nodiscard]] bool covers(const SeqRange& r) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const SeqRange& own) { return within(r, own); });
  }

  /// The parts of `r` that are in the set, in order.
  [[nodiscard]] std::vector<SeqRange> overlaps(const SeqRange& r) const {
    std::vector<SeqRange> found;
    for (const SeqRange& own : ranges_) {
      const SeqRange part{wire::later(own.first, r.first), wire::earlier(own.end, r.end)};
      if (!empty_range(part)) found.push_back(part);
    }
    return found;
  }

  void forget_before(SeqNum seq) {
    std::erase_if(ranges_, [&](const SeqRange& r) { return wire::at_or_before(r.end, seq); });
    if (ranges_.empty()) full_ = false;
  }
  void clear() {
    ranges_.clear();
    full_ = false;
  }

  [[nodiscard]] bool full() const { return full_; }
  [[nodiscard]] std::size_t size() const { return ranges_.size(); }
  [[nodiscard]] const std::vector<SeqRange>& ranges() const { return ranges_; }

 private:
  std::vector<SeqRange> ranges_ = {};
  bool full_ = false;
};

}  // namespace tcpjury::model
