// The one door for randomness: a small generator that is passed around, seeded and printed.
#pragma once

#include <cstdint>
#include <string_view>

namespace tcpjury {

/// FNV-1a, 64 bits. For fingerprints and derived seeds; not for secrets.
[[nodiscard]] constexpr std::uint64_t hash64(std::string_view text,
                                             std::uint64_t basis = 0xcbf2'9ce4'8422'2325ULL) {
  std::uint64_t h = basis;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01b3ULL;
  return h;
}

/// SplitMix64 (public domain construction by S. Vigna): any seed is fine, zero included.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_{seed} {}

  [[nodiscard]] constexpr std::uint64_t next() {
    state_ += 0x9e37'79b9'7f4a'7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d0'49bb'1331'11ebULL;
    return z ^ (z >> 31U);
  }
  [[nodiscard]] constexpr std::uint32_t next32() { return static_cast<std::uint32_t>(next() >> 32U); }

  /// Uniform in [0, bound); 0 when bound is 0. The bias is below bound/2^64.
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }

 private:
  std::uint64_t state_;
};

}  // namespace tcpjury
