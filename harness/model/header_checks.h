// Validity of the header of everything the target emits: rules that need no hypothesis about the connection.
#pragma once

#include <vector>

#include "harness/model/emission.h"
#include "harness/wire/packet.h"

namespace tcpjury::model {

/// What the tester's SYN of this connection offered; nothing when there was none.
struct Offered {
  bool syn_seen = false;
  bool window_scale = false;
  bool timestamps = false;
  bool crossing =
      false;  ///< the target had sent a SYN of its own: either may carry the option (RFC 7323 section 3.2)
  bool beyond_end = false;  ///< octets that read like options stood behind its End-of-option-list
};

/// `broken` are findings to report, `held` the rules that were evaluated and held. `state` is what reports
/// show.
struct HeaderVerdict {
  std::vector<Finding> broken = {};
  std::vector<Rule> held = {};
  std::vector<std::pair<std::string, std::string>> measured = {};
};
[[nodiscard]] HeaderVerdict check_header(const wire::Decoded& frame, const wire::OptionList& options,
                                         Offered offered, std::uint32_t mtu, State state);

}  // namespace tcpjury::model
