// Fragments of a stimulus (RFC 791 section 3.2, RFC 8200 section 4.5): what the target will have in hand when
// it has put them together.
#pragma once

#include <optional>

#include "harness/wire/packet.h"

namespace tcpjury::model {

/// Follows one datagram at a time, cut in two; anything more intricate is not interpreted.
class Reassembler {
 public:
  enum class Progress : std::uint8_t {
    waiting,   ///< a first fragment: nothing can happen before the rest comes
    complete,  ///< `whole()` is the datagram
    unclear,   ///< overlapping, out of order, or of a third piece: the effect hangs on the target
  };
  Progress add(const wire::Decoded& fragment);
  [[nodiscard]] const wire::Decoded& whole() const { return whole_; }

 private:
  std::optional<wire::Packet> first_ = {};
  wire::Decoded whole_ = {};
};

/// True for a piece of a larger datagram.
[[nodiscard]] bool is_fragment(const wire::Packet& packet);

}  // namespace tcpjury::model
