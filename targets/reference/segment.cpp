#include "targets/reference/segment.h"

#include <algorithm>

namespace tcpjury::reference {

namespace {

bool is_known(const wire::TcpOption& option) {
  namespace kind = wire::option_kind;
  return option.kind <= kind::sack || option.kind == kind::timestamps;
}

/// Mistakes in walking through the options: what is then found of them.
wire::OptionList walk_wrongly(wire::OptionList list, BytesView area, const Host& host, State state) {
  auto& options = list.options;
  if (host.fault(Fault::option_unknown_ends_parsing, state))
    options.erase(std::ranges::find_if_not(options, is_known), options.end());
  if (host.fault(Fault::option_nop_ends_parsing, state))
    options.erase(std::ranges::find(options, wire::option_kind::no_operation, &wire::TcpOption::kind),
                  options.end());
  const bool past_end = host.fault(Fault::option_end_ignored, state);
  const bool aligned_only = host.fault(Fault::option_unaligned_ignored, state);
  if (!past_end && !aligned_only) return list;
  Bytes octets(area.begin(), area.end());
  std::size_t at = 0;
  std::erase_if(options, [&](const wire::TcpOption& option) {
    if (past_end && option.kind == wire::option_kind::end_of_list && at < octets.size())
      octets[at] = std::byte{1};
    at += option.length.value_or(1);
    return aligned_only && option.length.has_value() && at % 4 != 0;
  });
  return past_end && octets.size() != at ? wire::parse_options(octets) : list;
}

}  // namespace

bool is_refused(const wire::TcpSegment& segment, const Host& host, State state) {
  const bool on_syn = segment.flags.has(wire::syn);
  if (segment.reserved != 0 && host.fault(Fault::reserved_bits_refused, state)) return true;
  if (host.fault(Fault::option_unknown_refused, state) ||
      host.fault(Fault::option_after_syn_refused, state)) {
    const auto options = wire::parse_options(segment.options).options;
    const bool unknown = !std::ranges::all_of(options, is_known);
    const bool opening = std::ranges::any_of(
        options, [](const auto& option) { return option.kind == wire::option_kind::mss; });
    if (unknown && host.fault(Fault::option_unknown_refused, state)) return true;
    if ((unknown || opening) && !on_syn && host.fault(Fault::option_after_syn_refused, state)) return true;
  }
  return false;
}

Segment read_segment(const wire::TcpSegment& segment, EcnCodepoint ecn, const Host& host, State state) {
  Segment read{.seq = segment.seq,
               .ack = segment.ack,
               .flags = segment.flags,
               .window = segment.window,
               .urgent = segment.urgent,
               .text = segment.text,
               .congestion = ecn == EcnCodepoint::ce};
  const auto options = walk_wrongly(wire::parse_options(segment.options), segment.options, host, state);
  read.mss = options.mss();
  read.window_scale = options.window_scale();
  read.sack_permitted = options.sack_permitted();
  read.timestamps = options.timestamps();
  read.sack = options.sack_blocks();
  if (const auto* cookie = options.find(wire::option_kind::fast_open))
    read.fast_open = Bytes{cookie->value.begin(), cookie->value.end()};
  return read;
}

std::optional<wire::TcpSegment> reset_for(const Segment& segment, const Host& host, State state) {
  const auto fault = [&](Fault which) { return host.fault(which, state); };
  if (segment.has(wire::rst) && !fault(Fault::reset_answered)) return std::nullopt;
  wire::TcpSegment reset;
  if (segment.has(wire::ack)) {
    if (fault(Fault::reset_for_ack_missing)) return std::nullopt;
    reset.seq = segment.ack;
    reset.flags = wire::rst;
    if (fault(Fault::reset_seq_zero)) reset.seq = {0};
    if (fault(Fault::reset_seq_one_more)) reset.seq = segment.ack + SeqLen{1};
    if (fault(Fault::reset_seq_of_segment)) reset.seq = segment.seq;
  } else {
    if (fault(Fault::reset_for_syn_missing)) return std::nullopt;
    reset.seq = {0};
    reset.ack = segment.end();
    reset.flags = wire::rst | wire::ack;
    if (fault(Fault::reset_seq_not_zero)) reset.seq = segment.end();
    if (fault(Fault::reset_ack_without_length)) reset.ack = segment.seq;
    if (fault(Fault::reset_ack_without_text)) reset.ack = segment.end() - octets(segment.text.size());
    if (fault(Fault::reset_ack_bit_missing)) reset.flags = wire::rst;
  }
  // RFC 7323 section 5.2: TSecr says which segment is answered.
  if (segment.timestamps && !fault(Fault::ts_missing_on_reset))
    reset.options = wire::encode_options({.timestamps = {{.tsval = 0, .tsecr = segment.timestamps->tsval}}});
  return reset;
}

}  // namespace tcpjury::reference
