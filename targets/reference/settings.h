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

struct Settings {
  FaultSet faults = {};
  Ecn ecn = Ecn::answered;
  bool keep_alive = false;
  bool nagle = true;

  /// Reads "name=value" separated by spaces: fault=NAME[@STATE],..., ecn=off|answered|on, keepalive=on|off,
  /// nagle=on|off. An unknown name or value is an error with a hint.
  [[nodiscard]] static Result<Settings> parse(std::string_view text);
};

}  // namespace tcpjury::reference
