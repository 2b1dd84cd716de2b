// One hypothesis about the target: a transmission control block as RFC 9293 section 3.3.1 names it, with
// what the target owes and what it may do. What is uncertain but harmless is an interval inside one
// hypothesis; only what changes the target's conduct makes a second one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/base/time.h"
#include "harness/model/rule.h"
#include "harness/model/state.h"
#include "harness/wire/seq.h"

namespace tcpjury::model {

using wire::SeqLen;
using wire::SeqNum;

/// Shapes an answer can have; an obligation lists the ones that discharge it.
enum Form : std::uint8_t {
  form_ack = 1U << 0U,      ///< <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, alone or on text
  form_syn = 1U << 1U,      ///< <SEQ=ISS><CTL=SYN>
  form_syn_ack = 1U << 2U,  ///< <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>
  form_reset = 1U << 3U,    ///< the reset described by the obligation
  form_fin = 1U << 4U,
  form_text = 1U << 5U,  ///< new text from SND.NXT
};
using Forms = std::uint8_t;

/// The numbers a reset must carry (RFC 9293 section 3.5.2).
struct ResetNumbers {
  enum class Kind : std::uint8_t {
    from_ack,  ///< <SEQ=SEG.ACK><CTL=RST>
    no_ack,    ///< <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
    abort,     ///< <SEQ=SND.NXT><CTL=RST>, with or without ACK; any number the peer would accept
    either,    ///< SEQ=`seq` or SEQ=`ack`: the form is not prescribed (half-duplex close)
  } kind = Kind::abort;
  SeqNum seq = {};
  SeqNum ack = {};
  friend bool operator==(const ResetNumbers&, const ResetNumbers&) = default;
};

/// Something the target must send by a time.
struct Obligation {
  Forms forms = form_ack;
  Rule rule = {};
  TimePoint due = never;
  bool prompt = true;        ///< no deliberate delay is allowed: the tester waits for it before going on
  SeqNum ack_at_least = {};  ///< ack forms: SEG.ACK must have reached this
  ResetNumbers reset = {};   ///< reset form
  friend bool operator==(const Obligation&, const Obligation&) = default;
};

/// [first, end) of sequence space.
struct SeqRange {
  SeqNum first = {};
  SeqNum end = {};
  friend bool operator==(const SeqRange&, const SeqRange&) = default;
};

/// The retransmission timer as it can be seen from outside (RFC 6298).
struct RetransmissionTimer {
  bool running = false;
  TimeSpan first = {};          ///< when the front of the queue was first sent (or last made progress)
  TimeSpan last = {};           ///< when it was last sent
  std::uint32_t count = 0;      ///< retransmissions of the front since `first`
  ElapsedBounds interval = {};  ///< between the last two transmissions
  Duration longest = {};        ///< interval since a segment was acknowledged at its first transmission
  Duration slowest = {};        ///< longest time from a first transmission to its acknowledgment, ever
  bool undisturbed = true;      ///< nothing arrived since `last` that could have caused a retransmission
  TimePoint due = never;        ///< latest moment for the next transmission
  friend bool operator==(const RetransmissionTimer& a, const RetransmissionTimer& b) {
    return a.running == b.running && a.first == b.first && a.last == b.last && a.count == b.count &&
           a.due == b.due && a.undisturbed == b.undisturbed;
  }
};

/// Options both ends agreed on in their SYNs.
struct Negotiated {
  bool peer_scale_offered = false;    ///< the tester's SYN carried window scale
  std::uint8_t peer_shift = 0;        ///< applies to the tester's window fields once both offered
  bool peer_shift_excessive = false;  ///< the tester's SYN said more than 14 (RFC 7323 section 2.3)
  bool own_scale_offered = false;
  std::uint8_t own_shift = 0;
  bool peer_timestamps = false;
  bool own_timestamps = false;
  bool peer_sack = false;
  bool own_sack = false;
  std::optional<std::uint16_t> peer_mss = {};
  friend bool operator==(const Negotiated&, const Negotiated&) = default;
  [[nodiscard]] bool scaling() const { return peer_scale_offered && own_scale_offered; }
  [[nodiscard]] bool timestamps() const { return peer_timestamps && own_timestamps; }
  [[nodiscard]] bool sack() const { return peer_sack && own_sack; }
};

/// TS.Recent lies in [least, most]: which of the last segments updated it hangs on when the target
/// acknowledged.
struct TsRecent {
  std::uint32_t least = 0;
  std::uint32_t most = 0;
  TimeSpan at = {};  ///< when it may have been updated last
  friend bool operator==(const TsRecent&, const TsRecent&) = default;
};

/// A conduct that the text forbids but deployed stacks are known for: the hypothesis lives on, and if only
/// such hypotheses are left the deviation is what gets reported.
struct Deviation {
  Rule rule = {};
  std::string_view message = {};   ///< a literal
  std::string_view practice = {};  ///< who does this and why; a literal
  friend bool operator==(const Deviation&, const Deviation&) = default;
};

/// A right edge that a sender would see who makes one of the known mistakes with window updates.
struct MistakenEdge {
  std::string_view id = {};  ///< the rule such a sender breaks; a literal
  SeqNum edge = {};
  friend bool operator==(const MistakenEdge&, const MistakenEdge&) = default;
};

struct Tcb {
  State state = State::closed;
  Origin origin = Origin::passive;
  std::uint8_t rank = 0;  ///< 0: as prescribed; higher: by a permitted alternative

