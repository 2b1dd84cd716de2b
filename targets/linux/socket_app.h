// The user interface of this kernel's TCP: user calls as system calls, its answers as events.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/base/unique_fd.h"
#include "harness/engine/target_port.h"

namespace tcpjury::targets::kernel {

/// User calls (RFC 9293 section 3.9.1) on sockets of the calling thread's network namespace; none blocks.
///
/// OPEN is bind() and listen() or connect(). CLOSE is shutdown(SHUT_WR), on a listener close(). RELEASE is
/// close(). ABORT is close() with a linger time of zero. RECEIVE reads at most what it is told to; nothing is
/// read unasked. Connections are accepted as soon as poll_events() sees them. After RELEASE, ABORT and CLOSE
/// of a listener the handle is gone.
///
/// SET is setsockopt(); urgent data is sent with MSG_OOB and, where the user asks for it, received in line
/// (RFC 6093 section 5).
///
/// Each event is told once; `readable` again after a RECEIVE when more octets come. `closed` is told where
/// the kernel leaves no doubt: when the last acknowledgment of a passive close came. A socket in TIME-WAIT
/// looks to its user like a closed one, so STATUS then has no state.
class SocketApp final : public engine::AppControl {
 public:
  static Result<SocketApp> open();

  engine::AppReply call(const engine::AppRequest& request) override;
  std::vector<engine::AppEvent> poll_events() override;
  [[nodiscard]] int native_handle() const override { return epoll_.get(); }

 private:
  enum class Role : std::uint8_t { listener, connecting, connection };
  struct Socket {
    UniqueFd fd;
    Role role = Role::connection;
    bool told_readable = false;
    bool told_peer_closed = false;
    bool passive_close = false;  ///< the peer's FIN was there before our CLOSE
    bool ended = false;          ///< reset, error or closed was told
    bool error_reports = false;  ///< the user wants to be told of soft errors
    bool urgent = false;         ///< the user wants to be told of urgent data
    int error = 0;               ///< errno of the end, which the kernel tells only once
  };
  using Events = std::vector<engine::AppEvent>;

  explicit SocketApp(UniqueFd epoll) : epoll_{std::move(epoll)} {}

  engine::AppReply open_passive(const engine::AppRequest& request);
  engine::AppReply open_active(const engine::AppRequest& request);
  static engine::AppReply send(Socket& socket, const engine::AppRequest& request);
  static engine::AppReply receive(Socket& socket, const engine::AppRequest& request);
  engine::AppReply close(engine::Handle handle, Socket& socket);
  engine::AppReply release(engine::Handle handle);
  engine::AppReply abort(engine::Handle handle, Socket& socket);
  static engine::AppReply status(const Socket& socket);
  static engine::AppReply set(Socket& socket, const engine::AppRequest& request);

  Result<engine::Handle> keep(UniqueFd fd, Role role, std::uint32_t interest);
  void look_at(engine::Handle handle, Socket& socket, std::uint32_t ready, Events& events);
  static bool only_reported(const Socket& socket);
  void accept_all(engine::Handle handle, Socket& listener, Events& events);
  void established(engine::Handle handle, Socket& socket, Events& events);

  UniqueFd epoll_;
  std::map<engine::Handle, Socket> sockets_;
  engine::Handle last_handle_ = 0;
};

}  // namespace tcpjury::targets::kernel
