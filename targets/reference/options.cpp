// Options: what the SYNs agree on, and what every segment then carries.
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

using wire::Family;
using wire::syn;

namespace {

constexpr std::uint16_t default_mss(Family family) { return family == Family::v4 ? 536 : 1220; }

}  // namespace

// What a SYN with or without ACK says, seen by the end that gets it. An active opener has offered everything,
// so what the peer's SYN carries was agreed on by both.
void Connection::agree_on_options(const Segment& segment) {
  std::uint8_t largest_shift = 14;  // RFC 7323 section 2.3
  if (fault(Fault::scale_above_14_taken)) largest_shift = 30;
  auto& agreed = tcb_.agreed;
  agreed.snd_mss = segment.mss.value_or(0) == 0 ? default_mss(tcb_.remote.address.family) : *segment.mss;
  if (fault(Fault::mss_default_too_large) && !segment.mss) agreed.snd_mss = receive_mss();
  if (fault(Fault::mss_ignored)) agreed.snd_mss = receive_mss();
  agreed.scaling = segment.window_scale.has_value() || fault(Fault::scale_unasked);
  if (agreed.scaling) {
    agreed.snd_scale = std::min(segment.window_scale.value_or(0), largest_shift);
    agreed.rcv_scale = receive_scale;
  }
  if (fault(Fault::scale_peer_ignored)) agreed.snd_scale = 0;
  agreed.sack = segment.sack_permitted || fault(Fault::sack_without_permission);
  agreed.timestamps = segment.timestamps.has_value() || (tcb_.passive && fault(Fault::ts_unasked));
  if (segment.timestamps) {
    tcb_.ts_recent = segment.timestamps->tsval;
    tcb_.ts_recent_at = host_.now();
  }
  // An ECN-setup SYN has ECE and CWR, an ECN-setup SYN,ACK only ECE (RFC 3168 section 6.1.1).
  const auto ecn = segment.flags & (wire::ece | wire::cwr);
  const bool answer = segment.has(wire::ack);
  agreed.ecn = answer ? host_.settings().ecn == Ecn::asked && ecn == wire::ece
                      : host_.settings().ecn != Ecn::off && ecn == (wire::ece | wire::cwr);
  // Who has sent a SYN that does not ask must not set ECT, whatever the peer's SYN says.
  const bool asked = host_.settings().ecn == Ecn::asked && !tcb_.syn_retransmitted;
  if (!tcb_.passive && !asked) agreed.ecn = false;
  if (fault(Fault::ecn_any_bit_agrees)) agreed.ecn = ecn.bits != 0;
  if (fault(Fault::ecn_unasked) && !answer) agreed.ecn = true;
}

wire::OptionFields Connection::options_for(wire::FlagSet flags) const {
  wire::OptionFields fields;
  const bool on_syn = flags.has(syn);
  const bool first = on_syn && !flags.has(wire::ack);  // an active open offers everything
  if (on_syn) {
    if (!fault(Fault::mss_option_missing)) fields.mss = told_mss();
    const bool answered = tcb_.agreed.scaling && !fault(Fault::scale_not_answered);
    if (first || answered) fields.window_scale = fault(Fault::scale_offered_too_large) ? 15 : receive_scale;
    fields.sack_permitted = first || tcb_.agreed.sack;
  }
  const bool reset = flags.has(wire::rst);
  if ((first || tcb_.agreed.timestamps) && !timestamps_are_left_out(flags))
    fields.timestamps = {.tsval = timestamp_now(), .tsecr = flags.has(wire::ack) ? timestamp_echo() : 0};
  if (first && fault(Fault::ts_echo_without_ack)) fields.timestamps->tsecr = 0x1234'5678;
  if (tcb_.agreed.sack && !on_syn && !reset) fields.sack = sack_blocks();
  return fields;
}

