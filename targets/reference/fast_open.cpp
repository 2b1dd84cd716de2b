// TCP Fast Open (RFC 7413): cookies, and the option on SYNs. Users hand over no text together with an OPEN,
// so that the SYNs sent carry none; text that comes on a SYN with a valid cookie is taken.
#include <algorithm>

#include "targets/reference/connection.h"

namespace tcpjury::reference {

// Section 4.1.2: nobody but this host can make one, and it is good for one address.
Bytes Host::cookie_for(const wire::IpAddress& client) const {
  Bytes octets;
  for (const std::uint8_t value : client.octets) octets.push_back(std::byte{value});
  const std::uint64_t hash = keyed_hash(key_, octets);
  Bytes cookie;
  for (unsigned shift = 0; shift < 64; shift += 8)
    cookie.push_back(static_cast<std::byte>(hash >> shift & 0xffU));
  return cookie;
}

std::optional<Bytes> Host::cookie_of(const wire::Endpoint& server, State state) const {
  if (!settings_.fast_open) return std::nullopt;
  if (failed_.contains(server) && !fault(Fault::fast_open_failure_forgotten, state)) return std::nullopt;
  const auto known = cookies_.find(server.address);
  const bool invents = fault(Fault::fast_open_with_invented_cookie, state);
  if (known == cookies_.end() && invents) return Bytes(8, std::byte{0x5a});
  if (known == cookies_.end() || fault(Fault::fast_open_cookie_forgotten, state)) return Bytes{};
  Bytes cookie = known->second;
  if (fault(Fault::fast_open_cookie_altered, state)) cookie.front() ^= std::byte{1};
  return cookie;
}

/// Section 4.2.2, server: the cookie it asks for; and what a valid one brings along is taken at once.
void Connection::take_fast_open(const Segment& syn_segment) {
  if (!host_.settings().fast_open || !syn_segment.fast_open) return;
  const Bytes right = host_.cookie_for(tcb_.remote.address);
  const bool valid = *syn_segment.fast_open == right || fault(Fault::fast_open_any_cookie_taken);
  if (syn_segment.fast_open->empty()) {
    tcb_.fast_open = right;
    if (fault(Fault::fast_open_cookie_of_odd_length)) tcb_.fast_open->pop_back();
  } else if (valid && !syn_segment.text.empty()) {
    tcb_.fast_opened = true;
    take_text(syn_segment.text);
  }
}

/// Section 4.2.2: what is sent again carries the option no more.
void Connection::add_fast_open(wire::TcpSegment& segment) const {
  const bool again = tcb_.syn_retransmitted && !fault(Fault::fast_open_repeated);
  if (!tcb_.fast_open || !segment.flags.has(wire::syn) || again) return;
  segment.options.push_back(std::byte{wire::option_kind::fast_open});
  segment.options.push_back(static_cast<std::byte>(2 + tcb_.fast_open->size()));
  segment.options.insert(segment.options.end(), tcb_.fast_open->begin(), tcb_.fast_open->end());
  while (segment.options.size() % 4 != 0) segment.options.push_back(std::byte{1});
}

/// RFC 5482 section 3: on the first segment without SYN, and whenever the user has set another timeout.
void Connection::add_user_timeout(wire::TcpSegment& segment) {
  constexpr Time most = 0x7fff;
  constexpr std::size_t option_octets = 4;
  if (!tcb_.user_timeout_untold || segment.flags.any(wire::syn | wire::rst)) return;
  if (segment.options.size() + option_octets > wire::tcp_options_max) return;
  const Time value = std::min(tcb_.user.timeout / seconds, most);
  const bool malformed = fault(Fault::user_timeout_option_malformed);
  segment.options.push_back(std::byte{wire::option_kind::user_timeout});
  segment.options.push_back(std::byte{malformed ? std::uint8_t{3} : std::uint8_t{4}});
  segment.options.push_back(static_cast<std::byte>(value >> 8U));
  segment.options.push_back(malformed ? std::byte{1} : static_cast<std::byte>(value & 0xffU));
  tcb_.user_timeout_untold = false;
}

}  // namespace tcpjury::reference
