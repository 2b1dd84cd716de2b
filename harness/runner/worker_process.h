// A worker as the runner sees it: a process, a socket, what it writes to stderr, and its black box.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/base/time.h"
#include "harness/base/unique_fd.h"
#include "harness/runner/blackbox.h"

namespace tcpjury::runner {

/// Descriptors a worker is born with.
inline constexpr int worker_socket_fd = 3;
inline constexpr int worker_blackbox_fd = 4;

/// The program to execute as a worker. It is executed, never forked off: no stack's memory is ever shared.
struct WorkerCommand {
  std::string program;
  std::vector<std::string> arguments = {};
};

class WorkerProcess {
 public:
  static Result<WorkerProcess> start(const WorkerCommand& command);
  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&& other) noexcept;
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  /// Kills and reaps.
  ~WorkerProcess();

  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] int error_output() const { return stderr_.get(); }
  [[nodiscard]] const BlackBoxMemory& blackbox() const { return blackbox_; }

  /// Reads what there is on stderr and keeps the last 16 KiB; closes the pipe at its end.
  void collect_error_output();
  [[nodiscard]] const std::string& error_text() const { return error_text_; }

  /// CPU time used so far; nothing when the process is gone.
  [[nodiscard]] std::optional<Duration> cpu_time() const;
  void kill();
  /// Waits for the end, which must be certain (killed, or its socket is closed); says how it ended:
  /// "SIGSEGV", "exit code 3".
  std::string reap();

 private:
  WorkerProcess(pid_t pid, UniqueFd socket, UniqueFd error_output, BlackBoxMemory blackbox);
  pid_t pid_ = -1;
  UniqueFd socket_ = {};
  UniqueFd stderr_ = {};
  BlackBoxMemory blackbox_;
  std::string error_text_ = {};
};

}  // namespace tcpjury::runner
