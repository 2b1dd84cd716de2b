// How the target acknowledges (RFC 9293 section 3.8.6.3, RFC 5681 sections 3.2 and 4.2): at once where
// something is missing or a second full-sized segment came, otherwise soon, and never twice for one segment.
//
// That an acknowledgment comes at all and carries the right numbers is the business of the hypotheses; this
// layer judges when it comes and how many segments it covers.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class Acknowledging : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);

 private:
  /// An acknowledgment that must not wait for a timer.
  struct Prompt {
    SeqNum ack = {};
    TimeSpan since = {};
  };

  Reporter report_ = {};
  std::uint32_t rmss_ = 0;                    ///< what the target announced; 0: not known yet
  std::optional<Prompt> duplicate_ = {};      ///< for text beyond a gap
  std::optional<Prompt> filling_ = {};        ///< for text that fills one
  std::optional<Prompt> second_full_ = {};    ///< for the second full-sized segment
  std::optional<SeqNum> contiguous_ = {};     ///< the end of what a filled gap made contiguous
  std::optional<TimeSpan> oldest_text_ = {};  ///< when the oldest unacknowledged text came
  Duration longest_ = {};
  std::uint32_t segments_ = 0;      ///< that brought text and are not acknowledged
  std::uint32_t full_octets_ = 0;   ///< in full-sized segments among them
  std::uint32_t each_at_once_ = 0;  ///< small segments in a row that were all acknowledged at once
  std::optional<TimeSpan> previous_text_ = {};  ///< when the segment before it came
  bool alone_ = false;           ///< it came in a dense row, and no user call did before its acknowledgment
  bool keep_alive_ = false;      ///< the last arrival looked like a keep-alive probe
  bool at_zero_window_ = false;  ///< the last arrival met a closed window
  std::uint32_t acks_since_arrival_ = 0;
  bool text_arrived_ = false;

  void count_answers(const View& view, Findings& f);
  void note_special(const Arrival& a, const Tcb& before);
  void note_text(const Arrival& a, const Tcb& before, const View& view);
  void answered(const Emitted& e, const View& view, Findings& f);
  void judge_prompt(std::optional<Prompt>& due, std::string_view id, std::string_view event, const Emitted& e,
                    const View& view, Findings& f);
  void judge_aggregation(const Emitted& e, const View& view, Findings& f);
  void judge_delay(const Emitted& e, const View& view, Findings& f);
};

}  // namespace tcpjury::model
