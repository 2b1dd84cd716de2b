// The tester's end of one connection: what it has sent and taken, counted as an honest stack would.
//
// It is a value: matching a segment needs the variables as they were before that segment came, so the
// session keeps a copy beside each segment that waits to be asked about.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/wire/seq.h"
#include "harness/wire/tcp.h"

namespace tcpjury::engine {

class TesterSide {
 public:
  /// A segment without lies went out. Moves SND.NXT only where the segment continues the sequence space sent
  /// so far (SEG.SEQ =< SND.NXT < SEG.SEQ+SEG.LEN, ACK on); a stray SYN on a synchronized connection changes
  /// nothing until the target acknowledges it, since the target will most likely not take it.
  void sent(const wire::TcpSegment& segment);
  /// A segment with right checksums came. Text is taken only in order and inside the offered window.
  void received(const wire::TcpSegment& segment);

  /// "iss", "irs", "snd.una", "snd.nxt", "snd.wnd", "rcv.nxt", "rcv.wnd" (windows scaled) and
  /// "ts.recent"; nothing while the variable has no value yet.
  [[nodiscard]] std::optional<std::uint32_t> variable(std::string_view name) const;

  [[nodiscard]] std::optional<wire::SeqNum> iss() const { return iss_; }
  [[nodiscard]] std::optional<wire::SeqNum> irs() const { return irs_; }
  [[nodiscard]] wire::SeqNum snd_nxt() const { return snd_nxt_; }
  [[nodiscard]] wire::SeqNum rcv_nxt() const { return rcv_nxt_; }
  /// The MSS option of the target's SYN.
  [[nodiscard]] std::optional<std::uint16_t> peer_mss() const { return peer_mss_; }
  /// What the target acknowledged last: its RCV.NXT as far as it said so.
  [[nodiscard]] std::optional<wire::SeqNum> last_acknowledged() const { return last_ack_; }
  /// Both SYNs carried the Timestamps option (RFC 7323 section 3.2).
  [[nodiscard]] bool timestamps_on() const { return sent_timestamps_ && got_timestamps_; }
  [[nodiscard]] std::uint32_t ts_recent() const { return ts_recent_; }
  /// Each end has acknowledged the other's SYN.
  [[nodiscard]] bool synchronized() const { return alive() && acked_irs_ && iss_ && snd_una_ != *iss_; }
  /// A reset ended the connection, in either direction.
  [[nodiscard]] bool reset() const { return reset_; }
  /// Sequence numbers have been exchanged and no reset was seen.
  [[nodiscard]] bool alive() const { return irs_.has_value() && !reset_; }

 private:
  struct Tentative {
    wire::TcpSegment syn;
  };
  void open(const wire::TcpSegment& syn);
  void take_syn(const wire::TcpSegment& syn);
  void adopt_tentative(const wire::TcpSegment& segment);
  void take_acknowledgment(const wire::TcpSegment& segment);
  void take_text(const wire::TcpSegment& segment);
  [[nodiscard]] unsigned send_scale() const;
  [[nodiscard]] unsigned receive_scale() const;

  std::optional<wire::SeqNum> iss_ = {};
  std::optional<wire::SeqNum> irs_ = {};
  wire::SeqNum snd_una_ = {};
  wire::SeqNum snd_nxt_ = {};
  wire::SeqNum rcv_nxt_ = {};
  wire::SeqNum rcv_edge_ = {};  ///< first octet beyond the window last offered
  std::optional<std::uint32_t> snd_wnd_ = {};
  std::optional<wire::SeqNum> last_ack_ = {};
  std::optional<Tentative> tentative_ = {};
  std::optional<std::uint8_t> own_scale_ = {};
  std::optional<std::uint8_t> peer_scale_ = {};
  std::optional<std::uint16_t> peer_mss_ = {};
  std::uint32_t syn_window_ = 65'535;
  std::uint32_t ts_recent_ = 0;
  bool sent_timestamps_ = false;
  bool got_timestamps_ = false;
  bool acked_irs_ = false;
  bool reset_ = false;
};

}  // namespace tcpjury::engine
