#include "targets/reference/reassembly.h"

#include <algorithm>
#include <utility>

namespace tcpjury::reference {

using wire::at_or_before;
using wire::before;
using wire::earlier;
using wire::later;

Range Reassembly::insert(SeqNum seq, BytesView text) {
  const Range fresh{seq, seq + octets(text.size())};
  Range whole = fresh;
  for (const Piece& piece : pieces_)
    if (piece.range().touches(fresh))
      whole = {earlier(piece.seq, whole.left), later(piece.range().right, whole.right)};

  Piece joined{whole.left, Bytes(whole.size())};
  const auto lay = [&](SeqNum at, BytesView from) {
    std::ranges::copy(from, joined.text.begin() + (at - whole.left).octets);
  };
  lay(seq, text);
  for (const Piece& piece : pieces_)
    if (whole.covers(piece.range())) lay(piece.seq, piece.text);
  std::erase_if(pieces_, [&](const Piece& piece) { return whole.covers(piece.range()); });
  const auto place =
      std::ranges::find_if(pieces_, [&](const Piece& piece) { return before(whole.left, piece.seq); });
  pieces_.insert(place, std::move(joined));
  return whole;
}

Bytes Reassembly::take(SeqNum next) {
  std::erase_if(pieces_, [&](const Piece& piece) { return at_or_before(piece.range().right, next); });
  if (pieces_.empty() || before(next, pieces_.front().seq)) return {};
  Piece first = std::move(pieces_.front());
  pieces_.erase(pieces_.begin());
  first.text.erase(first.text.begin(), first.text.begin() + (next - first.seq).octets);
  return std::move(first.text);
}

std::vector<Range> Reassembly::ranges() const {
  std::vector<Range> all;
  for (const Piece& piece : pieces_) all.push_back(piece.range());
  return all;
}

}  // namespace tcpjury::reference
