#include "targets/linux/socket_app.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "harness/link/system_error.h"
#include "targets/linux/socket_address.h"
#include "targets/linux/tcp_state.h"

namespace tcpjury::targets::kernel {

using engine::AppEvent;
using engine::AppReply;
using engine::AppRequest;
using engine::Handle;
using scenario::UserEvent;

namespace {

// Edge-triggered: one report for each change, so that a state that lasts (a half-closed connection) does not
// keep the descriptor readable.
constexpr std::uint32_t connection_interest = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t connecting_interest = EPOLLOUT | EPOLLET;
constexpr std::uint32_t listener_interest = EPOLLIN | EPOLLET;

constexpr std::uint32_t receive_octets_max = 16U << 20U;

std::string text_of(int error_number) { return std::generic_category().message(error_number); }

AppReply refused(int error_number) { return {.ok = false, .error = text_of(error_number)}; }

int socket_error(int fd) {
  int error = 0;
  socklen_t octets = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &octets) != 0) return errno;
  return error;
}

void set_option(int fd, int level, int name, int value) {
  // Options that every supported kernel knows on every TCP socket: there is nothing to do about a failure.
  (void)::setsockopt(fd, level, name, &value, sizeof value);
}

/// Whether an urgent octet that has come was not read yet.
bool urgent_remains(int fd) {
  pollfd one{.fd = fd, .events = POLLPRI, .revents = 0};
  return ::poll(&one, 1, 0) == 1 && (one.revents & POLLPRI) != 0;
}

bool is_v6(int fd) {
  int domain = 0;
  socklen_t octets = sizeof domain;
  return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &octets) == 0 && domain == AF_INET6;
}

struct OptionName {
  int level = SOL_SOCKET;
  int name = 0;
};

OptionName name_of(model::UserOption option, bool v6) {
  using model::UserOption;
  switch (option) {
    case UserOption::nagle:
      return {IPPROTO_TCP, TCP_NODELAY};
    case UserOption::keepalive:
      return {SOL_SOCKET, SO_KEEPALIVE};
    case UserOption::keepalive_idle:
      return {IPPROTO_TCP, TCP_KEEPIDLE};
    case UserOption::keepalive_interval:
      return {IPPROTO_TCP, TCP_KEEPINTVL};
    case UserOption::keepalive_count:
      return {IPPROTO_TCP, TCP_KEEPCNT};
    case UserOption::user_timeout:
      return {IPPROTO_TCP, TCP_USER_TIMEOUT};
    case UserOption::diffserv:
      return v6 ? OptionName{IPPROTO_IPV6, IPV6_TCLASS} : OptionName{IPPROTO_IP, IP_TOS};
    case UserOption::ttl:
      return v6 ? OptionName{IPPROTO_IPV6, IPV6_UNICAST_HOPS} : OptionName{IPPROTO_IP, IP_TTL};
    case UserOption::error_reports:
      return v6 ? OptionName{IPPROTO_IPV6, IPV6_RECVERR} : OptionName{IPPROTO_IP, IP_RECVERR};
    case UserOption::urgent:
      return {SOL_SOCKET, SO_OOBINLINE};
  }
  return {};
}

/// The value as the kernel wants it: seconds, milliseconds, or the number itself.
int value_for(model::UserOption option, std::uint64_t value) {
  using model::UserOption;
  constexpr std::uint64_t second = 1'000'000'000;
  if (option == UserOption::keepalive_idle || option == UserOption::keepalive_interval)
    return static_cast<int>((value + second - 1) / second);
  if (option == UserOption::user_timeout) return static_cast<int>(value / 1'000'000);
  if (option == UserOption::diffserv) return static_cast<int>(value << 2U);
  if (option == UserOption::nagle) return value == 0 ? 1 : 0;
  return static_cast<int>(value);
}

int unread_octets(int fd) {
  int octets = 0;
  return ::ioctl(fd, FIONREAD, &octets) == 0 ? octets : 0;
}

// RFC 9293 section 3.10.7: "connection reset" and "connection refused". The kernel calls a reset in
// CLOSE-WAIT a broken pipe.
bool is_reset(int error_number) {
  return error_number == ECONNRESET || error_number == ECONNREFUSED || error_number == EPIPE;
}

