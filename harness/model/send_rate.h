// How much the target may have in flight (RFC 5681 section 3.1, RFC 6928): an upper bound on its congestion
// window by the mildest permitted growth, and the loss window after a retransmission timeout.
//
// The window itself cannot be seen. What can: no conforming sender, whatever its algorithm, begins with more
// than ten segments, grows faster than what acknowledgments say has left the network, or sends a burst after
// a timeout. Reductions differ between algorithms (RFC 9293 MAY-18) and are measured, not judged here.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class SendRate : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted, const View& view,
            Findings& f);

 private:
  /// After a retransmission timeout: one segment, and then what acknowledgments allow.
  struct LossWindow {
    SeqNum first = {};       ///< of the segment that timed out
    std::uint64_t sent = 0;  ///< octets since the timeout
    std::uint64_t allowed = 0;
    std::uint32_t others = 0;  ///< segments besides the one that timed out
  };

  Reporter report_ = {};
  bool started_ = false;
  std::uint64_t bound_ = 0;        ///< on the congestion window, by the mildest growth
  std::uint64_t recommended_ = 0;  ///< the same by what RFC 5681 recommends: min(N, SMSS) per ACK
  std::uint32_t initial_ = 0;      ///< octets the initial window may have at the most
  bool divided_ = false;           ///< some acknowledgment covered less than a segment
  bool grown_ = false;
  std::uint32_t syn_repeated_ = 0;
  std::uint32_t first_flight_ = 0;  ///< octets before the first acknowledgment of text
  std::uint32_t first_segments_ = 0;
  bool first_flight_over_ = false;
  std::optional<LossWindow> loss_ = {};
  std::optional<TimeSpan> last_text_ = {};
  std::optional<std::uint64_t> after_idle_ = {};  ///< octets sent since a long idle period
  std::uint32_t duplicates_ = 0;                  ///< since SND.UNA last moved
  bool disturbed_ =
      false;  ///< an ICMP error may have changed the segment size, or what was acknowledged is not certain

  void start(const Tcb& t, const Context& c);
  void judge_flight(const Emitted& e, const Tcb& before, const View& view, Findings& f);
  void judge_first_flight(const Tcb& t, const View& view, Findings& f);
  void judge_idle(const Emitted& e, const Tcb& before, const View& view, Findings& f);
  void judge_loss_window(const Emitted& e, EmissionClass what, const Tcb& before, const View& view,
                         Findings& f);
  void note_new_ack(std::uint32_t octets, const Arrival& a, const Tcb& after, const View& view, Findings& f);
};

}  // namespace tcpjury::model
