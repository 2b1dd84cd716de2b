// What the target makes of duplicate acknowledgments (RFC 5681 section 3.2, RFC 3042, RFC 6582, RFC 6675):
// limited transmit, fast retransmit and the recovery that follows.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class FastRecovery : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const {
    return due_ && due_->by != never ? due_->by + Duration{1} : never;
  }

 private:
  /// What kind of acknowledgment the last arrival was, for counting duplicates.
  enum class Duplicate : std::uint8_t { no, yes, looks_like_one };
  /// Something that must be sent at once (on an exact clock).
  struct Due {
    enum class What : std::uint8_t { retransmission, next_hole, new_text } what;
    std::string_view id;  ///< a literal
    SeqNum seq = {};      ///< retransmission: what it must begin with
    TimeSpan since = {};
    TimePoint by = never;
  };
  struct Recovery {
    SeqNum point = {};             ///< SND.NXT when it began
    std::uint32_t flight = 0;      ///< octets in flight then
    std::uint64_t fresh = 0;       ///< octets of new text since
    std::uint32_t duplicates = 0;  ///< beyond the third
  };

  Reporter report_ = {};
  std::optional<std::uint16_t> window_ = {};  ///< of the last arrival, as it stood in the segment
  std::uint32_t duplicates_ = 0;
  TimeSpan last_duplicate_ = {};
  std::uint32_t lookalikes_ = 0;  ///< equal acknowledgments that are no duplicates by definition
  std::optional<TimeSpan> third_lookalike_ = {};
  SeqNum highest_sacked_ = {};
  bool selective_ = false;  ///< it has repaired a hole that only SACK tells of: RFC 6675 and its kin bind it
  bool sacked_something_ = false;
  std::uint64_t fresh_on_duplicates_ = 0;       ///< octets of new text since the first duplicate
  std::optional<TimeSpan> uninformative_ = {};  ///< a duplicate without SACK although SACK is in use
  bool quiet_before_ = false;                   ///< nothing was sent for a while before the first duplicate
  std::optional<TimeSpan> last_sent_ = {};
  std::optional<SeqNum> timed_out_below_ = {};  ///< SND.NXT at the last retransmission timeout
  bool in_recovery_at_timeout_ = false;
  bool others_since_timeout_ = false;  ///< segments besides the one that timed out were sent since
  std::uint32_t recoveries_ = 0;       ///< that an acknowledgment above the recovery point has ended
  std::optional<Recovery> recovery_ = {};
  std::optional<Due> due_ = {};

  [[nodiscard]] Duplicate kind_of(const Arrival& a, const Tcb& before) const;
  void duplicate(const Arrival& a, const Tcb& t, const View& view, Findings& f);
  void new_ack(const Arrival& a, const Tcb& before, const Tcb& after, const View& view, Findings& f);
  void expect(Due::What what, std::string_view id, SeqNum seq, TimeSpan since, const View& view);
  void retransmitted(const Emitted& e, const Tcb& before, const View& view, Findings& f);
  void sent_fresh(const Emitted& e, const Tcb& before, const View& view, Findings& f);
  void forget();
};

}  // namespace tcpjury::model
