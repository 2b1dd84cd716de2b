// The transmission control block: what RFC 9293 section 3.3.1 calls variables of a connection.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "harness/wire/address.h"
#include "targets/reference/host.h"
#include "targets/reference/reassembly.h"
#include "targets/reference/round_trip.h"
#include "targets/reference/sequence.h"
#include "targets/reference/state.h"

namespace tcpjury::reference {

inline constexpr std::uint32_t send_buffer =
    65'536;                                       ///< octets of text SEND takes before they are acknowledged
inline constexpr std::uint8_t receive_scale = 2;  ///< Rcv.Wind.Shift where the peer scales, too

enum class Timer : std::uint8_t {
  retransmission,
  persist,  ///< the next window probe
  delayed_ack,
  override_sws,  ///< sends what silly window avoidance holds back (RFC 9293 section 3.8.6.2.1)
  user,          ///< R2 and the user timeout
  time_wait,
  keep_alive,
  tail_loss,  ///< the next tail loss probe (RFC 8985 section 7)
  count_
};

/// What both SYNs agreed on, and what follows from it.
struct Agreed {
  std::uint16_t snd_mss = 536;  ///< SendMSS: what the peer announced, or the default
  bool scaling = false;         ///< RFC 7323 section 2
  std::uint8_t snd_scale = 0;   ///< Snd.Wind.Shift: of windows that come
  std::uint8_t rcv_scale = 0;   ///< Rcv.Wind.Shift: of windows that go
  bool timestamps = false;      ///< Snd.TS.OK
  bool sack = false;
  bool ecn = false;
};

struct SendSequence {
  SeqNum iss = {};
  SeqNum una = {};
  SeqNum nxt = {};
  std::uint32_t wnd = 0;
  SeqNum wl1 = {};
  SeqNum wl2 = {};
  std::optional<SeqNum> up = {};  ///< SND.UP: the octet behind urgent text
  std::uint32_t max_wnd = 0;      ///< MAX.SND.WND (RFC 5961 section 5)
};

struct ReceiveSequence {
  SeqNum irs = {};
  SeqNum nxt = {};
  SeqNum edge = {};  ///< RCV.NXT+RCV.WND: the farthest that was ever announced (RFC 7323 section 2.4)
  std::optional<SeqNum> up = {};  ///< RCV.UP
  [[nodiscard]] std::uint32_t wnd() const { return wire::before(nxt, edge) ? (edge - nxt).octets : 0; }
};

/// RFC 5681 and its companions.
struct Congestion {
  std::uint32_t cwnd = 0;
  std::uint32_t ssthresh = 0x7fff'ffff;  ///< "arbitrarily high"
  std::uint32_t acked = 0;               ///< octets acknowledged since cwnd last grew in congestion avoidance
  unsigned duplicates = 0;
  unsigned releasing = 0;     ///< those of them that let a new segment go (RFC 3042)
  bool by_sack = false;       ///< this recovery follows RFC 6675, not RFC 6582
  bool recovering = false;    ///< fast recovery
  SeqNum recover = {};        ///< RFC 6582
  SeqNum retransmitted = {};  ///< HighRxt: how far this recovery has retransmitted
  /// After a timeout everything up to `lost_end` is sent again, from `lost_next` on, as cwnd allows.
  SeqNum lost_next = {};
  SeqNum lost_end = {};
  RangeSet sacked = {};                  ///< the scoreboard
  std::uint32_t limited = 0;             ///< octets that limited transmit sent
  std::optional<SeqNum> timed_out = {};  ///< SND.UNA when the timer last expired
  Time last_sent = 0;
  SeqNum reduced_at = {};        ///< SND.NXT when ECE last made cwnd smaller
  bool echoed = false;           ///< the acknowledgment that is being processed carries ECE
  bool waits_for_timer = false;  ///< ECE came at a cwnd of one segment: nothing new before an RTO has passed
  bool owes_cwr = false;
};

/// What the user has set, or was set for it (SET of the C ABI).
struct Wishes {
  bool nagle = true;
  bool keep_alive = false;
  Time keep_alive_idle = 120 * minutes;  ///< MUST-28
  Time keep_alive_interval = 75 * seconds;
  unsigned keep_alive_count = 9;
  Time timeout = 0;  ///< R2 and the user timeout; 0: the default of this stack
  std::uint8_t diffserv = 0;
  std::uint8_t ttl = 64;
  bool error_reports = false;
  bool urgent = false;
  unsigned diffserv_changes = 0;
};

/// Acknowledgments that are owed.
struct Owed {
  bool now = false;
  unsigned segments = 0;                ///< segments with text since the last acknowledgment
  bool echo_congestion = false;         ///< ECE (RFC 3168 section 6.1.3)
  std::optional<Range> duplicate = {};  ///< D-SACK (RFC 2883)
  std::vector<Range> reported = {};     ///< SACK blocks, the most recently changed first
};

struct Tcb {
  State state = State::closed;
  bool passive = false;  ///< SYN-RECEIVED was reached from LISTEN (MUST-11)
  wire::Endpoint local = {};
  wire::Endpoint remote = {};

  SendSequence snd = {};
  ReceiveSequence rcv = {};
  Agreed agreed = {};
  Congestion congestion = {};
  Owed owed = {};
  Wishes user = {};
  std::optional<Bytes> fast_open = {};  ///< the cookie, or the request for one, on our SYN
  bool fast_opened = false;             ///< text of the peer's SYN was taken at once
  bool user_timeout_told = false;
  bool user_timeout_untold = false;                ///< a timeout the peer has not been told of
  std::vector<wire::IpAddress> route = {};         ///< of the user: routers to pass (MUST-51)
  std::vector<wire::IpAddress> return_route = {};  ///< the way back of what came (MUST-53)

  std::deque<std::byte> outgoing = {};  ///< text of the user from SND.UNA on
  std::optional<SeqNum> fin = {};       ///< where our FIN stands; set by CLOSE
  std::deque<std::byte> incoming = {};  ///< text for the user
  Reassembly held = {};
  std::optional<SeqNum> peer_fin = {};      ///< a FIN that is held, or was taken
  bool peer_closed = false;                 ///< RCV.NXT is past the peer's FIN
  bool released = false;                    ///< the user will not read any more
  bool just_established = false;            ///< by the segment that is being processed
  std::optional<SeqNum> urgent_octet = {};  ///< to be taken out of the stream by mistake
  bool close_waits = false;                 ///< a CLOSE in SYN-RECEIVED behind text that was not sent yet

  std::array<Time, static_cast<std::size_t>(Timer::count_)> timers = {};
  RoundTrip round_trip = {};
  bool syn_retransmitted = false;
  std::optional<SeqNum> timed = {};  ///< the acknowledgment that ends the running measurement
  Time timed_since = 0;
  unsigned probes = 0;                    ///< window probes since the window closed
  unsigned keep_alives = 0;               ///< without an answer
  std::optional<SeqNum> tail_probe = {};  ///< SND.NXT when the last tail loss probe went out
  bool tail_measured = true;              ///< a round trip was measured since
  unsigned expiries = 0;                  ///< of the retransmission timer since something was acknowledged
  bool override_now = false;              ///< the override timer fired

  std::uint32_t ts_offset = 0;
  std::uint32_t ts_recent = 0;
  Time ts_recent_at = 0;
  SeqNum last_ack_sent = {};
  std::uint32_t path_mtu = 0;
  std::uint32_t largest_sent = 0;  ///< octets of the largest datagram
  Time path_mtu_until = never;     ///< when a smaller path MTU is forgotten
};

}  // namespace tcpjury::reference
