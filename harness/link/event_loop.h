// Waiting for descriptors, for a point in time and for the user's patience; and the one real clock.
#pragma once

#include <cstdint>
#include <memory>

#include "harness/base/result.h"
#include "harness/base/time.h"

namespace tcpjury::link {

/// Why a wait ended.
enum class Wake : std::uint8_t {
  readable,     ///< a watched descriptor has something
  deadline,     ///< the time has come
  interrupted,  ///< SIGINT or SIGTERM came, now or earlier
  stopped,      ///< stop() was called
};

/// Whether SIGINT and SIGTERM end a wait. A worker leaves them to the process that started it.
enum class Interrupts : std::uint8_t { watch, leave_alone };

/// One thread's event loop. While a loop that watches for interrupts lives, the process receives SIGINT and
/// SIGTERM as a flag of that loop and nothing else.
class EventLoop {
 public:
  explicit EventLoop(Interrupts interrupts);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// The time on the machine's steady clock. The driver's only clock, and the only call of a real clock.
  [[nodiscard]] TimePoint now() const;

  /// Lets run_until() end when `descriptor` is readable. The caller keeps owning it and must unwatch() it
  /// before closing it. At most once per descriptor.
  Result<void> watch(int descriptor);
  void unwatch(int descriptor);

  /// Blocks until a watched descriptor is readable, `deadline` has come (`never`: does not come), a signal
  /// arrived or stop() was called. Whatever is already true ends it at once.
  Wake run_until(TimePoint deadline);
  /// Looks for signals without waiting.
  [[nodiscard]] bool interrupted();
  /// Ends the current or the next run_until(). May be called from any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tcpjury::link