/// Mistakes that drop the option from some segments (RFC 7323 section 3.2: all of them carry it).
bool Connection::timestamps_are_left_out(wire::FlagSet flags) const {
  if (flags.has(wire::rst)) return fault(Fault::ts_missing_on_reset);
  if (flags.has(wire::fin)) return fault(Fault::ts_missing_on_fin);
  return fault(Fault::ts_missing_after_syn) && !flags.has(syn);
}

std::uint32_t Connection::timestamp_echo() const {
  if (fault(Fault::ts_not_echoed)) return 0;
  return fault(Fault::ts_echo_one_more) ? tcb_.ts_recent + 1 : tcb_.ts_recent;
}

std::uint16_t Connection::told_mss() const {
  if (fault(Fault::mss_option_too_large)) return 0xffff;
  constexpr std::uint16_t timestamps_option = 12;
  if (fault(Fault::mss_option_lowered)) return static_cast<std::uint16_t>(receive_mss() - timestamps_option);
  return receive_mss();
}

// RFC 2018 section 4 and RFC 2883 section 4: the duplicate, then the block changed last, then the others.
std::vector<wire::SackBlock> Connection::sack_blocks() const {
  std::size_t most = tcb_.agreed.timestamps ? 3 : 4;
  if (fault(Fault::sack_single_block)) most = 1;
  std::vector<wire::SackBlock> blocks;
  const auto add = [&](Range range) {
    if (blocks.size() >= most) return;
    if (fault(Fault::sack_left_edge_one_less)) range.left = range.left - SeqLen{1};
    if (fault(Fault::sack_right_edge_inclusive)) range.right = range.right - SeqLen{1};
    blocks.push_back({range.left, range.right});
  };
  const bool old = tcb_.owed.duplicate && wire::at_or_before(tcb_.owed.duplicate->right, tcb_.rcv.nxt);
  if (tcb_.owed.duplicate && !(old && fault(Fault::dsack_missing))) {
    Range duplicate = *tcb_.owed.duplicate;
    if (fault(Fault::dsack_edge_one_more)) duplicate.right = duplicate.right + SeqLen{1};
    add(duplicate);
  }
  const auto held = tcb_.held.ranges();
  auto reported = tcb_.owed.reported;
  if (fault(Fault::sack_oldest_block_first)) std::ranges::reverse(reported);
  for (const Range& range : reported)
    if (std::ranges::find(held, range) != held.end() || fault(Fault::sack_reports_filled_gaps)) add(range);
  return blocks;
}

std::uint32_t Connection::timestamp_now() const {
  if (fault(Fault::ts_clock_stopped)) return 0x0100'0000;
  const auto elapsed = static_cast<std::uint32_t>(host_.now() / milliseconds);
  if (fault(Fault::ts_clock_runs_backwards)) return tcb_.ts_offset - elapsed;
  if (fault(Fault::ts_clock_too_fast)) return tcb_.ts_offset + static_cast<std::uint32_t>(host_.now() / 10);
  return tcb_.ts_offset + elapsed;
}

std::uint16_t Connection::receive_mss() const {
  const std::uint32_t most = host_.mtu() - fixed_headers(tcb_.remote.address.family);
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(most, 0xffff));
}

// Eff.snd.MSS = min(SendMSS+20, MMS_S) - TCPhdrsize - IPoptionsize (RFC 9293 section 3.7.1).
std::uint32_t Connection::effective_mss() const {
  constexpr std::uint32_t least = 8;  // however absurd what the peer announced
  const std::uint32_t path = tcb_.path_mtu - fixed_headers(tcb_.remote.address.family);
  const std::uint32_t most = std::min<std::uint32_t>(tcb_.agreed.snd_mss, path);
  if (fault(Fault::mss_without_options)) return std::max(most, least);
  const auto options = static_cast<std::uint32_t>(wire::encode_options(options_for(wire::ack)).size());
  return std::max(most, options + least) - options;
}

std::uint32_t Connection::scaled(const Segment& segment) const {
  if (fault(Fault::window_taken_as_signed) && segment.window >= 0x8000) return 0;
  return std::uint32_t{segment.window} << tcb_.agreed.snd_scale;
}

}  // namespace tcpjury::reference
