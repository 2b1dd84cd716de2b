// Octets of a stream by sequence number: what a side has said, so that what comes out can be compared with
// it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

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
    begin_ = 0;
    octets_.clear();
    said_.clear();
  }
  /// Gives the octets already appended their place, once the initial sequence number is known.
  void rebase(wire::SeqNum first) { first_ = first; }

  /// Appends after the last octet.
  void append(BytesView text) {
    octets_.insert(octets_.end(), text.begin(), text.end());
    said_.insert(said_.end(), text.size(), Said::once);
  }

  /// Notes text seen at `seq`; octets said differently before become unknown for good.
  void note(wire::SeqNum seq, BytesView text) {
    if (seq - first_ == wire::SeqLen{static_cast<std::uint32_t>(size())} && size() + text.size() <= reach)
      return append(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint32_t offset = (seq + wire::SeqLen{static_cast<std::uint32_t>(i)} - first_).octets;
      if (offset >= reach) continue;
      if (offset >= size()) {
        octets_.resize(begin_ + offset + 1);
        said_.resize(begin_ + offset + 1, Said::never);
      }
      std::byte& known = octets_[begin_ + offset];
      Said& said = said_[begin_ + offset];
      if (said == Said::never) {
        known = text[i];
        said = Said::once;
      } else if (known != text[i]) {
        said = Said::differently;
      }
    }
  }

  /// True when no known octet of the stream differs from `text` at `seq`.
  [[nodiscard]] bool agrees(wire::SeqNum seq, BytesView text) const {
    const std::uint32_t start = (seq - first_).octets;
    if (start < size() && text.size() <= size() - start &&
        (text.empty() || std::memcmp(text.data(), octets_.data() + begin_ + start, text.size()) == 0))
      return true;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint32_t offset = (seq + wire::SeqLen{static_cast<std::uint32_t>(i)} - first_).octets;
      if (offset >= size()) continue;
      if (said_[begin_ + offset] == Said::once && octets_[begin_ + offset] != text[i]) return false;
    }
    return true;
  }

  /// Forgets everything before `seq`.
  void forget_before(wire::SeqNum seq) {
    if (!wire::before(first_, seq)) return;
    begin_ += std::min<std::size_t>((seq - first_).octets, size());
    first_ = seq;
    if (begin_ < octets_.size() / 2) return;
    // Moved down only when half is forgotten, so that each octet is moved once on average.
    octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(begin_));
    said_.erase(said_.begin(), said_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }

 private:
  enum class Said : std::uint8_t { never, once, differently };

  [[nodiscard]] std::size_t size() const { return octets_.size() - begin_; }

  wire::SeqNum first_ = {};
  std::size_t begin_ = 0;  ///< octets before this are forgotten
  std::vector<std::byte> octets_ = {};
  std::vector<Said> said_ = {};
};

}  // namespace tcpjury::model
