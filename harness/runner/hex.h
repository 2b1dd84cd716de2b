// Octets as hexadecimal digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/bytes.h"

namespace tcpjury::runner {

[[nodiscard]] inline std::string to_hex(BytesView octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(octets.size() * 2);
  for (const std::byte b : octets) {
    text += digits[octet(b) >> 4U];
    text += digits[octet(b) & 0xfU];
  }
  return text;
}

/// Nothing when `text` is not an even number of hexadecimal digits.
[[nodiscard]] inline std::optional<Bytes> from_hex(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes octets;
  octets.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    octets.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return octets;
}

}  // namespace tcpjury::runner
