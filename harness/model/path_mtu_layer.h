// Path MTU discovery seen from the far end (RFC 1191, RFC 8201, RFC 4821 section 8): what a Packet Too Big
// makes of the datagrams that follow.
//
// Binds a target that uses it: one whose IPv4 datagrams forbid fragments, and any over IPv6.
#pragma once

#include <optional>

#include "harness/model/icmp_error.h"
#include "harness/model/layer_support.h"

namespace tcpjury::model {

class PathMtuLayer : public Layer {
 public:
  void icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted, const View& view,
            Findings& f);
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);

 private:
  /// One message, from its arrival until it was heeded.
  struct TooBig {
    std::uint32_t mtu = 0;
    std::uint32_t before = 0;  ///< the largest datagram until then
    TimeSpan at = {};
    bool unknown_mtu = false;    ///< of an old router: Next-Hop MTU 0
    bool below_minimum = false;  ///< to be discarded, or taken for the minimum
    bool raises = false;
    bool in_flight = true;
    bool heeded = false;
    bool disturbed = false;  ///< something else came that may have caused a retransmission
    bool repeat_judged = false;
    std::uint32_t repeated = 0;  ///< retransmissions that were still too large
  };
  /// So often the same text may come again too large: RFC 5927 section 7.2 defers the message until it has
  /// timed out.
  static constexpr std::uint32_t patience = 3;

  Reporter report_ = {};
  std::optional<TooBig> told_ = {};
  std::uint32_t heeded_ = 0;                    ///< messages
  std::optional<std::uint32_t> estimate_ = {};  ///< the MTU of the last one heeded
  std::uint32_t obeyed_ = 0;   ///< datagrams in a row as large as a message says that must not be believed
  std::uint32_t largest_ = 0;  ///< datagram with text
  bool v6_ = false;
  bool forbids_fragments_ = false;
  bool repeated_text_ = false;  ///< a loss may shrink segments, too

  void grown(bool again, State state, Findings& f);
  void not_lowered(const Emitted& e, bool again, State state, Findings& f);
  void after_too_big(std::uint32_t size, bool forbids, bool again, bool more, const Emitted& e,
                     const View& view, Findings& f);
  void heeded(const View& view, Findings& f);
  void not_to_be_heeded(std::uint32_t size, bool more, const Emitted& e, const View& view, Findings& f);
  void too_large(std::uint32_t size, bool again, const Emitted& e, const View& view, Findings& f);
};

}  // namespace tcpjury::model
