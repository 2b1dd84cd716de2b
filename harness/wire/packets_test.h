// Octets and datagrams for the tests of this folder: by hand in hexadecimal, or drawn from a seed.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/bytes.h"
#include "harness/base/random.h"
#include "harness/wire/packet.h"

namespace tcpjury::wire {

/// Pairs of hexadecimal digits; blanks and line ends are skipped.
[[nodiscard]] Bytes from_hex(std::string_view text);
[[nodiscard]] std::string to_hex(BytesView octets);

/// Up to `most` octets.
[[nodiscard]] Bytes random_octets(Random& random, std::size_t most);

/// A well-formed datagram of any kind the codec knows: every optional member holds nothing, options are whole
/// words, extension headers state their own length. Such a value and its octets determine each other.
[[nodiscard]] Packet random_honest_packet(Random& random);

/// An honest one with some of its members replaced by lies.
[[nodiscard]] Packet random_lying_packet(Random& random);

/// Changes a few octets, cuts the end off, or appends to it.
void mutate(Bytes& octets, Random& random);

}  // namespace tcpjury::wire
