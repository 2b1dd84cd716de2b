#include "harness/runner/pool_worker.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace tcpjury::runner {

void PoolWorker::write_some() {
  while (!out_.empty()) {
    const ssize_t put = ::send(process_.socket(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (put <= 0) {
      out_.clear();  // it is dead; reading finds that out
      return;
    }
    out_.erase(0, static_cast<std::size_t>(put));
  }
}

bool PoolWorker::read_some() {
  std::array<char, 65'536> chunk{};
  for (;;) {
    const ssize_t got = ::recv(process_.socket(), chunk.data(), chunk.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    if (got <= 0) return true;
    in_.feed({chunk.data(), static_cast<std::size_t>(got)});
  }
}

Result<std::optional<FromWorker>> PoolWorker::next_message() {
  auto text = in_.next();
  if (!text) return tl::unexpected<Error>{text.error()};
  if (!*text) return std::optional<FromWorker>{};
  auto message = decode_from_worker(**text);
  if (!message) return tl::unexpected<Error>{message.error()};
  return std::optional<FromWorker>{std::move(*message)};
}

void PoolWorker::hang_up() {
  retired = true;
  ::shutdown(process_.socket(), SHUT_RDWR);
}

std::optional<std::string> PoolWorker::overdue(Duration cpu_limit, Duration wall_limit) {
  const auto now = WallClock::now();
  const BlackBoxStatus before = blackbox_status(process_.blackbox());
  const bool starting = before.serial == 0;
  if (before.serial != serial_ || (!starting && !before.job)) {
    serial_ = before.serial;
    since_ = now;
    return std::nullopt;
  }
  const auto cpu = process_.cpu_time();
  // The CPU time belongs to this case only if the case did not end in between.
  const BlackBoxStatus after = blackbox_status(process_.blackbox());
  if (!cpu || after.serial != before.serial || after.job != before.job) return std::nullopt;
  const auto seconds = [](Duration d) { return std::chrono::duration<double>(d).count(); };
  if (*cpu - before.cpu_at_begin > cpu_limit) {
    return fmt::format("{:g} s of CPU time without an end", seconds(cpu_limit));
  }
  if (now - since_ > wall_limit) return fmt::format("{:g} s without an end", seconds(wall_limit));
  return std::nullopt;
}

}  // namespace tcpjury::runner
