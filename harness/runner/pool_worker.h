// One worker of a pool: its process, what it was given, and what is on its way to and from it.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "harness/runner/codec.h"
#include "harness/runner/worker_process.h"

namespace tcpjury::runner {

/// Only for limits in real time; no verdict about a target depends on it.
using WallClock = std::chrono::steady_clock;

class PoolWorker {
 public:
  explicit PoolWorker(WorkerProcess process) : process_{std::move(process)} {}

  /// Queues a message; pump() puts it on the socket.
  void post(const ToWorker& message) { out_ += framed(encode(message)); }
  [[nodiscard]] bool wants_to_write() const { return !out_.empty(); }
  void write_some();
  /// Reads what there is; true when the worker has hung up.
  [[nodiscard]] bool read_some();
  /// The next message that has come; an error when the worker sent nonsense.
  Result<std::optional<FromWorker>> next_message();
  /// The worker shall end: it sees the end of its input.
  void hang_up();

  /// Why this worker must be killed now: "10 s of CPU time without an end"; nothing when all is well.
  [[nodiscard]] std::optional<std::string> overdue(Duration cpu_limit, Duration wall_limit);

  [[nodiscard]] WorkerProcess& process() { return process_; }
  std::deque<std::size_t> assigned = {};  ///< indexes of the plan, in the order they were sent
  std::optional<Ready> ready = {};
  std::string remark = {};
  bool retired = false;  ///< was told to hang up; its end is no surprise

 private:
  WorkerProcess process_;
  FrameReader in_ = {};
  std::string out_ = {};
  std::uint64_t serial_ = 0;
  WallClock::time_point since_ = WallClock::now();
};

}  // namespace tcpjury::runner
