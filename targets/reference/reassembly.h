// Text that came out of order, kept until the gap before it is filled (RFC 9293 section 3.10.7.4, SHLD-31).
#pragma once

#include <vector>

#include "harness/base/bytes.h"
#include "targets/reference/sequence.h"

namespace tcpjury::reference {

class Reassembly {
 public:
  /// Keeps `text`, which begins at `seq`; octets that are held already stay as they came first. Gives back
  /// the contiguous range the text is part of.
  Range insert(SeqNum seq, BytesView text);
  /// The octets held from `next` on without a gap; they are no longer held, nor is anything before them.
  [[nodiscard]] Bytes take(SeqNum next);
  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  [[nodiscard]] std::vector<Range> ranges() const;
  void clear() { pieces_.clear(); }

 private:
  struct Piece {
    SeqNum seq = {};
    Bytes text = {};
    [[nodiscard]] Range range() const { return {seq, seq + octets(text.size())}; }
  };
  std::vector<Piece> pieces_ = {};  ///< in order; they neither overlap nor touch
};

}  // namespace tcpjury::reference
