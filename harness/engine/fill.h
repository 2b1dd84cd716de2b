// From a pattern to octets: every field the scenario left out gets the right value, every field it named
// gets what it said, and lies come last.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/engine/live_map.h"
#include "harness/scenario/scenario.h"
#include "harness/wire/packet.h"

namespace tcpjury::engine {

struct Filled {
  std::vector<Bytes> datagrams;  ///< more than one when the scenario asks for fragments
  wire::Decoded whole;           ///< what the target has once all of them arrived
  /// The segment when a receiver would take it at its word: no wrong checksum, length or offset. Only then do
  /// the tester's variables follow it.
  std::optional<wire::TcpSegment> honest = {};
};

/// Names that stand in `seq`, `ack` or `ts` for the first time are made up from the case's seed. Fails with
/// the name of one that cannot be known.
[[nodiscard]] Result<Filled> fill(const scenario::SegmentPattern& pattern, LiveMap& map,
                                  std::string_view label, TimePoint now);

/// The IP header a tester's datagram of this connection has by default.
[[nodiscard]] wire::IpHeader default_ip_header(const model::FourTuple& tuple, std::uint8_t protocol);

}  // namespace tcpjury::engine
