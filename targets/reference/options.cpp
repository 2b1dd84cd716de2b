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
  constexpr std::uint8_t largest_shift = 14;  // RFC 7323 section 2.3
  auto& agreed = tcb_.agreed;
  agreed.snd_mss = segment.mss.value_or(0) == 0 ? default_mss(tcb_.remote.address.family) : *segment.mss;
  agreed.scaling = segment.window_scale.has_value();
  if (agreed.scaling) {
    agreed.snd_scale = std::min(*segment.window_scale, largest_shift);
    agreed.rcv_scale = receive_scale;
  }
  agreed.sack = segment.sack_permitted;
  agreed.timestamps = segment.timestamps.has_value();
  if (agreed.timestamps) {
    tcb_.ts_recent = segment.timestamps->tsval;
    tcb_.ts_recent_at = host_.now();
  }
  // An ECN-setup SYN has ECE and CWR, an ECN-setup SYN,ACK only ECE (RFC 3168 section 6.1.1).
  const auto ecn = segment.flags & (wire::ece | wire::cwr);
  const bool answer = segment.has(wire::ack);
  agreed.ecn = answer ? host_.settings().ecn == Ecn::asked && ecn == wire::ece
                      : host_.settings().ecn != Ecn::off && ecn == (wire::ece | wire::cwr);
}

wire::OptionFields Connection::options_for(wire::FlagSet flags) const {
  wire::OptionFields fields;
  const bool first = flags.has(syn) && !flags.has(wire::ack);  // an active open offers everything
  if (flags.has(syn)) {
    fields.mss = receive_mss();
    if (first || tcb_.agreed.scaling) fields.window_scale = receive_scale;
    fields.sack_permitted = first || tcb_.agreed.sack;
  }
  if (first || tcb_.agreed.timestamps)
    fields.timestamps = {.tsval = timestamp_now(), .tsecr = flags.has(wire::ack) ? tcb_.ts_recent : 0};
  if (tcb_.agreed.sack && !flags.any(syn | wire::rst)) fields.sack = sack_blocks();
  return fields;
}

// RFC 2018 section 4 and RFC 2883 section 4: the duplicate, then the block changed last, then the others.
std::vector<wire::SackBlock> Connection::sack_blocks() const {
  const std::size_t most = tcb_.agreed.timestamps ? 3 : 4;
  std::vector<wire::SackBlock> blocks;
  const auto add = [&](Range range) {
    if (blocks.size() < most) blocks.push_back({range.left, range.right});
  };
  if (tcb_.owed.duplicate) add(*tcb_.owed.duplicate);
  const auto held = tcb_.held.ranges();
  for (const Range& range : tcb_.owed.reported)
    if (std::ranges::find(held, range) != held.end()) add(range);
  return blocks;
}

std::uint32_t Connection::timestamp_now() const {
  return tcb_.ts_offset + static_cast<std::uint32_t>(host_.now() / milliseconds);
}

std::uint16_t Connection::receive_mss() const {
  const std::uint32_t most = host_.mtu() - fixed_headers(tcb_.remote.address.family);
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(most, 0xffff));
}

// Eff.snd.MSS = min(SendMSS+20, MMS_S) - TCPhdrsize - IPoptionsize (RFC 9293 section 3.7.1).
std::uint32_t Connection::effective_mss() const {
  constexpr std::uint32_t least = 8;  // however absurd what the peer announced
  const std::uint32_t path = tcb_.path_mtu - fixed_headers(tcb_.remote.address.family);
  const std::uint32_t most =
      std::min<std::uint32_t>(fault(Fault::mss_ignored) ? 0xffff : tcb_.agreed.snd_mss, path);
  const auto options = static_cast<std::uint32_t>(wire::encode_options(options_for(wire::ack)).size());
  return std::max(most, options + least) - options;
}

std::uint32_t Connection::scaled(const Segment& segment) const {
  return std::uint32_t{segment.window} << tcb_.agreed.snd_scale;
}

}  // namespace tcpjury::reference
