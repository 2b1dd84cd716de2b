#include "harness/engine/tester_side.h"

#include <algorithm>

namespace tcpjury::engine {
namespace {

using wire::SeqLen;
using wire::SeqNum;

constexpr std::uint8_t scale_max = 14;  // RFC 7323 section 2.3

std::optional<std::uint8_t> usable_scale(std::optional<std::uint8_t> scale) {
  if (!scale) return scale;
  return std::min(*scale, scale_max);
}

}  // namespace

unsigned TesterSide::send_scale() const { return own_scale_ && peer_scale_ ? *peer_scale_ : 0U; }
unsigned TesterSide::receive_scale() const { return own_scale_ && peer_scale_ ? *own_scale_ : 0U; }

void TesterSide::open(const wire::TcpSegment& syn) {
  if (reset_) *this = TesterSide{};
  const wire::OptionList options = wire::parse_options(syn.options);
  iss_ = syn.seq;
  snd_una_ = syn.seq;
  snd_nxt_ = syn.end();
  own_scale_ = usable_scale(options.window_scale());
  sent_timestamps_ = options.timestamps().has_value();
  syn_window_ = syn.window;
  rcv_edge_ = rcv_nxt_ + SeqLen{syn_window_};
  acked_irs_ = irs_ && syn.flags.has(wire::ack) && syn.ack == *irs_ + SeqLen{1};
}

void TesterSide::sent(const wire::TcpSegment& segment) {
  if (segment.flags.has(wire::rst)) {
    // Only a reset the target must accept ends it here (RFC 5961 section 3.2: SEQ exactly at RCV.NXT).
    if (segment.seq == last_ack_.value_or(snd_nxt_) || segment.seq == snd_nxt_) reset_ = true;
    return;
  }
  if (segment.flags.has(wire::syn)) {
    if (!iss_ || !irs_ || reset_) {
      open(segment);
    } else if (segment.seq != *iss_) {
      tentative_ = Tentative{segment};
    }
    return;
  }
  if (!iss_ || reset_ || !segment.flags.has(wire::ack)) return;
  if (wire::at_or_before(segment.seq, snd_nxt_) && wire::before(snd_nxt_, segment.end())) {
    snd_nxt_ = segment.end();
  }
  if (segment.ack == rcv_nxt_ && irs_) {
    acked_irs_ = true;
    rcv_edge_ = rcv_nxt_ + SeqLen{static_cast<std::uint32_t>(segment.window) << receive_scale()};
  }
}

void TesterSide::take_syn(const wire::TcpSegment& syn) {
  const bool answers_tentative =
      tentative_ && syn.flags.has(wire::ack) && syn.ack == tentative_->syn.seq + SeqLen{1};
  if (answers_tentative) {
    const wire::TcpSegment own = tentative_->syn;
    *this = TesterSide{};
    open(own);
  } else if (reset_ && !syn.flags.has(wire::ack)) {
    *this = TesterSide{};  // the target opens anew
  }
  if (irs_ == syn.seq) return;
  irs_ = syn.seq;
  rcv_nxt_ = syn.seq + SeqLen{1};
  rcv_edge_ = rcv_nxt_ + SeqLen{syn_window_};
  const wire::OptionList options = wire::parse_options(syn.options);
  peer_scale_ = usable_scale(options.window_scale());
  peer_mss_ = options.mss();
  got_timestamps_ = options.timestamps().has_value();
}

/// A second SYN,ACK of the tester replaced one that the target refused: from here on its numbers count.
void TesterSide::adopt_tentative(const wire::TcpSegment& segment) {
  const bool adopted = tentative_ && tentative_->syn.flags.has(wire::ack) && irs_ &&
                       segment.ack == tentative_->syn.seq + SeqLen{1};
  if (!adopted) return;
  const wire::TcpSegment own = tentative_->syn;
  tentative_.reset();
  open(own);
}

void TesterSide::take_acknowledgment(const wire::TcpSegment& segment) {
  if (!segment.flags.has(wire::ack)) return;
  adopt_tentative(segment);
  last_ack_ = segment.ack;
  if (iss_ && wire::before(snd_una_, segment.ack) && wire::at_or_before(segment.ack, snd_nxt_)) {
    snd_una_ = segment.ack;
  }
}

void TesterSide::take_text(const wire::TcpSegment& segment) {
  const SeqNum start = segment.seq + SeqLen{segment.flags.has(wire::syn) ? 1U : 0U};
  const SeqNum text_end = start + SeqLen{static_cast<std::uint32_t>(segment.text.size())};
  if (wire::before(rcv_nxt_, start)) return;
  const SeqNum taken = wire::earlier(text_end, rcv_edge_);
  if (wire::before(rcv_nxt_, taken)) rcv_nxt_ = taken;
  if (segment.flags.has(wire::fin) && rcv_nxt_ == text_end) rcv_nxt_ = text_end + SeqLen{1};
}

void TesterSide::received(const wire::TcpSegment& segment) {
  if (segment.flags.has(wire::rst)) {
    // A reset that answers a wrong acknowledgment is not acceptable to an honest peer, and ends nothing here.
    const bool of_syn = !irs_ && iss_ && segment.flags.has(wire::ack) && segment.ack == snd_nxt_;
    if (of_syn || (irs_ && segment.seq == rcv_nxt_)) reset_ = true;
    return;
  }
  if (segment.flags.has(wire::syn)) take_syn(segment);
  if (!irs_) return;
  take_acknowledgment(segment);
  const unsigned scale = segment.flags.has(wire::syn) ? 0U : send_scale();
  snd_wnd_ = static_cast<std::uint32_t>(segment.window) << scale;
  if (!segment.options.empty()) {
    if (const auto ts = wire::parse_options(segment.options).timestamps()) ts_recent_ = ts->tsval;
  }
  take_text(segment);
}

std::optional<std::uint32_t> TesterSide::variable(std::string_view name) const {
  const auto when = [](bool known, std::uint32_t value) {
    return known ? std::optional{value} : std::nullopt;
  };
  if (name == "iss") return when(iss_.has_value(), iss_.value_or(SeqNum{}).raw);
  if (name == "irs") return when(irs_.has_value(), irs_.value_or(SeqNum{}).raw);
  if (name == "snd.una") return when(iss_.has_value(), snd_una_.raw);
  if (name == "snd.nxt") return when(iss_.has_value(), snd_nxt_.raw);
  if (name == "snd.wnd") return snd_wnd_;
  if (name == "rcv.nxt") return when(irs_.has_value(), rcv_nxt_.raw);
  if (name == "rcv.wnd") {
    const std::uint32_t open = wire::before(rcv_nxt_, rcv_edge_) ? (rcv_edge_ - rcv_nxt_).octets : 0;
    return when(irs_.has_value(), open);
  }
  if (name == "ts.recent") return when(got_timestamps_, ts_recent_);
  return std::nullopt;
}

}  // namespace tcpjury::engine
