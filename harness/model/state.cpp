#include "harness/model/state.h"

namespace tcpjury::model {
namespace {

constexpr std::array<std::string_view, state_count> names{
    "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
    "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT"};

}  // namespace

const std::array<std::string_view, state_count>& state_names() { return names; }

std::string_view to_string(State s) { return names[static_cast<std::size_t>(s)]; }

std::optional<State> parse_state(std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return static_cast<State>(i);
  }
  return std::nullopt;
}

}  // namespace tcpjury::model