  // Send sequence variables of the target.
  std::optional<SeqNum> iss = {};
  std::optional<SeqNum> iss_least = {};  ///< the previous incarnation ended here (MAY-2)
  SeqNum snd_una = {};
  SeqNum snd_nxt = {};        ///< one past the highest number the target has used
  std::uint32_t snd_wnd = 0;  ///< octets the tester offered last
  std::uint32_t snd_wnd_max = 0;
  /// The same with the windows of SYNs left out: section 3.10.7.2 takes none from them, so a sender may know
  /// only these.
  std::uint32_t snd_wnd_max_least = 0;
  SeqNum snd_edge = {};                            ///< highest SND.UNA+SND.WND ever offered
  std::optional<MistakenEdge> mistaken_edge = {};  ///< beyond the true one
  SeqNum snd_wl1 = {};
  SeqNum snd_wl2 = {};
  std::uint32_t stream_accepted = 0;  ///< octets the target's user handed over, from ISS+1, modulo 2^32
  bool close_requested = false;       ///< the user said CLOSE: a FIN follows the text
  bool fin_sent = false;
  bool orphaned = false;  ///< its listener was closed before the user was handed the connection
  bool echoed = false;    ///< ECE came since new text was sent: at a cwnd of one segment the timer is awaited
  bool released = false;  ///< the user stopped receiving too: the half-duplex close of section 3.6.1
  std::uint8_t probes = 0;               ///< zero-window probes seen since the window closed
  bool keepalive = false;                ///< the user asked for keep-alives (MUST-24)
  std::uint8_t keepalives = 0;           ///< unanswered ones
  std::optional<Duration> user_r2 = {};  ///< the threshold R2 the user has set (MUST-21)

  // Receive sequence variables of the target.
  SeqNum irs = {};
  SeqNum rcv_nxt_least = {};  ///< RCV.NXT lies in [least, most]; an acknowledgment pins it
  SeqNum rcv_nxt_most = {};
  SeqNum rcv_edge = {};                    ///< right edge by the last advertisement
  SeqNum rcv_edge_max = {};                ///< the largest right edge ever advertised
  bool window_known = false;               ///< an acknowledgment has advertised one
  SeqNum last_ack = {};                    ///< the last acknowledgment number sent
  std::uint32_t last_wnd = 0;              ///< the last window advertised, scaled
  bool peer_fin = false;                   ///< the peer's FIN has been taken in order
  std::vector<SeqRange> held = {};         ///< text beyond RCV.NXT that arrived and may be kept (SHLD-31)
  std::optional<SeqNum> held_fin = {};     ///< a FIN beyond RCV.NXT: its sequence number
  std::optional<TsRecent> ts_recent = {};  ///< RFC 7323 section 4.3
  std::optional<bool> paws = {};           ///< whether the target uses it, once it has shown that

  Negotiated options = {};
  RetransmissionTimer timer = {};
  TimeSpan time_wait_entered = {};
  TimeSpan time_wait_restarted = {};
  bool time_wait_over = false;  ///< CLOSED because 2MSL must have passed
  std::optional<TimeSpan> challenged =
      {};  ///< when a challenge ACK was last seen: throttling may silence the next

  std::vector<Obligation> owes = {};
  std::vector<Rule> silent = {};  ///< rules that prescribe silence for what arrived last
  std::uint16_t ack_credit = 0;   ///< acknowledgments that say nothing new and are still allowed
  bool may_reset = false;         ///< what happened last (an ICMP error, a listener closed) allows a reset
  std::optional<Deviation> deviation = {};
  std::optional<Rule> gone_by =
      {};  ///< why the TCB is believed deleted, when the target did not say so itself
  /// The TIME-WAIT that a SYN reopened: back to it where that SYN turns out to be an old duplicate (MAY-2).
  /// At most one.
  std::vector<Tcb> former = {};
  std::optional<TimeSpan> unanswered = {};  ///< the first probe of a closed window that nobody has answered
  std::optional<Rule> suspect =
      {};  ///< what must have had no effect and may have had one that does not show at once

  friend bool operator==(const Tcb&, const Tcb&) = default;

  [[nodiscard]] SeqNum stream_end() const { return *iss + SeqLen{1 + stream_accepted}; }
  [[nodiscard]] bool outstanding() const { return iss && snd_una != snd_nxt; }
  [[nodiscard]] bool rcv_certain() const { return rcv_nxt_least == rcv_nxt_most; }
};

/// True in the states RFC 9293 section 3.5.2 calls synchronized.
[[nodiscard]] constexpr bool synchronized(State s) {
  return s != State::closed && s != State::listen && s != State::syn_sent && s != State::syn_received;
}

}  // namespace tcpjury::model
