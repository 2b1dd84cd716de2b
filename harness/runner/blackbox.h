// What a worker leaves behind when it dies: the case under way, its step and its transcript, in memory that
// the runner shares.
//
// The worker writes with plain stores (no system calls), so that even a stack that crashes between two
// instructions leaves everything that was recorded before. The reader trusts nothing: a crashing stack may
// have written over the box, and a box that makes no sense reads as an empty one.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/base/result.h"
#include "harness/base/time.h"
#include "harness/base/unique_fd.h"
#include "harness/engine/transcript.h"

namespace tcpjury::runner {

/// Bytes of the shared memory. Pages that are never written cost nothing.
inline constexpr std::size_t blackbox_size = std::size_t{16} << 20U;

namespace blackbox_detail {
struct Header {
  std::atomic<std::uint64_t> serial;  ///< cases begun; 0 while the target is being started
  std::atomic<std::uint64_t> busy;    ///< 1 while a case is under way
  std::atomic<std::uint64_t> job;     ///< of the case under way
  std::atomic<std::uint64_t> step;    ///< of the case under way
  std::atomic<std::uint64_t> cpu_ns;  ///< CPU time of the process when the case began
  std::atomic<std::uint64_t> used;    ///< octets of records after the header
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
}  // namespace blackbox_detail

/// A mapping of the box; both sides have one.
class BlackBoxMemory {
 public:
  /// New shared memory; the descriptor is inherited by a worker.
  static Result<BlackBoxMemory> create();
  /// The box behind `fd`, which stays open and is not owned.
  static Result<BlackBoxMemory> attach(int fd);
  BlackBoxMemory(BlackBoxMemory&& other) noexcept;
  BlackBoxMemory& operator=(BlackBoxMemory&& other) noexcept;
  BlackBoxMemory(const BlackBoxMemory&) = delete;
  BlackBoxMemory& operator=(const BlackBoxMemory&) = delete;
  ~BlackBoxMemory();

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] blackbox_detail::Header& header() const;
  [[nodiscard]] std::span<std::byte> records() const;

 private:
  BlackBoxMemory() = default;
  UniqueFd fd_ = {};
  std::byte* memory_ = nullptr;
};

/// The worker's side.
class BlackBoxWriter {
 public:
  explicit BlackBoxWriter(BlackBoxMemory& memory) : memory_{memory} {}
  /// Forgets the case before. `cpu` is the CPU time of this process.
  void begin_case(std::uint64_t job, Duration cpu);
  void end_case();
  void set_step(std::uint32_t step);
  /// Dropped silently when the box is full: the beginning of a case is worth more than its end.
  void append(const engine::TranscriptEvent& event);
  /// Where the next record goes; rewind() forgets what was appended after it.
  [[nodiscard]] std::size_t mark() const;
  void rewind(std::size_t mark);

 private:
  BlackBoxMemory& memory_;
};

/// What the runner may ask at any time.
struct BlackBoxStatus {
  std::uint64_t serial = 0;
  std::optional<std::uint64_t> job = {};  ///< the case under way
  std::uint32_t step = 0;
  Duration cpu_at_begin{};
};
[[nodiscard]] BlackBoxStatus blackbox_status(const BlackBoxMemory& memory);
/// The records; only sensible once the worker is dead.
[[nodiscard]] engine::Transcript blackbox_transcript(const BlackBoxMemory& memory);

}  // namespace tcpjury::runner
