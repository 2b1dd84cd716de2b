// What the target does with the SACK information it got (RFC 6675, RFC 2018 section 8): holes first and in
// order, nothing that arrived already, then new text; and what was reported stays in its buffer until it is
// acknowledged.
#pragma once

#include <optional>
#include <vector>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class Scoreboard : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const { return due_ == never ? never : due_ + Duration{1}; }

 private:
  /// Ranges kept at the most; a peer that reports more is followed no further.
  static constexpr std::size_t ranges_max = 32;
  using Ranges = std::vector<SeqRange>;

  Reporter report_ = {};
  Ranges reported_ = {};         ///< since the last timeout
  Ranges reported_before_ = {};  ///< and before it: a timeout lets the sender forget them
  bool timed_out_ = false;       ///< and SND.UNA has not passed what was sent then
  SeqNum sent_at_timeout_ = {};
  std::uint32_t informative_ = 0;  ///< acknowledgments with news since SND.UNA last moved
  bool una_repeated_ = false;      ///< the first hole was sent again
  bool in_use_ = false;    ///< the sender has shown that it reads what is reported: a hole of its own choice
  TimePoint due_ = never;  ///< new text must come: nothing else is left to send

  static bool contains(const Ranges& ranges, SeqNum first, SeqNum end);
  static bool add(Ranges& ranges, SeqRange range);
  static void trim(Ranges& ranges, SeqNum una);
  void take_blocks(const Arrival& a, const Tcb& t);
  void expect_new_text(const Arrival& a, const Tcb& t, const View& view);
  void judge_repetition(const Emitted& e, const Tcb& t, const View& view, Findings& f);
};

}  // namespace tcpjury::model
