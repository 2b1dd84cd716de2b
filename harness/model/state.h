// The eleven states of a connection (RFC 9293 section 3.3.2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tcpjury::model {

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
  time_wait,
};
inline constexpr std::size_t state_count = 11;

/// The RFC's spelling: "FIN-WAIT-1".
[[nodiscard]] std::string_view to_string(State s);
/// Reads the RFC's spelling; nothing for any other word.
[[nodiscard]] std::optional<State> parse_state(std::string_view text);
/// All spellings, in the RFC's order.
[[nodiscard]] const std::array<std::string_view, state_count>& state_names();

/// How the connection came to be: MUST-11 asks a stack to remember it in SYN-RECEIVED.
enum class Origin : std::uint8_t { passive, active };

}  // namespace tcpjury::model
