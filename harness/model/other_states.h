// The checks of RFC 9293 section 3.10.7.4, with RFC 5961, RFC 7323 and RFC 1337 where they change one: one
// member function a check. RST and SYN stand in arrives_reset_syn.cpp, the others in
// arrives_synchronized.cpp.
#pragma once

#include "harness/model/receive_window.h"
#include "harness/model/segment_arrives.h"

namespace tcpjury::model {

/// ACK comparison of RFC 9293: SND.UNA < SEG.ACK =< SND.NXT.
[[nodiscard]] inline bool acceptable_ack(const Tcb& t, SeqNum ack) {
  return wire::before(t.snd_una, ack) && wire::at_or_before(ack, t.snd_nxt);
}

/// One segment that reached a connection in SYN-RECEIVED or a synchronized state.
class OtherStates {
 public:
  OtherStates(const Arrival& a, const Context& c, Branches& out) : a_{a}, c_{c}, out_{out} {}
  void process(Tcb t);

 private:
  const Arrival& a_;
  const Context& c_;
  Branches& out_;
  State found_ = State::closed;  ///< before the segment, whatever its ACK has made of it since
  [[nodiscard]] Rule cite(const Tcb& t, std::string_view event) const;
  /// The same by the state the segment found: its ACK may have changed it before its text and FIN counted.
  [[nodiscard]] Rule cite_found(std::string_view general, std::string_view event, Origin origin) const;
  void drop(Tcb t);
  void silent(Tcb t, std::string_view event);
  /// Deviation: nothing is sent although an answer is owed.
  void silent_deviation(Tcb t, Rule why, std::string_view message, std::string_view practice);
  [[nodiscard]] Tcb alternative(Tcb t) const;
  void gone_without_user(const Tcb& t);

  // ---- RFC 7323 sections 3.2 and 5.3, before the sequence number: arrives_paws.cpp
  /// Adds the branches that drop the segment. False when no conduct is left that goes on with it; otherwise
  /// `t` is the hypothesis with which the caller goes on.
  [[nodiscard]] bool passes_paws(Tcb& t);
  void without_timestamps(Tcb& t);
  void take_timestamp(Tcb& t, std::uint32_t tsval) const;

  // ---- second, check the RST bit (with the first check for RST, and RFC 5961 section 3.2)
  void check_reset(const Tcb& t);
  void reset_exact(const Tcb& t);
  void reset_in_window(const Tcb& t);

  // ---- fourth, check the SYN bit (with the first check for SYN, and RFC 5961 section 4.2)
  void check_syn(const Tcb& t);
  void syn_in_window(const Tcb& t);
  void syn_in_syn_received(const Tcb& t);
  void syn_in_window_syn_received(const Tcb& t);
  void old_syn_in_syn_received(const Tcb& t);
  void syn_in_time_wait(const Tcb& t);
  /// RFC 6191 section 2: a SYN with a newer timestamp, or the first one, opens anew whatever its number is.
  [[nodiscard]] bool has_newer_timestamp(const Tcb& t) const;

  // ---- first, check the sequence number
  void check_sequence(const Tcb& t);
  /// A segment that begins before the window and ends behind it fails both tests of table 6, read literally.
  void covers_the_window(const Tcb& t);
  /// If an incoming segment is not acceptable, an acknowledgment should be sent in reply.
  void unacceptable(const Tcb& t, Rule why);
  void old_segment(const Tcb& t);
  void at_zero_window(const Tcb& t);

  // ---- fifth, check the ACK field
  void check_ack(Tcb t, Position where);
  void ack_in_syn_received(Tcb t, Position where);
  void with_text_of_syn(Tcb t, Position where);
  void become_established(Tcb& t);
  void restart_timer(Tcb& t) const;
  static void note_mistaken_edge(Tcb& t, std::string_view id, SeqNum edge);
  /// SND.UNA <- SEG.ACK and what follows from it. True when that acknowledged the target's FIN.
  bool advance_una(Tcb& t);
  /// RFC 9293: the send window is updated unless the segment is older than the last one used for it.
  /// True when it was.
  bool update_window(Tcb& t) const;
  [[nodiscard]] bool begins_before_the_window(const Tcb& t) const;
  void enter_time_wait(Tcb& t) const;

  // ---- seventh, process the segment text; eighth, check the FIN bit
  void after_ack(Tcb t, Position where);
  /// Text and FIN after the peer's FIN are ignored; an ACK does no harm.
  void after_peers_fin(Tcb t);
  /// Out of order: kept or not (SHLD-31), acknowledged at once (RFC 5681 section 4.2).
  void take_ahead(Tcb t);
  void take_text(Tcb t, Position /*where*/);
  /// A FIN that is in order now: signal "connection closing", advance RCV.NXT over it, acknowledge it.
  void take_fin(Tcb t);
  /// A FIN held out of order may have become in order by what was taken last.
  void settle_held_fin(Tcb t);
  static constexpr std::size_t held_max = 64;
};

}  // namespace tcpjury::model
