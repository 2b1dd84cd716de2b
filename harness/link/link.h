// A link: a device that takes and gives IP datagrams without blocking.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/base/bytes.h"
#include "harness/base/result.h"

namespace tcpjury::link {

/// How the driver can know that everything the target says at once to a stimulus has arrived.
enum class Fence : std::uint8_t {
  implicit,  ///< it is readable when send() returns (TUN: the kernel answers inside write())
  echo,      ///< an ICMP echo sent after the stimulus is answered after it (FIFO path, one processor)
  none,      ///< it cannot; only deadlines decide
};

class Link {
 public:
  virtual ~Link() = default;
  /// "tun" or "raw": for reports.
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual Fence fence() const = 0;
  /// The octets of the longest datagram that send() takes.
  [[nodiscard]] virtual std::size_t longest_datagram() const { return 65535; }
  /// Puts one IP datagram on the link. Fails only when the link is gone; a full queue is retried inside,
  /// boundedly.
  virtual Result<void> send(BytesView datagram) = 0;
  /// The next datagram from the target, nothing when there is none right now, an error when the link is gone.
  virtual Result<std::optional<Bytes>> receive() = 0;
  /// Returns when everything the target says at once to the datagrams sent so far can be had from receive().
  /// Only for Fence::echo; does nothing for the others. An error when the target does not answer within 5 s.
  virtual Result<void> fence_now() { return {}; }
  /// Readable when receive() may have something. After fence_now() receive() may have something even where
  /// this is not readable: read until it gives nothing before you wait.
  [[nodiscard]] virtual int native_handle() const = 0;
  /// Datagrams the link is known to have lost since it was opened (its drop counters).
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;
};

}  // namespace tcpjury::link
