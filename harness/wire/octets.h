// Big-endian fields at places known at compile time: an offset outside the header does not compile.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/base/bytes.h"

namespace tcpjury::wire {

template <std::size_t At, std::size_t N>
[[nodiscard]] constexpr std::uint8_t get8(std::span<const std::byte, N> header) {
  static_assert(At < N && N != std::dynamic_extent);
  return octet(header[At]);
}
template <std::size_t At, std::size_t N>
[[nodiscard]] constexpr std::uint16_t get16(std::span<const std::byte, N> header) {
  return static_cast<std::uint16_t>(get8<At>(header) << 8U | get8<At + 1>(header));
}
template <std::size_t At, std::size_t N>
[[nodiscard]] constexpr std::uint32_t get32(std::span<const std::byte, N> header) {
  return static_cast<std::uint32_t>(get16<At>(header)) << 16U | get16<At + 2>(header);
}

template <std::size_t At, std::size_t N>
constexpr void put8(std::span<std::byte, N> header, std::uint8_t value) {
  static_assert(At < N && N != std::dynamic_extent);
  header[At] = static_cast<std::byte>(value);
}
template <std::size_t At, std::size_t N>
constexpr void put16(std::span<std::byte, N> header, std::uint16_t value) {
  put8<At>(header, static_cast<std::uint8_t>(value >> 8U));
  put8<At + 1>(header, static_cast<std::uint8_t>(value & 0xffU));
}
template <std::size_t At, std::size_t N>
constexpr void put32(std::span<std::byte, N> header, std::uint32_t value) {
  put16<At>(header, static_cast<std::uint16_t>(value >> 16U));
  put16<At + 2>(header, static_cast<std::uint16_t>(value & 0xffffU));
}

inline void append(Bytes& out, BytesView octets) { out.insert(out.end(), octets.begin(), octets.end()); }

[[nodiscard]] inline Bytes owned(BytesView octets) { return {octets.begin(), octets.end()}; }

[[nodiscard]] constexpr std::size_t padded_to_words(std::size_t octets) { return (octets + 3) / 4 * 4; }

/// The value of a four-bit length in 32-bit words; a length the field cannot hold becomes its largest.
[[nodiscard]] constexpr std::uint8_t length_in_words(std::size_t octets) {
  return static_cast<std::uint8_t>(std::min<std::size_t>((octets + 3) / 4, 15));
}

/// The value of a 16-bit length; a length the field cannot hold becomes its largest.
[[nodiscard]] constexpr std::uint16_t length16(std::size_t octets) {
  return static_cast<std::uint16_t>(std::min<std::size_t>(octets, 0xffff));
}

}  // namespace tcpjury::wire
