// What the target says in SACK options about the text it received (RFC 2018 section 4, RFC 2883).
#pragma once

#include <vector>

#include "harness/model/duplicate_reports.h"
#include "harness/model/layer.h"
#include "harness/model/range_set.h"
#include "harness/model/sack_rules.h"

namespace tcpjury::model {

class SackLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& v, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& v, Findings& f);

 private:
  static constexpr std::size_t triggers_max = 4;
  static constexpr std::size_t recent_max = 8;

  RangeSet arrived_ = {};                  ///< text beyond what was acknowledged when it arrived
  RangeSet known_ = {};                    ///< what the last SACK option said the target holds
  std::vector<SeqRange> triggers_ = {};    ///< new text beyond a gap since the last emission, without doubt
  std::optional<TimeSpan> reported_ = {};  ///< when blocks were reported last
  bool syn_octets_ = false;                ///< a SYN brought octets that a receiver may or may not hold
  bool other_arrivals_ = false;            ///< something else arrived since
  std::vector<SeqRange> recent_ = {};      ///< first blocks reported, the latest first
  bool generates_ = false;
  DuplicateReports duplicates_ = {};
  SackRules rules_ = {};

  void judge_blocks(const Emitted& e, std::span<const SeqRange> blocks, const View& v, Findings& f);
  [[nodiscard]] std::optional<std::string> untrue(const SeqRange& block, SeqNum ack) const;
  void first_block(const Emitted& e, std::span<const SeqRange> blocks, const View& v, Findings& f);
  [[nodiscard]] bool stops_short(const SeqRange& block) const;
  void enough_blocks(const Emitted& e, std::span<const SeqRange> blocks, std::size_t all, State state,
                     Findings& f);
  void without_option(const Emitted& e, const View& v, Findings& f);
  void remember(std::span<const SeqRange> blocks, SeqNum ack);
};

}  // namespace tcpjury::model
