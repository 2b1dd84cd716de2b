#include "harness/engine/match.h"

#include <fmt/format.h>

#include <optional>

#include "harness/wire/checksum.h"
#include "harness/wire/tcp_options.h"

namespace tcpjury::engine {
namespace {

using scenario::Expression;
using scenario::SegmentPattern;

std::string hex(BytesView octets) {
  constexpr std::size_t shown_max = 48;
  std::string text;
  for (std::size_t i = 0; i < octets.size() && i < shown_max; ++i)
    text += fmt::format("{:02x}", octet(octets[i]));
  if (octets.size() > shown_max) text += fmt::format("... ({} octets)", octets.size());
  return text.empty() ? "none" : text;
}

/// Collects what differs between one segment and one pattern.
class Comparison {
 public:
  Comparison(const Expression::Lookup& lookup, MatchResult& result) : lookup_{lookup}, result_{result} {}

  /// A name that stands alone and has no value takes the segment's.
  void number(std::string_view field, const Expression& want, std::optional<std::uint32_t> got) {
    if (const auto name = want.bindable_name(); name && !value_of(*name)) {
      if (got) {
        result_.bindings.emplace_back(*name, *got);
      } else {  // an option that is not there: a difference like any other, which an `any_of` may go on from
        differ(field, "absent", fmt::format("any ({})", want.text()));
      }
      return;
    }
    auto expected = want.evaluate([this](std::string_view name) { return value_of(name); });
    if (!expected && !got)
      return differ(field, "absent", want.text());  // whatever the value: it is not there
    if (!expected) {
      if (!error_) error_ = expected.error();
      return;
    }
    if (got == *expected) return;
    const std::string shown = want.text() == fmt::format("{}", *expected)
                                  ? want.text()
                                  : fmt::format("{} ({})", want.text(), *expected);
    differ(field, got ? fmt::format("{}", *got) : "absent", shown);
  }
  template <class T>
  void literal(std::string_view field, const std::optional<T>& want, T got) {
    if (want && *want != got) differ(field, fmt::format("{}", got), fmt::format("{}", *want));
  }
  void octets(std::string_view field, const Bytes& want, const Bytes& got) {
    if (want != got) differ(field, hex(got), hex(want));
  }
  void differ(std::string_view field, std::string got, std::string want) {
    result_.differences.push_back({std::string{field}, std::move(got), std::move(want)});
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  [[nodiscard]] std::optional<std::uint32_t> value_of(std::string_view name) const {
    for (const auto& [bound, value] : result_.bindings) {
      if (bound == name) return value;
    }
    return lookup_(name);
  }
  const Expression::Lookup& lookup_;
  MatchResult& result_;
  std::optional<Error> error_;
};

void compare_control_bits(Comparison& c, wire::FlagSet want, wire::FlagSet got) {
  const wire::FlagSet seen = want.has(wire::psh) ? got : got - wire::psh;
  if (seen != want) c.differ("ctl", wire::to_string(got), wire::to_string(want));
}

void compare_text(Comparison& c, const SegmentPattern::Text& want, const Bytes& got) {
  if (want.octets) {
    c.octets("data", *want.octets, got);
  } else if (want.length) {
    c.number("data", *want.length, static_cast<std::uint32_t>(got.size()));
  }
}

void compare_sack(Comparison& c, const std::vector<std::pair<Expression, Expression>>& want,
                  const std::vector<wire::SackBlock>& got) {
  if (want.size() != got.size()) {
    c.differ("sack", fmt::format("{} blocks", got.size()), fmt::format("{} blocks", want.size()));
    return;
  }
  for (std::size_t i = 0; i < want.size(); ++i) {
    c.number("sack", want[i].first, got[i].left.raw);
    c.number("sack", want[i].second, got[i].right.raw);
  }
}

/// `mss = 0` and `wscale` of an absent option: 0 in a pattern stands for "no such option" with MSS only,
/// since no stack may offer an MSS of 0.
void compare_options(Comparison& c, const SegmentPattern& p, const wire::TcpSegment& segment) {
  const wire::OptionList list = wire::parse_options(segment.options);
  const auto widened = [](auto option) {
    return option ? std::optional{static_cast<std::uint32_t>(*option)} : std::nullopt;
  };
  if (p.mss) {
    const bool want_none = p.mss->text() == "0";
    if (want_none && list.mss()) c.differ("mss", fmt::format("{}", *list.mss()), "absent");
    if (!want_none) c.number("mss", *p.mss, widened(list.mss()));
  }
  if (p.wscale) c.number("wscale", *p.wscale, widened(list.window_scale()));
  c.literal("sack_permitted", p.sack_permitted, list.sack_permitted());
  if (p.sack) compare_sack(c, *p.sack, list.sack_blocks());
  if (p.ts) {
    const auto ts = list.timestamps();
    c.number("ts", p.ts->first, ts ? std::optional{ts->tsval} : std::nullopt);
    c.number("ts", p.ts->second, ts ? std::optional{ts->tsecr} : std::nullopt);
  }
  if (p.raw_options) c.octets("raw_options", *p.raw_options, segment.options);
}

void compare_header(Comparison& c, const SegmentPattern& p, const wire::TcpSegment& segment) {
  if (p.ctl) compare_control_bits(c, *p.ctl, segment.flags);
  if (p.seq) c.number("seq", *p.seq, segment.seq.raw);
  if (p.ack) c.number("ack", *p.ack, segment.ack.raw);
  if (p.wnd) c.number("wnd", *p.wnd, segment.window);
  if (p.up) c.number("up", *p.up, segment.urgent);
  if (p.data) compare_text(c, *p.data, segment.text);
  c.literal("reserved", p.reserved, segment.reserved);
  const auto honest_offset = static_cast<std::uint8_t>((wire::tcp_header_min + segment.options.size()) / 4);
  c.literal("data_offset", p.data_offset, segment.data_offset.value_or(honest_offset));
}

std::uint16_t checksum_on_the_wire(const wire::Packet& packet) {
  constexpr std::size_t checksum_at = 16;
  const Bytes octets = wire::encode(packet);
  const wire::TcpSegment& segment = *packet.tcp();
  const std::size_t size = wire::tcp_header_min + segment.options.size() + segment.text.size();
  const std::size_t at = octets.size() - packet.trailer.size() - size + checksum_at;
  return static_cast<std::uint16_t>(octet(octets[at]) << 8U | octet(octets[at + 1]));
}

void compare_checksum(Comparison& c, const SegmentPattern& p, const wire::Decoded& frame) {
  if (p.checksum) c.literal("checksum", p.checksum, checksum_on_the_wire(frame.packet));
  if (p.corrupt_checksum && !frame.has(wire::WireDefect::tcp_checksum)) c.differ("checksum", "right", "bad");
}

void compare_ip(Comparison& c, const SegmentPattern::Ip& want, const wire::Decoded& frame) {
  if (const auto* v4 = std::get_if<wire::Ipv4Header>(&frame.packet.ip)) {
    c.literal("ip.ttl", want.ttl, v4->ttl);
    c.literal("ip.tos", want.tos, v4->tos);
    c.literal("ip.id", want.id, v4->identification);
    c.literal("ip.dont_fragment", want.dont_fragment, v4->dont_fragment);
    if (want.options) c.octets("ip.options", *want.options, v4->options);
    const bool bad = frame.has(wire::WireDefect::ip_checksum);
    c.literal("ip.corrupt_checksum", want.corrupt_checksum, bad);
  } else if (const auto* v6 = std::get_if<wire::Ipv6Header>(&frame.packet.ip)) {
    c.literal("ip.ttl", want.ttl, v6->hop_limit);
    c.literal("ip.tos", want.tos, v6->traffic_class);
  }
  if (want.length) {
    const std::size_t whole = wire::encode(frame.packet).size() - frame.packet.trailer.size();
    const std::size_t header = frame.packet.family() == wire::Family::v4 ? 0 : 40;
    c.literal("ip.length", want.length, static_cast<std::uint16_t>(whole - header));
  }
}

}  // namespace

Result<MatchResult> match(const SegmentPattern& pattern, const wire::Decoded& frame,
                          const Expression::Lookup& lookup) {
  MatchResult result;
  Comparison comparison{lookup, result};
  const wire::TcpSegment* segment = frame.packet.tcp();
  if (segment == nullptr) {
    comparison.differ("protocol", wire::to_string(frame.packet), "a TCP segment");
    return result;
  }
  compare_header(comparison, pattern, *segment);
  compare_options(comparison, pattern, *segment);
  compare_checksum(comparison, pattern, frame);
  compare_ip(comparison, pattern.ip, frame);
  // A name without a value makes the step undecidable only when nothing else has decided it.
  if (comparison.error() && result.matched()) return tl::unexpected<Error>{*comparison.error()};
  if (!result.matched()) result.bindings.clear();
  return result;
}

std::string describe(const SegmentPattern& p) {
  std::string text;
  const auto field = [&text](std::string_view name, const std::optional<Expression>& value) {
    if (value) text += fmt::format("<{}={}>", name, value->text());
  };
  field("SEQ", p.seq);
  field("ACK", p.ack);
  if (p.ctl) text += fmt::format("<CTL={}>", p.ctl->bits == 0 ? "none" : wire::to_string(*p.ctl));
  if (p.data && p.data->octets) text += fmt::format("<DATA={} given octets>", p.data->octets->size());
  if (p.data && p.data->length) field("DATA", p.data->length);
  field("WND", p.wnd);
  field("UP", p.up);
  field("MSS", p.mss);
  field("WSCALE", p.wscale);
  if (p.sack_permitted) text += *p.sack_permitted ? "<SACK-PERMITTED>" : "<no SACK-PERMITTED>";
  if (p.ts) text += fmt::format("<TS={},{}>", p.ts->first.text(), p.ts->second.text());
  if (p.sack) {
    for (const auto& [left, right] : *p.sack) text += fmt::format("<SACK={}..{}>", left.text(), right.text());
  }
  return text.empty() ? "any segment" : text;
}

}  // namespace tcpjury::engine
