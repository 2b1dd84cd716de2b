// Octets of a stream by sequence number: what a side has said, so that what comes out can be compared with
// it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "harness/base/bytes.h"
#include "harness/wire/seq.h"

namespace tcpjury::model {

/// A window over a stream. Octets nobody has said yet, or that were said differently twice, are unknown.
class TextStore {
 public:
  /// Octets farther than this from the window's start are not kept.
  static constexpr std::uint32_t reach = 1U << 22U;

  void restart(wire::SeqNum first) {
    first_ = first;
    octets_.clear();
  }
  /// Gives the octets already appended their place, once the initial sequence number is known.
  void rebase(wire::SeqNum first) { first_ = first; }

  /// Appends after the last octet.
  void append(BytesView text) {
    for (const std::byte b : text) octets_.push_back(octet(b));
  }

  /// Notes text seen at `seq`; octets said differently before become unknown for good.
  void note(wire::SeqNum seq, BytesView text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint32_t offset = (seq + wire::SeqLen{static_cast<std::uint32_t>(i)} - first_).octets;
      if (offset >= reach) continue;
      if (offset >= octets_.size()) octets_.resize(offset + 1, never_said);
      std::int16_t& known = octets_[offset];
      const std::int16_t said = octet(text[i]);
      if (known == never_said) {
        known = said;
      } else if (known != said) {
        known = contradictory;
      }
    }
  }

  /// True when no known octet of the stream differs from `text` at `seq`.
  [[nodiscard]] bool agrees(wire::SeqNum seq, BytesView text) const {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint32_t offset = (seq + wire::SeqLen{static_cast<std::uint32_t>(i)} - first_).octets;
      if (offset >= octets_.size()) continue;
      if (octets_[offset] >= 0 && octets_[offset] != octet(text[i])) return false;
    }
    return true;
  }

  /// Forgets everything before `seq`.
  void forget_before(wire::SeqNum seq) {
    while (!octets_.empty() && first_ != seq && wire::before(first_, seq)) {
      octets_.pop_front();
      first_ = first_ + wire::SeqLen{1};
    }
    if (octets_.empty() && wire::before(first_, seq)) first_ = seq;
  }

 private:
  static constexpr std::int16_t never_said = -1;
  static constexpr std::int16_t contradictory = -2;
  wire::SeqNum first_ = {};
  std::deque<std::int16_t> octets_ = {};
};

}  // namespace tcpjury::model
