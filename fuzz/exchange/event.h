// An exchange: what a tester does to a target, as a value that can be drawn, kept, shrunk and played again.
//
// Numbers are relative to the live connection, so that the same exchange means the same on every target;
// every field can lie.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/base/time.h"
#include "harness/wire/address.h"
#include "harness/wire/flags.h"

namespace tcpjury::exchange {

/// Which connection of the exchange: the tester's port counted from its first.
using Flow = std::uint8_t;
inline constexpr Flow flows_max = 32;

/// The target's variable a number counts from, as the model knows it, else as an honest tester would count
/// it.
enum class Base : std::uint8_t {
  zero,
  rcv_nxt,   ///< the next number the target expects
  rcv_edge,  ///< the first number beyond the target's window
  irs,       ///< the tester's initial sequence number; before the first SYN the one it will use
  snd_una,
  snd_nxt,
  iss,
};
/// A number of the connection; the offset wraps around as sequence numbers do.
struct Number {
  Base base = Base::zero;
  std::int32_t offset = 0;
  friend bool operator==(const Number&, const Number&) = default;
};

/// Time passes; what is due happens.
struct Advance {
  Duration by{};
  friend bool operator==(const Advance&, const Advance&) = default;
};

/// The target's user does something. A call on a flow the user has no handle for is not made.
struct Call {
  enum class Kind : std::uint8_t { listen, open, send, receive, close, release, abort, stop_listening };
  Kind kind = Kind::listen;
  Flow flow = 0;
  std::uint32_t length = 0;  ///< send, receive: octets
  friend bool operator==(const Call&, const Call&) = default;
};

struct SynOptions {
  std::optional<std::uint16_t> mss = {};
  std::optional<std::uint8_t> window_scale = {};
  bool sack_permitted = false;
  bool timestamps = false;
  friend bool operator==(const SynOptions&, const SynOptions&) = default;
};

/// A TCP segment from the tester. What stands here by default is what an honest tester would send next.
struct Segment {
  Flow flow = 0;
  wire::FlagSet flags = wire::ack;
  Number seq = {Base::rcv_nxt, 0};
  Number ack = {Base::snd_nxt, 0};
  std::uint16_t window = 65'535;
  std::uint16_t length = 0;  ///< octets of the tester's stream; the same number always holds the same octet
  std::uint16_t urgent = 0;
  SynOptions syn = {};                           ///< with SYN
  std::optional<Bytes> options = {};             ///< instead of the right ones
  std::uint8_t reserved = 0;                     ///< 0 to 15
  std::optional<std::uint8_t> data_offset = {};  ///< 0 to 15
  bool bad_checksum = false;
  friend bool operator==(const Segment&, const Segment&) = default;
};

/// A datagram, whatever it holds.
struct Raw {
  Bytes octets = {};
  friend bool operator==(const Raw&, const Raw&) = default;
};

/// An ICMP error about what the target sent last, as if a router had sent it.
struct Icmp {
  Flow flow = 0;
  std::uint8_t type = 3;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;
  Number quoted = {Base::snd_una, 0};
  friend bool operator==(const Icmp&, const Icmp&) = default;
};

using Event = std::variant<Advance, Call, Segment, Raw, Icmp>;

struct Exchange {
  wire::Family family = wire::Family::v4;
  std::uint64_t seed = 1;  ///< of the target, the tester's initial sequence numbers and its text
  std::vector<Event> events = {};
  friend bool operator==(const Exchange&, const Exchange&) = default;
};

/// One line for people: "segment 0 SYN seq=irs+0 len=0 ...".
[[nodiscard]] std::string to_string(const Event& event);

}  // namespace tcpjury::exchange
