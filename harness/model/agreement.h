// What all hypotheses agree on: a layer judges by nothing else.
#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "harness/model/tcb.h"

namespace tcpjury::model {

template <typename Predicate>
[[nodiscard]] bool all_agree(std::span<const Tcb> hypotheses, Predicate predicate) {
  return std::all_of(hypotheses.begin(), hypotheses.end(), predicate);
}

/// The value that `read` gives for every hypothesis; nothing where they differ.
template <typename Read>
[[nodiscard]] auto common(std::span<const Tcb> hypotheses, Read read)
    -> std::optional<std::decay_t<decltype(read(hypotheses.front()))>> {
  const auto first = read(hypotheses.front());
  for (const Tcb& t : hypotheses.subspan(1)) {
    if (!(read(t) == first)) return std::nullopt;
  }
  return first;
}

}  // namespace tcpjury::model
