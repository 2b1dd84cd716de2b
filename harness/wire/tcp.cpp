#include "harness/wire/tcp.h"

#include <fmt/format.h>

#include <iterator>

namespace tcpjury::wire {
namespace {

std::uint32_t shown(SeqNum number, std::optional<SeqNum> base) {
  return base ? (number - *base).octets : number.raw;
}

}  // namespace

SeqLen TcpSegment::length() const {
  const std::uint32_t controls = (flags.has(syn) ? 1U : 0U) + (flags.has(fin) ? 1U : 0U);
  return {static_cast<std::uint32_t>(text.size()) + controls};
}

std::string to_notation(const TcpSegment& segment, NotationBase base) {
  std::string text = fmt::format("<SEQ={}>", shown(segment.seq, base.seq));
  const auto out = std::back_inserter(text);
  if (segment.flags.has(ack)) fmt::format_to(out, "<ACK={}>", shown(segment.ack, base.ack));
  fmt::format_to(out, "<CTL={}>", segment.flags == no_flags ? "none" : to_string(segment.flags));
  if (!segment.text.empty()) fmt::format_to(out, "<DATA={}>", segment.text.size());
  if (segment.flags.has(urg) || segment.urgent != 0) fmt::format_to(out, "<UP={}>", segment.urgent);
  return text;
}

}  // namespace tcpjury::wire
