// A pseudorandom function under a secret key, for numbers outsiders must not be able to guess.
#pragma once

#include <array>
#include <cstdint>

#include "harness/base/bytes.h"

namespace tcpjury::reference {

using HashKey = std::array<std::uint64_t, 2>;

/// SipHash-2-4 (J.-P. Aumasson and D. J. Bernstein, 2012).
[[nodiscard]] std::uint64_t keyed_hash(const HashKey& key, BytesView octets);

}  // namespace tcpjury::reference
