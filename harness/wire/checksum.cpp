#include "harness/wire/checksum.h"

#include <bit>
#include <cstring>

namespace tcpjury::wire {
namespace {

// Ones' complement addition does not care about the order of the octets within its words (RFC 1071 section
// 2(B)), so words are added as the machine loads them, and only the final 16 bits are swapped.
constexpr std::uint16_t network_order(std::uint16_t v) {
  if constexpr (std::endian::native == std::endian::big) return v;
  return static_cast<std::uint16_t>(v << 8U | v >> 8U);
}

template <class Word>
Word load(const std::byte* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Sum with the carry out of bit 63 added back in.
constexpr std::uint64_t add_carry(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t sum = a + b;
  return sum + (sum < b ? 1U : 0U);
}

/// The sum of fewer than eight octets, loaded in pieces of a known size: a copy of unknown length would cost
/// more than the whole header.
std::uint64_t short_sum(const std::byte* at, std::size_t octets) {
  std::uint64_t sum = 0;
  if ((octets & 4U) != 0) {
    sum += load<std::uint32_t>(at);
    at += 4;
  }
  if ((octets & 2U) != 0) {
    sum += load<std::uint16_t>(at);
    at += 2;
  }
  if ((octets & 1U) != 0) {
    std::uint16_t padded = 0;  // zero on the right, RFC 1071 section 4.1
    std::memcpy(&padded, at, 1);
    sum += padded;
  }
  return sum;
}

}  // namespace

void ChecksumAccumulator::add(BytesView octets) {
  const std::byte* at = octets.data();
  std::size_t left = octets.size();
  // Two chains, since each addition waits for the carry of the one before.
  std::uint64_t even = sum_;
  std::uint64_t odd = 0;
  for (; left >= 16; at += 16, left -= 16) {
    even = add_carry(even, load<std::uint64_t>(at));
    odd = add_carry(odd, load<std::uint64_t>(at + 8));
  }
  if ((left & 8U) != 0) {
    even = add_carry(even, load<std::uint64_t>(at));
    at += 8;
  }
  sum_ = add_carry(add_carry(even, odd), short_sum(at, left & 7U));
}

void ChecksumAccumulator::add16(std::uint16_t host_order) {
  sum_ = add_carry(sum_, network_order(host_order));
}

void ChecksumAccumulator::add32(std::uint32_t host_order) {
  add16(static_cast<std::uint16_t>(host_order >> 16U));
  add16(static_cast<std::uint16_t>(host_order & 0xffffU));
}

std::uint16_t ChecksumAccumulator::finish() const {
  std::uint64_t sum = (sum_ >> 32U) + (sum_ & 0xffff'ffffU);
  sum = (sum >> 32U) + (sum & 0xffff'ffffU);
  sum = (sum >> 16U) + (sum & 0xffffU);
  sum = (sum >> 16U) + (sum & 0xffffU);
  return static_cast<std::uint16_t>(~network_order(static_cast<std::uint16_t>(sum)));
}

void add_pseudo_header(ChecksumAccumulator& sum, const PseudoHeader& pseudo) {
  sum.add(std::as_bytes(std::span{pseudo.source.octets}.first(pseudo.source.size())));
  sum.add(std::as_bytes(std::span{pseudo.destination.octets}.first(pseudo.destination.size())));
  // Both families put the protocol and the length into whole 16-bit words of their own, only at different
  // places; a sum does not see the difference.
  sum.add16(pseudo.protocol);
  sum.add32(pseudo.length);
}

std::uint16_t internet_checksum(BytesView octets) {
  ChecksumAccumulator sum;
  sum.add(octets);
  return sum.finish();
}

std::uint16_t upper_checksum(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol,
                             BytesView upper) {
  ChecksumAccumulator sum;
  add_pseudo_header(sum, {source, destination, protocol, static_cast<std::uint32_t>(upper.size())});
  sum.add(upper);
  return sum.finish();
}

}  // namespace tcpjury::wire
