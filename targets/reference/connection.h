// One connection: its TCB, and what calls, segments and timers do to it.
//
// The functions stand in the files of the RFC's sections: user_calls.cpp (3.10.1 to 3.10.6),
// segment_arrives*.cpp and receive.cpp (3.10.7), timers.cpp (3.10.8), and output.cpp, congestion.cpp,
// options.cpp, icmp.cpp for what these lead to.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "targets/reference/segment.h"
#include "targets/reference/tcb.h"

namespace tcpjury::reference {

/// An ICMP error about a segment of this connection.
struct IcmpError {
  enum class Kind : std::uint8_t { soft, hard, packet_too_big, source_quench } kind = Kind::soft;
  SeqNum seq = {};         ///< of the segment it quotes
  std::uint32_t mtu = 0;   ///< packet_too_big: of the next hop, 0 where it is not told
  std::uint32_t size = 0;  ///< octets the quoted datagram had
};

class Connection {
 public:
  /// A connection in CLOSED.
  Connection(Host& host, const wire::Endpoint& local, const wire::Endpoint& remote);

  [[nodiscard]] const Tcb& tcb() const { return tcb_; }
  [[nodiscard]] State state() const { return tcb_.state; }
  [[nodiscard]] Handle handle() const { return handle_; }
  [[nodiscard]] Handle listener() const { return listener_; }
  /// By mistake it took its listener along.
  [[nodiscard]] bool took_listener_along() const { return listener_is_gone_; }
  /// Nobody can reach it any more: no TCB, and no user.
  [[nodiscard]] bool is_gone() const { return tcb_.state == State::closed && (handle_ == 0 || abandoned_); }

  // 3.10.1 to 3.10.6: user calls
  /// `route`: routers of a loose source route, or none.
  void open_active(std::vector<wire::IpAddress> route);
  int send(const tcpjury_call& call, tcpjury_reply& reply);
  int receive(const tcpjury_call& call, tcpjury_reply& reply);
  int close(tcpjury_reply& reply);
  int release(tcpjury_reply& reply);
  int abort(tcpjury_reply& reply);
  int set(const tcpjury_call& call, tcpjury_reply& reply);  // user_options.cpp

  // 3.10.7: SEGMENT ARRIVES
  /// 3.10.7.2, third: a SYN came to `listener`; `least_iss` is where a former incarnation ended.
  void open_passive(Handle listener, const Segment& syn, std::optional<SeqNum> least_iss);
  void arrives(Segment segment);
  /// TIME-WAIT may be ended early by this SYN, in favour of a listener (MAY-2, RFC 6191).
  [[nodiscard]] bool may_reopen(const Segment& segment) const;
  void icmp_error(const IcmpError& error);  // icmp.cpp
  /// The listener was closed before the connection was established.
  void forget() { delete_tcb(TCPJURY_EVENT_CLOSED); }

  // 3.10.8: timeouts
  [[nodiscard]] Time next_timer() const;
  void run_timers();

 private:
  enum class Next : std::uint8_t { go_on, stop };

  [[nodiscard]] bool fault(Fault fault) const { return host_.fault(fault, tcb_.state); }
  [[nodiscard]] bool is_in(std::initializer_list<State> states) const;
  void enter(State state);
  /// Enters CLOSED and deletes the TCB; the user is told `event`.
  void delete_tcb(tcpjury_event_kind event, const char* text = nullptr);
  void tell(tcpjury_event_kind event, const char* text = nullptr);
  void start_close();
  [[nodiscard]] int too_late(tcpjury_reply& reply) const;

  // segment_arrives_syn_sent.cpp: 3.10.7.3
  void arrives_in_syn_sent(Segment& segment);
  void unacceptable_in_syn_sent(const Segment& segment);
  void take_peer_iss(const Segment& syn_segment);
  void take_syn_window(const Segment& segment);
  void syn_answered(Segment& segment);
  void syn_crossed(Segment& segment);
  void keep_for_later(const Segment& segment);

  // segment_arrives.cpp: 3.10.7.4
  Next check_order(const Segment& segment);
  Next check_timestamps(const Segment& segment);
  Next missing_timestamp(const Segment& segment);
  Next check_sequence_number(Segment& segment);
  Next check_rst(const Segment& segment);
  Next check_syn(const Segment& segment);
  void challenge();
  void reset_by();
  Next reset_both(const Segment& segment);
  [[nodiscard]] bool is_acceptable(const Segment& segment) const;
  Next unacceptable(Segment& segment);
  bool answers_wrongly(const Segment& segment);
  void trim(Segment& segment);
  void remember_timestamp(const Segment& segment);
  void established();

  // segment_arrives_ack.cpp: its fifth step
  Next check_ack(Segment& segment);
  Next check_ack_of_syn(const Segment& segment);
  Next ack_out_of_range(Segment& segment);
  [[nodiscard]] bool is_ack_in_range(const Segment& segment) const;
  void take_ack(const Segment& segment);
  Next after_ack_of_fin();
  void update_send_window(const Segment& segment);

  // receive.cpp: its sixth to eighth step
  Next check_urg(Segment& segment);
  Next process_text(Segment& segment);
  bool text_is_dropped(Segment& segment);
  void take_text(BytesView text);
  void deliver(BytesView text);
  Next take_held();
  void hold_text(const Segment& segment);
  void note_duplicate(const Segment& segment);
  void note_congestion_marks(const Segment& segment);
  void check_fin(const Segment& segment);
  void take_second_fin();
  void take_peer_fin();

