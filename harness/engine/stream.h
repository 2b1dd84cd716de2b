// The octets that sessions send when a scenario gives only their number.
#pragma once

#include <cstdint>

#include "harness/base/bytes.h"
#include "harness/base/random.h"

namespace tcpjury::engine {

/// `count` octets of the endless text that belongs to `seed`, from position `offset` on. The same position
/// always holds the same octet, so text sent again equals the text sent first.
[[nodiscard]] inline Bytes stream_octets(std::uint64_t seed, std::uint32_t offset, std::size_t count) {
  Bytes octets;
  octets.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto position = static_cast<std::uint32_t>(offset + i);
    const std::uint64_t word = Random{seed + position / 8}.next();
    octets.push_back(static_cast<std::byte>((word >> (position % 8 * 8)) & 0xffU));
  }
  return octets;
}

}  // namespace tcpjury::engine
