#include "fuzz/exchange/event.h"

#include <algorithm>

#include <fmt/format.h>

namespace tcpjury::exchange {
namespace {

std::string_view name_of(Base base) {
  constexpr std::string_view names[] = {"", "rcv.nxt", "rcv.edge", "irs", "snd.una", "snd.nxt", "iss"};
  return names[static_cast<std::size_t>(base)];
}

std::string text(const Number& number) {
  if (number.base == Base::zero) return fmt::format("{}", static_cast<std::uint32_t>(number.offset));
  if (number.offset == 0) return std::string{name_of(number.base)};
  return fmt::format("{}{:+}", name_of(number.base), number.offset);
}

std::string_view name_of(Call::Kind kind) {
  constexpr std::string_view names[] = {"OPEN passive", "OPEN active", "SEND",  "RECEIVE",
                                        "CLOSE",        "RELEASE",     "ABORT", "CLOSE of the listener"};
  return names[static_cast<std::size_t>(kind)];
}

std::string text(const Segment& s) {
  std::string out = fmt::format("segment {}: {} seq={}", s.flow,
                                s.flags == wire::no_flags ? "none" : wire::to_string(s.flags), text(s.seq));
  if (s.flags.has(wire::ack) || s.ack != Segment{}.ack) out += fmt::format(" ack={}", text(s.ack));
  if (s.length != 0) out += fmt::format(" {} octets", s.length);
  if (s.window != 65'535) out += fmt::format(" wnd={}", s.window);
  if (s.urgent != 0) out += fmt::format(" up={}", s.urgent);
  if (s.syn.mss) out += fmt::format(" mss={}", *s.syn.mss);
  if (s.syn.window_scale) out += fmt::format(" wscale={}", *s.syn.window_scale);
  if (s.syn.sack_permitted) out += " sackOK";
  if (s.syn.timestamps) out += " ts";
  if (s.options) out += fmt::format(" {} octets of other options", s.options->size());
  if (s.reserved != 0) out += fmt::format(" reserved={}", s.reserved);
  if (s.data_offset) out += fmt::format(" data_offset={}", *s.data_offset);
  if (s.bad_checksum) out += " checksum=bad";
  return out;
}

struct ToText {
  std::string operator()(const Advance& a) const {
    return fmt::format("time passes: {:.3f} s", std::chrono::duration<double>(a.by).count());
  }
  std::string operator()(const Call& c) const {
    const bool sized = c.kind == Call::Kind::send || c.kind == Call::Kind::receive;
    return fmt::format("call {}: {}{}", c.flow, name_of(c.kind),
                       sized ? fmt::format(" {} octets", c.length) : std::string{});
  }
  std::string operator()(const Segment& s) const { return text(s); }
  std::string operator()(const Raw& r) const {
    constexpr std::size_t shown = 96;
    std::string out = fmt::format("raw: {} octets ", r.octets.size());
    for (const std::byte b : BytesView{r.octets}.first(std::min(shown, r.octets.size())))
      out += fmt::format("{:02x}", octet(b));
    return r.octets.size() > shown ? out + "..." : out;
  }
  std::string operator()(const Icmp& i) const {
    return fmt::format("icmp {}: type {} code {} quoted seq={}", i.flow, i.type, i.code, text(i.quoted));
  }
};

}  // namespace

std::string to_string(const Event& event) { return std::visit(ToText{}, event); }

}  // namespace tcpjury::exchange
