// Extension headers of IPv6 by name (RFC 8200 section 4).
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/wire/packet.h"

namespace tcpjury::wire {

namespace extension_kind {
inline constexpr std::uint8_t hop_by_hop = 0;
inline constexpr std::uint8_t routing = 43;
inline constexpr std::uint8_t fragment = 44;
inline constexpr std::uint8_t destination_options = 60;
}  // namespace extension_kind

inline constexpr std::size_t extension_unit = 8;  // octets; every extension header is a multiple of it

/// True for a fragment header with an offset or with more to follow. One with neither is an "atomic
/// fragment": the whole datagram (RFC 6946).
[[nodiscard]] bool is_real_fragment(const ExtensionHeader& extension);

}  // namespace tcpjury::wire
