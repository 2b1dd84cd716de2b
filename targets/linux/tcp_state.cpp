#include "targets/linux/tcp_state.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace tcpjury::targets::kernel {

std::optional<int> tcp_state(int fd) {
  tcp_info info{};
  socklen_t octets = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &octets) != 0) return std::nullopt;
  return info.tcpi_state;
}

std::optional<model::State> model_state(int kernel_state) {
  using enum model::State;
  switch (kernel_state) {
    case TCP_ESTABLISHED:
      return established;
    case TCP_SYN_SENT:
      return syn_sent;
    case TCP_SYN_RECV:
      return syn_received;
    case TCP_FIN_WAIT1:
      return fin_wait_1;
    case TCP_FIN_WAIT2:
      return fin_wait_2;
    case TCP_TIME_WAIT:
      return time_wait;
    case TCP_CLOSE:
      return closed;
    case TCP_CLOSE_WAIT:
      return close_wait;
    case TCP_LAST_ACK:
      return last_ack;
    case TCP_LISTEN:
      return listen;
    case TCP_CLOSING:
      return closing;
    default:
      return std::nullopt;
  }
}

}  // namespace tcpjury::targets::kernel
