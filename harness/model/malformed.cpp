#include "harness/model/malformed.h"

#include <algorithm>

#include "harness/model/answers.h"

namespace tcpjury::model {
namespace {

/// The length that the option's own RFC gives it; nothing where it varies or is not known.
std::optional<std::uint8_t> fixed_length(std::uint8_t kind) {
  using namespace wire::option_kind;
  switch (kind) {
    case mss:
    case user_timeout:
      return 4;
    case window_scale:
      return 3;
    case sack_permitted:
      return 2;
    case timestamps:
      return 10;
    default:
      return std::nullopt;
  }
}

bool has_right_length(const wire::TcpOption& o) {
  constexpr std::uint8_t block = 8;
  if (!o.length) return true;
  if (o.kind == wire::option_kind::sack) return *o.length > 2 && (*o.length - 2) % block == 0;
  const auto right = fixed_length(o.kind);
  return !right || *o.length == *right;
}

Arrival read_as(const Arrival& a, wire::OptionList options) {
  Arrival reading = a;
  reading.options = std::move(options);
  return reading;
}

/// The options before the first illegal one.
wire::OptionList sound_part(const wire::OptionList& list) {
  wire::OptionList sound;
  for (const wire::TcpOption& o : list.options) {
    if (!has_right_length(o)) break;
    sound.options.push_back(o);
  }
  return sound;
}

Tcb dropped(const Tcb& tcb) {
  Tcb t = tcb;
  t.silent.clear();
  ++t.ack_credit;
  t.may_reset = true;
  ++t.rank;
  return t;
}

Tcb reset(const Tcb& tcb, const Arrival& a, const Context& c) {
  Tcb t = deleted(tcb);
  owe_reset(t, rule("RFC9293-MUST-7", "OPTION-LENGTH", tcb.state), a, c);
  t.rank = static_cast<std::uint8_t>(t.rank + 2);
  return t;
}

}  // namespace

bool Arrival::malformed() const {
  using wire::OptionDefect;
  if (options.defect != OptionDefect::none && options.defect != OptionDefect::nonzero_after_end) return true;
  return !std::all_of(options.options.begin(), options.options.end(), has_right_length);
}

Branches malformed_arrives(const Tcb& tcb, const Arrival& arrival, const Context& context) {
  Branches out;
  const auto process = [&](wire::OptionList options) {
    const Arrival reading = read_as(arrival, std::move(options));
    for (Tcb& t : segment_arrives(tcb, reading, context)) {
      t.deviation = tcb.deviation;  // whatever is made of such options is acceptable
      out.push_back(std::move(t));
    }
  };
  process(arrival.options);
  process(sound_part(arrival.options));
  process({});
  out.push_back(dropped(tcb));
  if (!arrival.has(wire::rst)) out.push_back(reset(tcb, arrival, context));
  return out;
}

}  // namespace tcpjury::model
