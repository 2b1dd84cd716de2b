// Three tiny stacks whose guilt is known beforehand: the judge must acquit one and convict two.
#pragma once

#include <cstdint>
#include <memory>

#include "harness/engine/target_port.h"

namespace tcpjury::cli {

enum class Manner : std::uint8_t {
  honest,  ///< opens passively and closes after the peer, as RFC 9293 says
  mute,    ///< takes everything and says nothing
  lying,   ///< acknowledges one octet more than came
};

/// IPv4 only; open_passive, close and abort are all its user interface can do.
[[nodiscard]] std::unique_ptr<engine::VirtualTarget> make_selftest_target(Manner manner);

}  // namespace tcpjury::cli
