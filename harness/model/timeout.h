// The retransmission timer against RFC 6298: a second calculation of the RTO from the same samples.
//
// How long a timer ran can be judged on an exact clock alone; on a real one the intervals are only measured
// (emission.cpp). Where SACK is in use the first repetition may be a tail loss probe (RFC 8985), which is no
// expiry, so the values are judged on connections without SACK.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class Timeout : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);

 private:
  /// SRTT and RTTVAR as RFC 6298 section 2 computes them from one sample a round trip.
  struct Estimate {
    std::uint32_t samples = 0;
    Duration srtt = {};
    Duration rttvar = {};
    Duration last = {};
    std::uint32_t steady = 0;  ///< samples in a row that equal the one before
    void take(Duration r);
    [[nodiscard]] Duration rto() const { return srtt + 4 * rttvar; }
  };
  struct Stamped {
    std::uint32_t tsval = 0;
    TimeSpan at = {};
  };
  struct Timed {
    SeqNum end = {};
    TimeSpan at = {};
    std::optional<std::uint32_t> tsval = {};
  };
  [[nodiscard]] static Timed timed(const Emitted& e);

  Reporter report_ = {};
  Estimate estimate_ = {};
  bool one_at_a_time_ = true;   ///< never two segments in flight: then every sample is known
  bool unsure_ = false;         ///< a sample was taken of which nobody knows what it measured
  bool sample_missed_ = false;  ///< what was timed may have been acknowledged while nobody was sure of it
  std::optional<Timed> timed_ = {};
  std::optional<Stamped> repeated_ = {};  ///< the last retransmission, where it carried a timestamp
  bool syn_timed_out_ = false;
  std::optional<Duration> ambiguous_ = {};   ///< the last interval before an ACK that gives no sample
  std::optional<Duration> backed_off_ = {};  ///< the longest interval of the back-off before
  Duration first_interval_ = {};             ///< before the first repetition of the segment repeated last
  Duration by_timestamp_ = {};               ///< the longest round trip that a timestamp may have told
  bool sampled_since_ = false;               ///< a valid sample came after that back-off
  std::optional<TimeSpan> all_acknowledged_ = {};
  bool partial_ = false;                        ///< the timer was restarted by an ACK of a part
  std::optional<TimeSpan> restarted_ = {};      ///< when it was, unless something else came since
  std::optional<Duration> after_partial_ = {};  ///< how long it then ran

  void sample_of_timestamp(const Arrival& a, const Tcb& before);
  void note_quiet(TimeSpan at, const Tcb& t, Findings& f);
  void note_sent(const Emitted& e, const Tcb& before);
  void judge_repetition(const Emitted& e, const Tcb& before, const View& view, Findings& f);
  void judge_first_expiry(const Emitted& e, const Tcb& before, const View& view, Findings& f);
  void judge_estimate(const Emitted& e, ElapsedBounds ran, const View& view, Findings& f);
  void accuse(std::string_view id, Duration ran, Duration least, const Emitted& e, const View& view,
              Findings& f);
};

}  // namespace tcpjury::model
