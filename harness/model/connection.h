// One 4-tuple under judgment: the set of hypotheses and what filters it.
#pragma once

#include <string>
#include <vector>

#include "harness/model/header_checks.h"
#include "harness/model/icmp_error.h"
#include "harness/model/judge.h"
#include "harness/model/layers.h"
#include "harness/model/urgent_layer.h"
#include "harness/model/user_calls.h"

namespace tcpjury::model {

/// What was observed, put into words only when something is reported.
struct Observed {
  const wire::TcpSegment* segment = nullptr;  ///< nothing was seen without one
  wire::NotationBase base = {};
  [[nodiscard]] std::string text() const;
};

class Connection {
 public:
  /// Above this the connection is undecided: nothing is pruned silently.
  static constexpr std::size_t hypotheses_max = 256;

  Connection(FourTuple tuple, Tcb first) : tuple_{tuple}, hypotheses_{std::move(first)} {}

  void arrival(const Arrival& a, const Context& c, Findings& f);
  /// A segment that the target must discard; `section` and `event` name the row.
  void discarded(std::string_view section, std::string_view event, std::string_view general, bool listening,
                 Findings& f);
  /// A stimulus whose effect the model cannot tell: the connection is not judged any further.
  void suspend();
  /// The connection may be gone, or not (an ICMP error, a drop by the IP layer).
  void may_be_deleted();
  /// An ICMP error reached the target that quotes a datagram of this connection.
  void icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted, const IcmpError& error,
            const Context& c, Findings& f);
  /// An ICMP error about another connection between the same hosts.
  void icmp_of_another(Findings& f);
  EmissionClass emission(TimeSpan at, const wire::Decoded& frame, const Context& c, Findings& f);
  void call(TimeSpan at, const UserCall& call, const Context& c, Findings& f);
  void notice(TimeSpan at, const UserNotice& notice, const Context& c, Findings& f);
  void quiet_until(TimePoint now, const Context& c, Findings& f);

  [[nodiscard]] bool settled() const;
  [[nodiscard]] TimePoint next_deadline() const;
  [[nodiscard]] const FourTuple& tuple() const { return tuple_; }
  [[nodiscard]] const std::vector<Tcb>& hypotheses() const { return hypotheses_; }
  [[nodiscard]] wire::NotationBase notation() const;

 private:
  FourTuple tuple_;
  std::vector<Tcb> hypotheses_;     ///< best rank first; empty once suspended
  TextStore target_text_ = {};      ///< what the target's user sent
  bool target_text_based_ = false;  ///< its sequence numbers are known
  TextStore peer_text_ = {};        ///< what the tester sent
  UrgentMarks urgent_ = {};
  bool streams_unknown_ = false;  ///< the user read what may have belonged to another incarnation
  bool resumed_ = false;          ///< back to the TIME-WAIT of an incarnation whose streams are forgotten
  /// Of the last SYN, where both an old and a new incarnation were possible when it came.
  struct SynText {
    SeqNum first = {};
    Bytes octets = {};
  };
  std::optional<SynText> waiting_ = {};
  bool syn_text_ = false;  ///< the tester's SYN carried text
  SeqNum delivered_ = {};  ///< text before this was read by the user
  std::optional<SeqNum> iss_ = {};
  std::optional<SeqNum> irs_ = {};  ///< of the incarnation the streams belong to
  Offered offered_ = {};
  TimePoint last_arrival_ = clock_epoch;
  TimePoint last_message_ = clock_epoch;  ///< an ICMP error
  bool calm_ = true;                      ///< before that arrival the target had no reason to send anything
  bool window_moves_ = false;  ///< the user read text: an update of the window may come at any time
  bool silence_counted_ = true;
  Layers layers_ = {};
  bool layers_saw_the_beginning_ = true;  ///< else they would judge what they have not seen

  /// The last segment that arrived, and what was believed before it: on a real clock the target may have sent
  /// something before it looked at that segment.
  struct LastArrival {
    std::vector<Tcb> before;
    TimeSpan at;
    wire::Decoded frame;
  };
  std::optional<LastArrival> last_ = {};

  template <typename Event>
  void tell_layers(Event&& event) {
    if (!hypotheses_.empty() && layers_saw_the_beginning_) layers_.each(event);
  }
  void expire(TimePoint now, Findings& f);
  void remember(const Arrival& a, std::vector<Tcb> before, const Context& c);
  [[nodiscard]] std::vector<Accepted> in_the_other_order(const Emitted& e, const Context& c);
  void adopt(std::vector<Tcb> next, Findings& f, const Observed& got);
  enum class Moment : std::uint8_t { arrival, later };
  void follow_incarnation(Moment moment, Findings& f);
  void note_resumed(bool returning);
  void forget_incarnation();
  void may_have_given_up(TimePoint now);
  void user_timeout_of_idle();
  void note_text(const Arrival& a);
  void check_delivery(const UserCall& call, Findings& f);
  void forget_old_text();
};

}  // namespace tcpjury::model
