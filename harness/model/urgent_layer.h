// Urgent segments from the tester (RFC 9293 section 3.8.5, RFC 6093): whatever the pointer says, the
// connection goes on as without it.
#pragma once

#include <optional>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/model/layer_support.h"

namespace tcpjury::model {

class UrgentLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);

 private:
  std::optional<Rule> row_ = {};
  bool odd_pointer_ = false;
  bool without_bit_ = false;  ///< a pointer without URG
};

/// Where the last octet of urgent sequences lies, so that a user that does not get it in line is told from
/// one that gets wrong octets.
class UrgentMarks {
 public:
  void note(const Arrival& a);
  void forget() { marks_.clear(); }
  /// How many octets of the stream `octets`, read at `first`, stand for when urgent ones were taken out;
  /// nothing when that does not explain them. `agrees(seq, octets)` compares with what the peer sent.
  template <typename Agrees>
  [[nodiscard]] std::optional<std::uint32_t> explain(SeqNum first, BytesView octets, Agrees agrees) const {
    for (const SeqNum mark : marks_) {
      const std::uint32_t before = (mark - first).octets;
      const auto size = static_cast<std::uint32_t>(octets.size());
      if (before > size) continue;
      if (agrees(first, octets.first(before)) && agrees(mark + SeqLen{1}, octets.subspan(before)))
        return size + 1;
    }
    return std::nullopt;
  }
  [[nodiscard]] bool any_in(SeqNum first, SeqLen length) const;

 private:
  static constexpr std::size_t marks_max = 8;
  std::vector<SeqNum> marks_ = {};
};

}  // namespace tcpjury::model