UniqueFd new_socket(wire::Family family) {
  UniqueFd fd{::socket(socket_family(family), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (fd && family == wire::Family::v6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  return fd;
}

}  // namespace

Result<SocketApp> SocketApp::open() {
  UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
  if (!epoll) return link::system_failure("cannot make an epoll descriptor", errno);
  return SocketApp{std::move(epoll)};
}

AppReply SocketApp::call(const AppRequest& request) {
  using enum AppRequest::Kind;
  if (request.kind == open_passive) return this->open_passive(request);
  if (request.kind == open_active) return this->open_active(request);
  const auto found = sockets_.find(request.handle);
  // RFC 9293 section 3.10: "connection does not exist".
  if (found == sockets_.end()) return {.ok = false, .error = "connection does not exist"};
  switch (request.kind) {
    case send:
      return SocketApp::send(found->second, request);
    case receive:
      return SocketApp::receive(found->second, request);
    case close:
      return this->close(request.handle, found->second);
    case release:
      return this->release(request.handle);
    case abort:
      return this->abort(request.handle, found->second);
    case status:
      return SocketApp::status(found->second);
    case set:
      return SocketApp::set(found->second, request);
    case open_passive:
    case open_active:
      break;
  }
  return {.ok = false, .error = "not a user call"};
}

AppReply SocketApp::open_passive(const AppRequest& request) {
  UniqueFd fd = new_socket(request.local.address.family);
  if (!fd) return refused(errno);
  // Connections of an earlier listener on this port may still be in TIME-WAIT. Changes nothing on the wire.
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  const SocketAddress local = to_socket_address(request.local);
  if (::bind(fd.get(), local.get(), local.octets) != 0) return refused(errno);
  if (::listen(fd.get(), static_cast<int>(request.backlog)) != 0) return refused(errno);
  auto handle = keep(std::move(fd), Role::listener, listener_interest);
  if (!handle) return {.ok = false, .error = handle.error().message};
  return {.ok = true, .handle = *handle};
}

AppReply SocketApp::open_active(const AppRequest& request) {
  UniqueFd fd = new_socket(request.remote.address.family);
  if (!fd) return refused(errno);
  const bool address_given = !is_unspecified(request.local.address);
  if (address_given || request.local.port.number != 0) {
    // The port is chosen when the peer is known, as connect() alone would do it.
    if (request.local.port.number == 0) set_option(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    wire::Endpoint from = request.local;
    from.address.family = request.remote.address.family;
    const SocketAddress local = to_socket_address(from);
    if (::bind(fd.get(), local.get(), local.octets) != 0) return refused(errno);
  }
  const SocketAddress remote = to_socket_address(request.remote);
  if (::connect(fd.get(), remote.get(), remote.octets) != 0 && errno != EINPROGRESS) return refused(errno);
  auto handle = keep(std::move(fd), Role::connecting, connecting_interest);
  if (!handle) return {.ok = false, .error = handle.error().message};
  return {.ok = true, .handle = *handle};
}

AppReply SocketApp::send(Socket& socket, const AppRequest& request) {
  const ssize_t taken = ::send(socket.fd.get(), request.octets.data(), request.octets.size(),
                               MSG_NOSIGNAL | (request.urgent ? MSG_OOB : 0));
  if (taken >= 0) return {.ok = true, .accepted = static_cast<std::uint32_t>(taken)};
  if (errno == EAGAIN) return {.ok = true, .accepted = 0};
  return refused(socket.error != 0 ? socket.error : errno);
}

AppReply SocketApp::receive(Socket& socket, const AppRequest& request) {
  if (request.limit == 0) return {.ok = true};
  Bytes octets(std::min(request.limit, receive_octets_max));
  const ssize_t got = ::recv(socket.fd.get(), octets.data(), octets.size(), 0);
  const int failure = errno;
  socket.told_readable = false;
  if (got > 0) {
    octets.resize(static_cast<std::size_t>(got));
    const bool urgent = socket.urgent && urgent_remains(socket.fd.get());
    return {.ok = true, .octets = std::move(octets), .urgent = urgent};
  }
  // What was told about the end stays true, although the kernel tells an error only once.
  if (socket.error != 0) return refused(socket.error);
  if (got == 0) return {.ok = true, .peer_closed = true};
  if (failure == EAGAIN) return {.ok = true};
  return refused(failure);
}

AppReply SocketApp::close(Handle handle, Socket& socket) {
  if (socket.role == Role::listener) return release(handle);
  socket.passive_close = tcp_state(socket.fd.get()) == TCP_CLOSE_WAIT;
  if (::shutdown(socket.fd.get(), SHUT_WR) != 0) return refused(socket.error != 0 ? socket.error : errno);
  return {.ok = true};
}

AppReply SocketApp::release(Handle handle) {
  sockets_.erase(handle);
  return {.ok = true};
}

AppReply SocketApp::abort(Handle handle, Socket& socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  const bool set = ::setsockopt(socket.fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0;
  AppReply reply = set ? AppReply{.ok = true} : refused(errno);
  sockets_.erase(handle);
  return reply;
}

AppReply SocketApp::status(const Socket& socket) {
  AppReply reply{.ok = true};
  const auto state = tcp_state(socket.fd.get());
  if (!state) return refused(errno);
  // A socket that went into TIME-WAIT is CLOSED to its user.
  const bool may_be_time_wait = *state == TCP_CLOSE && !socket.ended;
  if (!may_be_time_wait) reply.state = model_state(*state);
  return reply;
}

AppReply SocketApp::set(Socket& socket, const AppRequest& request) {
  const int fd = socket.fd.get();
  const OptionName option = name_of(request.option, is_v6(fd));
  const int value = value_for(request.option, request.value);
  if (::setsockopt(fd, option.level, option.name, &value, sizeof value) != 0) return refused(errno);
  if (request.option == model::UserOption::error_reports) socket.error_reports = value != 0;
  if (request.option == model::UserOption::urgent) socket.urgent = value != 0;
  return {.ok = true};
}

Result<Handle> SocketApp::keep(UniqueFd fd, Role role, std::uint32_t interest) {
  const Handle handle = ++last_handle_;
  epoll_event event{};
  event.events = interest;
  event.data.u32 = handle;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &event) != 0) {
    return link::system_failure("cannot watch a socket", errno);
  }
  Socket socket;
  socket.fd = std::move(fd);
  socket.role = role;
  sockets_.emplace(handle, std::move(socket));
  return handle;
}

std::vector<AppEvent> SocketApp::poll_events() {
  Events events;
  std::array<epoll_event, 64> ready{};
  while (true) {
    const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
    if (count <= 0) return events;
    for (const epoll_event& one : std::span{ready}.first(static_cast<std::size_t>(count))) {
      const auto found = sockets_.find(one.data.u32);
      if (found != sockets_.end()) look_at(found->first, found->second, one.events, events);
    }
  }
}

void SocketApp::look_at(Handle handle, Socket& socket, std::uint32_t ready, Events& events) {
  if (socket.role == Role::listener) {
    accept_all(handle, socket, events);
    return;
  }
  if (socket.ended) return;
  if ((ready & EPOLLERR) != 0) {
    const int error = socket_error(socket.fd.get());
    if (error != 0 && only_reported(socket)) {
      events.push_back({.kind = UserEvent::soft_error, .handle = handle, .text = text_of(error)});
    } else if (error != 0) {
      socket.ended = true;
      socket.error = error;
      events.push_back({.kind = is_reset(error) ? UserEvent::reset : UserEvent::error,
                        .handle = handle,
                        .text = text_of(error)});
      return;
    }
  }
  if (socket.role == Role::connecting) {
    if ((ready & EPOLLOUT) != 0) established(handle, socket, events);
    return;
  }
  if ((ready & EPOLLPRI) != 0 && socket.urgent)
    events.push_back({.kind = UserEvent::urgent, .handle = handle});
  if ((ready & EPOLLIN) != 0 && !socket.told_readable && unread_octets(socket.fd.get()) > 0) {
    socket.told_readable = true;
    events.push_back({.kind = UserEvent::readable, .handle = handle});
  }
  if ((ready & EPOLLRDHUP) != 0 && !socket.told_peer_closed) {
    socket.told_peer_closed = true;
    events.push_back({.kind = UserEvent::peer_closed, .handle = handle});
  }
  if ((ready & EPOLLHUP) != 0 && socket.passive_close && tcp_state(socket.fd.get()) == TCP_CLOSE) {
    socket.ended = true;
    events.push_back({.kind = UserEvent::closed, .handle = handle});
  }
}

/// Who asked for reports (IP_RECVERR) gets soft errors at once, and the connection goes on.
bool SocketApp::only_reported(const Socket& socket) {
  const auto state = tcp_state(socket.fd.get());
  return socket.error_reports && state && *state != TCP_CLOSE;
}

void SocketApp::established(Handle handle, Socket& socket, Events& events) {
  socket.role = Role::connection;
  events.push_back({.kind = UserEvent::opened, .handle = handle});
  epoll_event event{};
  event.events = connection_interest;
  event.data.u32 = handle;
  // Looks anew at what is already there.
  (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, socket.fd.get(), &event);
}

void SocketApp::accept_all(Handle handle, Socket& listener, Events& events) {
  while (true) {
    SocketAddress remote;
    UniqueFd fd{::accept4(listener.fd.get(), remote.get(), &remote.octets, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!fd && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (!fd) return;
    const auto child = keep(std::move(fd), Role::connection, connection_interest);
    if (!child) return;
    events.push_back(
        {.kind = UserEvent::accepted, .handle = handle, .child = *child, .remote = to_endpoint(remote)});
  }
}

}  // namespace tcpjury::targets::kernel
