// What the user asked of this stack: the settings string of the C ABI.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/base/result.h"
#include "targets/reference/faults.h"

namespace tcpjury::reference {

/// Who may start Explicit Congestion Notification (RFC 3168).
enum class Ecn : std::uint8_t {
  off,
  answered,  ///< an ECN-setup SYN is answered; an active OPEN does not ask
  asked      ///< an active OPEN asks, too
};

/// Octets of text kept for RECEIVE: 44 segments of 1460.
inline constexpr std::uint32_t largest_receive_buffer = 64'240;

struct Settings {
  FaultSet faults = {};
  Ecn ecn = Ecn::answered;
  bool keep_alive = false;
  bool nagle = true;
  bool early_accept = false;         ///< a passive OPEN hands its connection over when the SYN comes
  bool fast_open = false;            ///< RFC 7413, on both sides
  bool user_timeout_option = false;  ///< RFC 5482: a timeout the user sets is told to the peer
  bool tail_loss_probe = false;      ///< RFC 8985 section 7
  std::uint32_t receive_buffer = largest_receive_buffer;  ///< octets of text kept for RECEIVE

  /// Reads "name=value" separated by spaces: fault=NAME[@STATE],..., ecn=off|answered|on, keepalive=on|off,
  /// nagle=on|off, early_accept=on|off, fast_open=on|off, user_timeout_option=on|off, tail_loss_probe=on|off,
  /// receive_buffer=OCTETS. An unknown name or value is an error with a hint.
  [[nodiscard]] static Result<Settings> parse(std::string_view text);
};

}  // namespace tcpjury::reference
