// What a user may set on one connection (RFC 9293 section 3.9.1, RFC 6093 section 5), whatever interface does
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpjury::model {

/// The value is a number: 0 or 1 for a switch, nanoseconds for a time.
enum class UserOption : std::uint8_t {
  nagle,               ///< switch: small segments wait (MUST-17)
  keepalive,           ///< switch (MUST-24)
  keepalive_idle,      ///< time without anything received before the first probe (MUST-27)
  keepalive_interval,  ///< time between probes
  keepalive_count,     ///< unanswered probes after which the connection is dead
  user_timeout,        ///< time: R2 of what is sent from now on (MUST-21)
  diffserv,            ///< the codepoint of what is sent, six bits (MUST-48)
  ttl,                 ///< Time to Live or Hop Limit of what is sent (MUST-49)
  error_reports,       ///< switch: soft errors are told (MUST-47, SHLD-20)
  urgent,              ///< switch: urgent data is told and stays in line (MUST-32)
};
inline constexpr std::size_t user_option_count = 10;

/// "keepalive_idle": as scenarios and transcripts name it.
[[nodiscard]] constexpr std::string_view to_string(UserOption option) {
  constexpr std::string_view names[user_option_count] = {
      "nagle",           "keepalive",    "keepalive_idle", "keepalive_interval",
      "keepalive_count", "user_timeout", "diffserv",       "ttl",
      "error_reports",   "urgent"};
  return names[static_cast<std::size_t>(option)];
}

}  // namespace tcpjury::model
