// D-SACK: what the target may report as a duplicate, and did (RFC 2883 section 4).
#pragma once

#include <vector>

#include "harness/model/layer.h"
#include "harness/model/range_set.h"
#include "harness/model/sack_rules.h"

namespace tcpjury::model {

class DuplicateReports {
 public:
  /// `known` are the parts of `segment` that had arrived before, in order; `certain`: the target must have
  /// had the first of them.
  void arrived(const SeqRange& segment, const std::vector<SeqRange>& known, bool certain);
  /// Something arrived of which nobody can say which octets of it count as duplicates.
  void unclear();
  /// A first block that is below the acknowledgment number or inside the second block.
  void reported(const SeqRange& block, bool inside_second, const Emitted& e, State state, SackRules& rules,
                Findings& f);
  /// An acknowledgment without such a block.
  void not_reported(const Emitted& e, State state, SackRules& rules, Findings& f);

 private:
  static constexpr std::size_t kept_max = 8;
  struct Pending {
    SeqRange range = {};
    bool first = true;  ///< the first duplicate part of its segment
    SeqRange segment = {};
  };
  std::vector<Pending> pending_ = {};  ///< arrived since the last report
  std::vector<SeqRange> told_ = {};
  bool certain_ = false;  ///< the last arrival was a duplicate without doubt, and nothing was sent since
  bool unclear_ = false;  ///< the next report is not judged
  bool used_ = false;     ///< the target generates D-SACK
};

}  // namespace tcpjury::model
