// Time as the harness sees it: points on a clock nobody can ask, handed in by whoever drives.
#pragma once

#include <chrono>
#include <cstdint>

namespace tcpjury {

using Duration = std::chrono::nanoseconds;

/// A clock tag without now(): only a driver knows the time, and it passes it in. A virtual clock
/// and the machine's clock are then the same to everything above the driver.
struct HarnessClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<HarnessClock>;
  static constexpr bool is_steady = true;
};
using TimePoint = HarnessClock::time_point;

/// Where every clock starts. Not zero, since zero is too easily taken for "unset".
inline constexpr TimePoint clock_epoch{std::chrono::hours{1}};
inline constexpr TimePoint never = TimePoint::max();

/// When something happened, as well as the driver can know it: not before `earliest`, not after
/// `latest`. A virtual clock makes both equal. On a live link `earliest` is the last moment the
/// link was known to be empty, so that a starved harness widens the span instead of lying.
struct TimeSpan {
  TimePoint earliest = clock_epoch;
  TimePoint latest = clock_epoch;
  friend constexpr bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

[[nodiscard]] constexpr TimeSpan exactly(TimePoint t) { return {t, t}; }

/// Bounds of the time that passed from `a` to `b`; never negative.
struct ElapsedBounds {
  Duration least{};
  Duration most{};
};
[[nodiscard]] constexpr ElapsedBounds elapsed(TimeSpan a, TimeSpan b) {
  const auto positive = [](Duration d) { return d < Duration::zero() ? Duration::zero() : d; };
  return {positive(b.earliest - a.latest), positive(b.latest - a.earliest)};
}

/// Whether upper bounds on time are exact (virtual) or need the slack of a shared machine (real).
enum class ClockKind : std::uint8_t { virtual_time, real_time };

}  // namespace tcpjury