  // acknowledgment.cpp
  void acknowledge_later();
  void move_window_edge();
  void window_may_have_opened();
  [[nodiscard]] std::uint32_t free_space() const;
  [[nodiscard]] std::uint32_t receive_buffer() const { return host_.settings().receive_buffer; }
  [[nodiscard]] std::uint16_t window_field(wire::FlagSet flags) const;

  void packet_too_big(const IcmpError& error);

  // options.cpp
  void agree_on_options(const Segment& syn);
  [[nodiscard]] wire::OptionFields options_for(wire::FlagSet flags) const;
  [[nodiscard]] std::vector<wire::SackBlock> sack_blocks() const;
  [[nodiscard]] std::uint32_t timestamp_now() const;
  [[nodiscard]] std::uint32_t timestamp_echo() const;
  [[nodiscard]] bool timestamps_are_left_out(wire::FlagSet flags) const;
  [[nodiscard]] std::uint16_t told_mss() const;
  [[nodiscard]] std::uint16_t receive_mss() const;
  [[nodiscard]] std::uint32_t effective_mss() const;
  [[nodiscard]] std::uint32_t scaled(const Segment& segment) const;

  // output.cpp
  void output();
  void send_syn();
  void send_ack();
  void send_reset();
  void send_abort();
  void send_reset(const Segment& offending);
  bool send_lost_text();
  bool send_new_text();
  void send_stretch(SeqNum seq, std::uint32_t length, bool fin, bool again);
  void misshape(wire::TcpSegment& segment, bool sent_before);
  void transmit(wire::TcpSegment segment, bool ect = false);
  // user_options.cpp: what the user has set, on segments and events
  [[nodiscard]] IpFields ip_fields(EcnCodepoint ecn) const;
  [[nodiscard]] std::vector<wire::IpAddress> route() const;
  void take_route(const Segment& segment);
  void mark_urgent(wire::TcpSegment& segment) const;
  void note_urgent(const Segment& segment);
  [[nodiscard]] bool more_urgent() const;
  void report_error(const char* text);
  void hand_over();
  // fast_open.cpp
  void take_fast_open(const Segment& syn_segment);
  void add_fast_open(wire::TcpSegment& segment) const;
  void add_user_timeout(wire::TcpSegment& segment);
  [[nodiscard]] SeqNum acknowledgment_for(const wire::TcpSegment& segment) const;
  [[nodiscard]] std::uint32_t usable_window() const;
  [[nodiscard]] SeqNum text_start() const;
  [[nodiscard]] SeqNum text_end() const;
  [[nodiscard]] std::uint32_t unsent() const;
  [[nodiscard]] bool fin_unsent() const;
  [[nodiscard]] bool may_send(std::uint32_t length, std::uint32_t usable);

  // congestion.cpp
  void start_congestion_control();
  [[nodiscard]] std::uint32_t initial_window() const;
  void acknowledged(std::uint32_t count);
  void duplicate_ack(const Segment& segment, bool new_sack);
  void enter_recovery();
  void partial_ack(std::uint32_t count);
  void leave_recovery();
  void note_congestion_echo(const Segment& segment);
  void retransmit_at(SeqNum seq);
  [[nodiscard]] SeqNum newest_unacknowledged() const;
  [[nodiscard]] std::uint32_t flight() const { return (tcb_.snd.nxt - tcb_.snd.una).octets; }
  [[nodiscard]] std::uint32_t congestion_limit() const;
  void measure(const Segment& segment);

  // sack_recovery.cpp
  enum class Holes : std::uint8_t { lost, all };
  bool note_sack(const Segment& segment);
  bool send_hole(Holes which);
  [[nodiscard]] bool is_lost(SeqNum number) const;
  [[nodiscard]] std::uint32_t pipe() const;

  // timers.cpp
  [[nodiscard]] Time& timer(Timer timer) { return tcb_.timers[static_cast<std::size_t>(timer)]; }
  [[nodiscard]] bool runs(Timer which) const { return tcb_.timers[static_cast<std::size_t>(which)] != never; }
  void start(Timer which, Time span) { timer(which) = host_.now() + span; }
  void stop(Timer which) { timer(which) = never; }
  void stop_all_timers();
  void arrange_timers();
  void arrange_keep_alive();
  [[nodiscard]] Time keep_alive_idle() const;
  [[nodiscard]] Time retransmission_span() const;
  [[nodiscard]] Time user_span() const;
  void give_up();
  void retransmit_syn();
  void expired(Timer which);
  void retransmission_timeout();
  void window_probe();
  void keep_alive_timeout();
  // tail_loss.cpp: RFC 8985 section 7
  void arrange_tail_loss_probe();
  [[nodiscard]] Time probe_span() const;
  void tail_loss_probe();

  Host& host_;
  Tcb tcb_;
  Handle handle_ = 0;
  Handle listener_ = 0;  ///< that accepts it
  bool abandoned_ = false;
  bool listener_is_gone_ = false;
  bool write_blocked_ = false;
  std::string_view end_ = {};  ///< why the TCB is gone, for calls that come too late
  Time challenges_since_ = 0;
  unsigned challenges_ = 0;
};

}  // namespace tcpjury::reference
