// The Internet checksum (RFC 1071) with the TCP pseudo-headers (RFC 9293 section 3.1, RFC 8200 section 8.1).
#pragma once

#include <cstdint>

#include "harness/base/bytes.h"
#include "harness/wire/address.h"

namespace tcpjury::wire {

/// A running ones' complement sum. Parts may be added in any order as long as each but the last has an
/// even number of octets. Word-parallel inside: 64 bits at a time.
class ChecksumAccumulator {
 public:
  void add(BytesView octets);
  void add16(std::uint16_t host_order);
  void add32(std::uint32_t host_order);
  /// The checksum field's value in host order.
  [[nodiscard]] std::uint16_t finish() const;

 private:
  std::uint64_t sum_ = 0;
};

/// What a transport checksum covers beside the message itself.
struct PseudoHeader {
  IpAddress source = {};
  IpAddress destination = {};
  std::uint8_t protocol = 0;
  std::uint32_t length = 0;  ///< octets of the upper-layer message
};
void add_pseudo_header(ChecksumAccumulator& sum, const PseudoHeader& pseudo);

/// True when a receiver accepts `found` where a sender computes `right`: in ones' complement 0xffff is
/// another way to write zero (RFC 1071 section 1: the receiver's sum is all ones either way).
[[nodiscard]] constexpr bool checksum_accepted(std::uint16_t found, std::uint16_t right) {
  return found == right || (found == 0xffff && right == 0);
}

/// The value the checksum field must have; the field itself must be zero in `octets`.
[[nodiscard]] std::uint16_t internet_checksum(BytesView octets);

/// Checksum of an upper-layer message under the pseudo-header of its family; `upper` with a zero checksum
/// field.
[[nodiscard]] std::uint16_t upper_checksum(const IpAddress& source, const IpAddress& destination,
                                           std::uint8_t protocol, BytesView upper);

}  // namespace tcpjury::wire
