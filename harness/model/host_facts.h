// What only shows across connections: gathered by every judge, judged once per run (runner/host_observer.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/base/time.h"

namespace tcpjury::model {

/// An initial sequence number that the target chose.
struct IsnSample {
  Duration at{};           ///< since the clock's epoch
  std::string connection;  ///< "192.0.2.2:80 198.51.100.1:4000": the four-tuple, the target's end first
  std::uint32_t isn = 0;
  std::uint16_t port = 0;  ///< the target's
  bool active = false;     ///< in a SYN of the target's own: the port may be one it chose
  friend bool operator==(const IsnSample&, const IsnSample&) = default;
};

struct HostFacts {
  static constexpr std::size_t samples_max = 1024;  ///< of one session; later ones are not kept
  std::string life = {};  ///< which run of the host's clock `isns` belong to; filled in by whoever knows
  std::vector<IsnSample> isns = {};
  /// Where the RFC leaves a choice that a stack must make consistently: the row's id, what was done, and how
  /// often.
  std::map<std::string, std::map<std::string, std::uint32_t>> choices = {};
  friend bool operator==(const HostFacts&, const HostFacts&) = default;
};

}  // namespace tcpjury::model
