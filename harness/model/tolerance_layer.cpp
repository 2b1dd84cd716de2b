#include "harness/model/tolerance_layer.h"

#include "harness/model/agreement.h"
#include "harness/model/layer_support.h"

namespace tcpjury::model {
namespace {

constexpr std::uint8_t md5_signature = 19;   // RFC 2385
constexpr std::uint8_t authentication = 29;  // RFC 5925

constexpr std::uint32_t bit(Tolerance t) { return 1U << static_cast<unsigned>(t); }

std::uint8_t dscp_of(const wire::Decoded& frame) {
  constexpr unsigned ecn_bits = 2;
  if (const auto* v4 = std::get_if<wire::Ipv4Header>(&frame.packet.ip)) return v4->tos >> ecn_bits;
  return std::get<wire::Ipv6Header>(frame.packet.ip).traffic_class >> ecn_bits;
}

bool carries_ip_options(const wire::Decoded& frame) {
  const auto* v4 = std::get_if<wire::Ipv4Header>(&frame.packet.ip);
  return v4 != nullptr && !v4->options.empty();
}

bool known_kind(std::uint8_t kind) {
  using namespace wire::option_kind;
  return kind <= timestamps || kind == md5_signature || kind == authentication || kind == user_timeout ||
         kind == fast_open;
}

bool fits_fast_open(const wire::TcpOption& o) {
  constexpr std::size_t least = 4;
  constexpr std::size_t most = 16;
  const std::size_t size = o.value.size();
  return size == 0 || (size >= least && size <= most && size % 2 == 0);
}

/// What the placing of the options tries: End-of-option-list before the end, options off a word boundary.
std::uint32_t layout(const Arrival& a) {
  constexpr std::size_t word = 4;
  std::uint32_t tried = 0;
  std::size_t at = 0;
  bool padded = false;
  bool mss = false;
  for (const wire::TcpOption& o : a.options.options) {
    if (o.kind == wire::option_kind::no_operation) padded = true;
    if (o.kind == wire::option_kind::mss) mss = true;
    if (o.kind == wire::option_kind::end_of_list) {
      padded = true;
      if (a.options.defect == wire::OptionDefect::nonzero_after_end) tried |= bit(Tolerance::after_end);
      break;
    }
    if (o.length && at % word != 0) tried |= bit(Tolerance::unaligned_options);
    at += o.length ? *o.length : 1U;
  }
  if (padded && mss) tried |= bit(Tolerance::basic_options);
  return tried;
}

/// Timestamps or SACK, padded, and nothing else: options as every segment of such a connection carries them.
bool what_was_agreed(const wire::OptionList& list, bool timestamps_on) {
  bool agreed = false;
  for (const wire::TcpOption& o : list.options) {
    const bool own =
        o.kind == wire::option_kind::sack || (o.kind == wire::option_kind::timestamps && timestamps_on);
    if (!own && o.kind > wire::option_kind::no_operation) return false;
    agreed = agreed || own;
  }
  return agreed;
}

std::uint32_t options_tried(const Arrival& a, bool timestamps_on) {
  const bool syn = a.has(wire::syn);
  std::uint32_t tried = layout(a);
  if (!syn) tried |= bit(Tolerance::options_anywhere);
  for (const wire::TcpOption& o : a.options.options) {
    if (!known_kind(o.kind)) tried |= bit(Tolerance::unknown_option);
    if (o.kind == wire::option_kind::window_scale && !syn) tried |= bit(Tolerance::scale_outside_syn);
    if (o.kind == wire::option_kind::timestamps && !syn && !timestamps_on)
      tried |= bit(Tolerance::foreign_timestamps);
    if (o.kind == wire::option_kind::fast_open) {
      const bool proper = syn && !a.has(wire::ack) && fits_fast_open(o);
      tried |= bit(proper ? Tolerance::fast_open_off : Tolerance::bad_fast_open);
      if (proper) tried |= bit(Tolerance::fast_open_unasked);
    }
    if (o.kind == authentication) tried |= bit(Tolerance::foreign_authentication);
  }
  const auto ts = a.options.timestamps();
  if (syn && !a.has(wire::ack) && ts && ts->tsecr != 0) tried |= bit(Tolerance::echo_in_syn);
  return tried;
}

}  // namespace

void ToleranceLayer::arrival(const Arrival& a, const View& v, Findings& /*f*/) {
  if (a.has(wire::rst)) return;
  if (a.malformed()) malformed_ = true;
  const bool answered = a.segment->length().octets > 0;
  if (!answered || a.malformed()) return;
  const bool syn = a.has(wire::syn);
  std::uint32_t tried = 0;
  const bool timestamps_on = !all_agree(v.before, [](const Tcb& t) { return !t.options.peer_timestamps; });
  if (!a.segment->options.empty()) tried |= options_tried(a, timestamps_on);
  if (a.segment->reserved != 0) tried |= bit(Tolerance::reserved_bits);
  if (dscp_of(*a.frame) != 0)
    tried |= bit(Tolerance::dscp) | bit(syn ? Tolerance::syn_precedence : Tolerance::changed_precedence);
  if (carries_ip_options(*a.frame)) tried |= bit(Tolerance::ip_options);
  agreed_only_ = what_was_agreed(a.options, timestamps_on);
  cookie_asked_ = cookie_asked_ || (tried & bit(Tolerance::fast_open_off)) != 0;
  pending_ = tried;
  first_ = a.segment->seq;
  end_ = a.segment->end();
  syn_ = syn;
}

void ToleranceLayer::emission(const Emitted& e, EmissionClass /*what*/, const View& v, Findings& f) {
  const State state = v.before.front().state;
  if (e.has(wire::syn)) unasked_fast_open(e, state, f);
  if (e.crossed) return;
  if (malformed_) {
    malformed_ = false;
    rules_.held(Tolerance::malformed, state, f);
  }
  if (pending_ == 0 || e.has(wire::rst) || !e.has(wire::ack)) return;
  // Whether Fast Open was asked for is the user's own affair: a cookie says that it was.
  const wire::TcpOption* cookie = e.options.find(wire::option_kind::fast_open);
  if (e.has(wire::syn) && cookie != nullptr && !cookie->value.empty())
    pending_ &= ~bit(Tolerance::fast_open_off);
  const bool covers = syn_ ? e.segment->ack == first_ + SeqLen{1} : wire::at_or_before(end_, e.segment->ack);
  if (!covers) return;
  for (unsigned i = 0; pending_ != 0; ++i, pending_ >>= 1U) {
    if ((pending_ & 1U) != 0) rules_.held(static_cast<Tolerance>(i), state, f);
  }
}

namespace {

/// The most telling first.
constexpr std::array blamed_in_order{
    Tolerance::after_end,          Tolerance::bad_fast_open,
    Tolerance::fast_open_off,      Tolerance::foreign_authentication,
    Tolerance::unknown_option,     Tolerance::echo_in_syn,
    Tolerance::scale_outside_syn,  Tolerance::foreign_timestamps,
    Tolerance::options_anywhere,   Tolerance::reserved_bits,
    Tolerance::ip_options,         Tolerance::syn_precedence,
    Tolerance::changed_precedence,
};

}  // namespace

Rule ToleranceLayer::blame(const Rule& rule, const Findings& findings) const {
  const std::string_view id = rule.requirement->id;
  const bool answer_to_syn = id.starts_with("RFC9293-3.10.7.2-SYN");
  const bool answer_to_text = id.starts_with("RFC9293-3.10.7.4-DATA-INORDER");
  if (pending_ == 0 || (!answer_to_syn && !answer_to_text)) return rule;
  if (!kept_before(findings, id)) return rule;
  for (const Tolerance tried : blamed_in_order) {
    if ((pending_ & bit(tried)) == 0) continue;
    if (tried == Tolerance::options_anywhere && agreed_only_) continue;
    const bool any_option =
        tried == Tolerance::unknown_option && !syn_ && !kept_before(findings, "RFC9293-MUST-5");
    return rules_.cite(any_option ? Tolerance::options_anywhere : tried, rule.event, rule.state);
  }
  return rule;
}

/// A malformed option may have cost the connection: that the next one is served is what matters.
ToleranceLayer ToleranceLayer::renewed() const {
  ToleranceLayer next{};
  next.malformed_ = malformed_;
  return next;
}

/// RFC 7413 section 2: off unless the application asks for it, which the user of a target cannot do here.
void ToleranceLayer::unasked_fast_open(const Emitted& e, State state, Findings& f) {
  const bool given = e.has(wire::ack) && e.options.find(wire::option_kind::fast_open) != nullptr;
  if (!given || cookie_asked_) return;
  rules_.broken(Tolerance::fast_open_unasked, state,
                {"FAST-OPEN",
                 "a Fast Open cookie in a SYN,ACK although the SYN did not ask for one",
                 "no Fast Open option",
                 {}},
                wire::to_notation(*e.segment), f);
}

}  // namespace tcpjury::model
