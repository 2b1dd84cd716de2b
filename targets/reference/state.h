// The states of a connection, in the order of RFC 9293 section 3.3.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpjury::reference {

enum class State : std::uint8_t {
  closed,
  listen,
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait
};

inline constexpr std::array<std::string_view, 11> state_names{
    "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
    "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT"};

[[nodiscard]] constexpr std::string_view to_string(State state) {
  return state_names.at(static_cast<std::size_t>(state));
}

}  // namespace tcpjury::reference
