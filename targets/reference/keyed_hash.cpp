#include "targets/reference/keyed_hash.h"

#include <bit>

namespace tcpjury::reference {
namespace {

struct SipState {
  std::uint64_t a, b, c, d;

  void round() {
    a += b, b = std::rotl(b, 13) ^ a, a = std::rotl(a, 32);
    c += d, d = std::rotl(d, 16) ^ c;
    a += d, d = std::rotl(d, 21) ^ a;
    c += b, b = std::rotl(b, 17) ^ c, c = std::rotl(c, 32);
  }
  void take(std::uint64_t word) {
    d ^= word;
    round();
    round();
    a ^= word;
  }
};

}  // namespace

std::uint64_t keyed_hash(const HashKey& key, BytesView octets) {
  SipState state{key[0] ^ 0x736f'6d65'7073'6575ULL, key[1] ^ 0x646f'7261'6e64'6f6dULL,
                 key[0] ^ 0x6c79'6765'6e65'7261ULL, key[1] ^ 0x7465'6462'7974'6573ULL};
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    word |= std::uint64_t{octet(octets[i])} << (i % 8 * 8);
    if (i % 8 != 7) continue;
    state.take(word);
    word = 0;
  }
  state.take(word | static_cast<std::uint64_t>(octets.size()) << 56U);
  state.c ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace tcpjury::reference
