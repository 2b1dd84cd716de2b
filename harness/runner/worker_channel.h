// The worker's end of the socket to the runner: blocking, one message at a time.
#pragma once

#include <optional>
#include <string>

#include "harness/runner/codec.h"

namespace tcpjury::runner {

class WorkerChannel {
 public:
  explicit WorkerChannel(int fd) : fd_{fd} {}
  /// Waits for the next message. Nothing when the runner hung up or speaks another language.
  std::optional<ToWorker> receive();
  /// The next message if one is there already; sets `gone` when the runner hung up.
  std::optional<ToWorker> receive_now(bool& gone);
  /// False when the runner is gone.
  bool send(const FromWorker& message);
  [[nodiscard]] int fd() const { return fd_; }

 private:
  std::optional<ToWorker> take(bool& gone);
  int fd_;
  FrameReader in_ = {};
};

}  // namespace tcpjury::runner
