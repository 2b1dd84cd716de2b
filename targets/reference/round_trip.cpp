#include "targets/reference/round_trip.h"

#include <algorithm>

namespace tcpjury::reference {

void RoundTrip::sample(Time measured) {
  if (!smoothed_) {
    smoothed_ = measured;
    variation_ = measured / 2;
  } else {
    const Time deviation = *smoothed_ > measured ? *smoothed_ - measured : measured - *smoothed_;
    variation_ = variation_ - variation_ / 4 + deviation / 4;
    smoothed_ = *smoothed_ - *smoothed_ / 8 + measured / 8;
  }
  timeout_ = std::clamp(*smoothed_ + std::max(granularity, 4 * variation_), least, most);
}

void RoundTrip::back_off() { timeout_ = std::min(2 * timeout_, most); }

}  // namespace tcpjury::reference
