#include "targets/reference/sequence.h"

#include <algorithm>

namespace tcpjury::reference {

using wire::at_or_before;
using wire::before;
using wire::earlier;
using wire::later;

Range RangeSet::add(Range range) {
  for (const Range& other : ranges_)
    if (other.touches(range)) range = {earlier(other.left, range.left), later(other.right, range.right)};
  std::erase_if(ranges_, [&](const Range& other) { return range.covers(other); });
  const auto place =
      std::ranges::find_if(ranges_, [&](const Range& other) { return before(range.left, other.left); });
  ranges_.insert(place, range);
  return range;
}

void RangeSet::drop_before(SeqNum number) {
  std::erase_if(ranges_, [&](const Range& range) { return at_or_before(range.right, number); });
  for (Range& range : ranges_) range.left = later(range.left, number);
}

const Range* RangeSet::find(SeqNum number) const {
  const auto found = std::ranges::find_if(ranges_, [&](const Range& range) { return range.holds(number); });
  return found == ranges_.end() ? nullptr : &*found;
}

std::uint32_t RangeSet::octets_after(SeqNum number) const {
  std::uint32_t sum = 0;
  for (const Range& range : ranges_)
    if (before(number, range.right)) sum += (range.right - later(range.left, number)).octets;
  return sum;
}

}  // namespace tcpjury::reference
