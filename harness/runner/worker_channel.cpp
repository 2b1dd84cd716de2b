#include "harness/runner/worker_channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace tcpjury::runner {

std::optional<ToWorker> WorkerChannel::take(bool& gone) {
  auto text = in_.next();
  if (!text) {
    gone = true;
    return std::nullopt;
  }
  if (!*text) return std::nullopt;
  auto message = decode_to_worker(**text);
  if (!message) {
    gone = true;
    return std::nullopt;
  }
  return std::move(*message);
}

std::optional<ToWorker> WorkerChannel::receive() {
  bool gone = false;
  std::array<char, 65'536> chunk{};
  while (!gone) {
    if (auto message = take(gone)) return message;
    const ssize_t got = ::recv(fd_, chunk.data(), chunk.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    in_.feed({chunk.data(), static_cast<std::size_t>(got)});
  }
  return std::nullopt;
}

std::optional<ToWorker> WorkerChannel::receive_now(bool& gone) {
  std::array<char, 65'536> chunk{};
  while (!gone) {
    if (auto message = take(gone)) return message;
    if (gone) return std::nullopt;
    const ssize_t got = ::recv(fd_, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::nullopt;
    if (got <= 0) {
      gone = true;
      return std::nullopt;
    }
    in_.feed({chunk.data(), static_cast<std::size_t>(got)});
  }
  return std::nullopt;
}

bool WorkerChannel::send(const FromWorker& message) {
  const std::string text = framed(encode(message));
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t put = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    // An event loop that watches the socket has made it non-blocking; a runner that is slow to read is not
    // gone.
    if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      pollfd writable{.fd = fd_, .events = POLLOUT, .revents = 0};
      ::poll(&writable, 1, -1);
      continue;
    }
    if (put <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace tcpjury::runner
