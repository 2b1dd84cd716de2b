// Octets as they travel: owned buffers and borrowed views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tcpjury {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

/// The octets of `text`, without a terminating zero.
[[nodiscard]] inline Bytes bytes_of(std::string_view text) {
  const auto octets = std::as_bytes(std::span{text});
  return {octets.begin(), octets.end()};
}

[[nodiscard]] constexpr std::uint8_t octet(std::byte b) { return static_cast<std::uint8_t>(b); }

}  // namespace tcpjury
