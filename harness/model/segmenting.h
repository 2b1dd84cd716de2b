// How the target cuts its text into segments and obeys the peer's window: Nagle and the avoidance of silly
// windows (RFC 9293 sections 3.7.4, 3.8.6.2), full-sized segments, and windows that are taken back
// (section 3.8.6).
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class Segmenting : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);
  void icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted, const View& view,
            Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const {
    return small_due_ == never ? never : small_due_ + Duration{1};
  }
  [[nodiscard]] bool settled() const { return small_due_ == never; }

 private:
  Reporter report_ = {};
  std::optional<std::uint16_t> own_mss_ = {};  ///< of the target's SYN: what its link carries, as it sees it
  std::optional<SeqNum> small_end_ = {};       ///< end of the last segment that was not full
  std::optional<TimeSpan> last_text_ = {};
  std::optional<TimeSpan> opened_ = {};  ///< when the window last opened, by too little for a segment
  std::optional<TimeSpan> mistaken_since_ = {};
  std::optional<SeqNum> later_write_ = {};  ///< where the first write after that segment begins
  bool held_back_ = false;                  ///< a small write waits behind a small segment
  bool taken_back_ = false;                 ///< the window ends before SND.NXT
  bool was_taken_back_ = false;             ///< it did, and has opened again
  bool segment_size_known_ = true;          ///< no ICMP error has come that may have lowered it
  std::optional<SeqNum> edge_before_duplicate_ = {};
  std::uint32_t silly_ = 0;  ///< segments in a row that a tiny opening of the window brought out
  std::uint32_t short_ = 0;  ///< segments in a row smaller than text, window and MSS allow
  SeqNum call_begins_ = {};  ///< the stream handed over by the last SEND
  SeqNum call_ends_ = {};

  bool nagle_off_ = false;       ///< the user said so
  bool repeated_ = false;        ///< something was retransmitted: cwnd may be a single segment
  TimePoint small_due_ = never;  ///< by when a small write must have been sent

  [[nodiscard]] std::uint32_t full_size(const Tcb& t, const View& view) const;
  void judge_nagle(const Emitted& e, const Tcb& before, bool small, const View& view, Findings& f);
  void judge_silly_window(const Emitted& e, const Tcb& before, bool small, const View& view, Findings& f);
  void judge_size(const Emitted& e, const Tcb& before, const View& view, Findings& f);
  void judge_window(const Emitted& e, const Tcb& before, Findings& f);
  void follow_window(const Arrival& a, const Tcb& before, const Tcb& after, const View& view, Findings& f);
};

}  // namespace tcpjury::model
