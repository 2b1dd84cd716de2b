// A scenario as a value: what a TOML file says, checked and expanded, ready for the engine.
//
// Numbers of the live connection (ISNs, ports, timestamps) never stand here: they are names and
// expressions, and engine/live_map.h is the one place that gives them values.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/base/diagnostic.h"
#include "harness/base/time.h"
#include "harness/model/state.h"
#include "harness/model/user_option.h"
#include "harness/scenario/expression.h"
#include "harness/wire/address.h"
#include "harness/wire/flags.h"

namespace tcpjury::scenario {

/// A segment to send or to match: one shape for both. An absent member means "the right value" when
/// sending and "don't care" when matching. Any member can lie.
struct SegmentPattern {
  std::optional<wire::FlagSet> ctl = {};
  std::optional<Expression> seq = {};
  std::optional<Expression> ack = {};  ///< acknowledgment field; sent even where the ACK bit is off
  std::optional<Expression> wnd = {};  ///< as on the wire, unscaled
  std::optional<Expression> up = {};
  /// Text. Sending: literal octets, or `length` octets of the tester's stream. Matching: exact octets or a
  /// length.
  struct Text {
    std::optional<Bytes> octets = {};
    std::optional<Expression> length = {};
    friend bool operator==(const Text&, const Text&) = default;
  };
  std::optional<Text> data = {};
  std::optional<Expression> mss = {};
  std::optional<Expression> wscale = {};
  std::optional<bool> sack_permitted = {};
  /// SACK blocks as pairs of expressions.
  std::optional<std::vector<std::pair<Expression, Expression>>> sack = {};
  /// Timestamps option: tsval and tsecr.
  std::optional<std::pair<Expression, Expression>> ts = {};
  std::optional<Bytes> raw_options = {};  ///< the options area, literally
  std::optional<std::uint8_t> data_offset = {};
  std::optional<std::uint8_t> reserved = {};
  std::optional<std::uint16_t> checksum = {};  ///< a literal value
  bool corrupt_checksum = false;               ///< checksum = "bad": the right one with its bits inverted
  std::optional<std::uint16_t> truncate = {};  ///< sending: keep only this many octets of the segment
  /// ip.* members.
  struct Ip {
    std::optional<wire::IpAddress> source = {};       ///< sending: another one than the tester's
    std::optional<wire::IpAddress> destination = {};  ///< sending: another one than the target's
    std::optional<std::uint8_t> ttl = {};             ///< or hop limit
    std::optional<std::uint8_t> tos = {};             ///< or traffic class
    std::optional<std::uint16_t> id = {};
    std::optional<bool> dont_fragment = {};
    std::optional<std::uint16_t> length = {};  ///< total length (IPv4) or payload length (IPv6), a lie
    std::optional<bool> corrupt_checksum = {};
    std::optional<Bytes> options = {};  ///< IPv4 options
    /// Sending: the routers of a completed source route, the last of them the tester itself (not listed).
    std::optional<std::vector<wire::IpAddress>> route = {};
    std::vector<std::pair<std::uint8_t, Bytes>> extensions = {};  ///< IPv6 extension headers: kind, body
    std::optional<std::uint16_t> fragment =
        {};  ///< sending: split the datagram after this many payload octets
    friend bool operator==(const Ip&, const Ip&) = default;
  } ip = {};
  friend bool operator==(const SegmentPattern&, const SegmentPattern&) = default;
};

/// Calls of the user (RFC 9293 section 3.9.1). The connection is the step's `conn`.
struct ListenCall {
  std::uint32_t backlog = 16;
  friend bool operator==(const ListenCall&, const ListenCall&) = default;
};
struct OpenCall {
  enum class Peer : std::uint8_t { tester, multicast, broadcast } to = Peer::tester;
  /// Routers of a loose source route behind the tester itself, which is the first of them (IPv4).
  std::optional<std::vector<wire::IpAddress>> route = {};
  friend bool operator==(const OpenCall&, const OpenCall&) = default;
};
struct SendCall {
  Expression length;                 ///< octets of the target's stream
  std::optional<Bytes> octets = {};  ///< or these
  bool urgent = false;               ///< with the URGENT flag
  friend bool operator==(const SendCall&, const SendCall&) = default;
};
struct ReceiveCall {
  Expression length;
  friend bool operator==(const ReceiveCall&, const ReceiveCall&) = default;
};
struct CloseCall {
  friend bool operator==(const CloseCall&, const CloseCall&) = default;
};
struct ReleaseCall {
  friend bool operator==(const ReleaseCall&, const ReleaseCall&) = default;
};
struct AbortCall {
  friend bool operator==(const AbortCall&, const AbortCall&) = default;
};
struct SetCall {
  model::UserOption option;
  std::uint64_t value = 0;  ///< nanoseconds where the option is a time, 0 or 1 where it is a switch
  friend bool operator==(const SetCall&, const SetCall&) = default;
};
using Call =
    std::variant<ListenCall, OpenCall, SendCall, ReceiveCall, CloseCall, ReleaseCall, AbortCall, SetCall>;

/// What the target's user is told.
enum class UserEvent : std::uint8_t {
  opened,
  accepted,
  readable,
  peer_closed,
  reset,
  error,
  closed,
  urgent,
  soft_error
};
[[nodiscard]] std::string_view to_string(UserEvent e);

struct Step;
using Steps = std::vector<Step>;

/// A duration in a file: a fixed part and multiples of the target's MSL ("200ms", "2MSL", "2MSL+5s").
struct SymbolicDuration {
  Duration fixed{};
  double msl = 0;
  friend bool operator==(const SymbolicDuration&, const SymbolicDuration&) = default;
};

struct CallStep {
  Call call;
};
struct SendStep {
  std::vector<SegmentPattern> segments;
};  ///< more than one: sent back to back, without settling between
struct ExpectStep {
  SegmentPattern pattern;
  std::optional<SymbolicDuration> within = {};  ///< absent: the engine's generous default
};
/// Nothing of this connection may arrive for `quiet`, apart from what `except` names.
struct ExpectNothingStep {
  SymbolicDuration quiet;
  std::vector<SegmentPattern> except = {};
};
struct ExpectStateStep {
  model::State state;
  bool probe = false;  ///< probe from outside even where the model is sure
};
struct ExpectEventStep {
  UserEvent event;
  std::optional<SymbolicDuration> within = {};
};
struct WaitStep {
  SymbolicDuration time;
};
/// The next segment must match one of these; the steps of the first alternative that matches are then run.
struct AnyOfStep {
  struct Alternative {
    SegmentPattern pattern;
    Steps then;
  };
  std::vector<Alternative> alternatives;
  std::optional<SymbolicDuration> within = {};
};
struct RepeatStep {
  Expression count;
  std::string counter;
  Steps body;
};  ///< `counter` names the index, from 0
/// An ICMP error about the connection's last segment from the target, or a message of its own.
struct IcmpStep {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;
  std::optional<Expression> quoted_seq = {};  ///< sequence number quoted; absent: snd.una of the target
};

struct Step {
  std::uint32_t number = 0;  ///< as people count: from 1, in the order of the file
  SourceRegion where;
  std::string conn = "main";  ///< which connection of the scenario
  std::string because;
  std::vector<std::string> requirements;  ///< what a mismatch here breaks
  std::variant<CallStep, SendStep, ExpectStep, ExpectNothingStep, ExpectStateStep, ExpectEventStep, WaitStep,
               AnyOfStep, RepeatStep, IcmpStep>
      what;
  bool walk = false;  ///< inserted by start_in or a probe, not written by the author
};

enum class Tier : std::uint8_t { fast, slow, rare };
[[nodiscard]] std::string_view to_string(Tier t);

/// What a scenario needs of a target; missing ones make it not-applicable.
enum class Capability : std::uint8_t {
  ipv4,
  ipv6,
  open_passive,
  open_active,
  send,
  receive,
  close,
  release,
  abort,
  status,
  nagle,
  keepalive,
  user_timeout,
  diffserv,
  ttl,
  error_reports,
  urgent,
  source_route,
};
[[nodiscard]] std::string_view to_string(Capability c);

/// One case: a file with every axis of its matrix fixed.
struct Variant {
  std::string scenario;  ///< "handshake/passive-open"
  std::string variant;   ///< "family=v4" or "family=v4,state=FIN-WAIT-1": axes in the order of the file
  std::string title;
  std::string file;
  std::vector<std::string> requirements;
  std::vector<std::string> tags;
  Tier tier = Tier::fast;
  wire::Family family = wire::Family::v4;
  /// The state into which the engine walks the target before the first step, and by which kind of OPEN.
  /// Absent: the scenario begins with nothing opened. The walk binds J and K on the connection "main".
  std::optional<model::State> start_in = {};
  model::Origin role = model::Origin::passive;
  std::vector<Capability> needs;                   ///< derived from the steps, sorted, unique
  std::map<std::string, std::uint32_t> constants;  ///< numeric axes and [let] values, usable in expressions
  /// What is asked of the target before it is started ([target]): names of sysctls or of an adapter's own
  /// settings. "NAME.key" is for the target of that name alone.
  std::map<std::string, std::string> settings;
  Steps steps;
  [[nodiscard]] std::string id() const { return scenario + "[" + variant + "]"; }
};

}  // namespace tcpjury::scenario
