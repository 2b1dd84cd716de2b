// RFC 5961 beside the hypotheses: that a challenge ACK was seen, what the genuine peer's answer to it does,
// how many challenges a burst of probes draws, and which old acknowledgment numbers text may carry.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class ChallengeLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  /// Text that was refused for an ACK field that is only slightly old, while other text was taken.
  [[nodiscard]] Rule blame(const Rule& why, const Findings& findings) const;
  [[nodiscard]] TimePoint next_deadline() const { return burst_due_; }

  /// Whether the connection is gone shows in the answer to the next segment.
  [[nodiscard]] ChallengeLayer renewed() const { return *this; }

 private:
  enum class Probe : std::uint8_t { none, reset, syn };
  /// So many probes must not all be challenged (section 7 gives ten in five seconds as its example).
  static constexpr std::uint32_t burst = 100;

  Reporter report_ = {};
  Probe open_ = Probe::none;        ///< of the last arrival, not answered yet
  Probe challenged_ = Probe::none;  ///< answered by a challenge ACK
  Probe obeyed_ = Probe::none;      ///< the peer's reset that followed the challenge
  bool reset_with_text_ = false;
  std::optional<SeqNum> text_end_ =
      {};  ///< text that must be taken although its ACK is old, or after a challenge
  std::string_view text_id_ = {};
  std::optional<SeqNum> far_below_ =
      {};                      ///< RCV.NXT when text came whose ACK lies below the range of section 5
  std::uint32_t answers_ = 0;  ///< since the last arrival
  TimeSpan burst_began_ = {};
  std::uint32_t probes_ = 0;
  std::uint32_t challenges_ = 0;
  TimePoint burst_due_ = never;

  void note_text(const Arrival& a, const View& view);
  void count_probe(const Arrival& a, const View& view);
  void gone(const View& view, Findings& f);
};

}  // namespace tcpjury::model
