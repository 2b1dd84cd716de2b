// What the engine needs of a target: traits, user calls and events. Links and clocks are the drivers'
// business.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/base/result.h"
#include "harness/base/time.h"
#include "harness/model/state.h"
#include "harness/scenario/scenario.h"
#include "harness/wire/address.h"

namespace tcpjury::engine {

/// Addresses of one family: the target's own, and those the tester may use (all of them routed to the link).
struct AddressPlan {
  wire::IpAddress target = {};
  wire::IpAddress tester_first = {};  ///< tester addresses are this one and the following `tester_count - 1`
  std::uint32_t tester_count = 1;
};

/// What is constant about a target during a run.
struct TargetTraits {
  std::string name;
  std::string version;
  std::set<scenario::Capability> capabilities = {};
  ClockKind clock = ClockKind::virtual_time;
  std::optional<Duration> msl = {};
  Duration clock_resolution{};
  std::uint32_t mtu = 1500;
  bool ordered =
      true;  ///< prompt answers are on the link before the next stimulus is (TUN, in-process, or fenced)
  std::optional<AddressPlan> v4 = {};
  std::optional<AddressPlan> v6 = {};
  std::map<std::string, std::string> environment = {};  ///< for the report: sysctls, kernel, link, versions
};

/// A listener or connection of the target's user interface. 0 is never valid.
using Handle = std::uint32_t;

/// A user call (RFC 9293 section 3.9.1) as the target's adapter gets it.
struct AppRequest {
  enum class Kind : std::uint8_t {
    open_passive,
    open_active,
    send,
    receive,
    close,
    release,
    abort,
    status,
    set
  } kind;
  Handle handle = 0;           ///< all but the OPENs
  wire::Endpoint local = {};   ///< open_passive: address and port; open_active: port 0 lets the stack choose
  wire::Endpoint remote = {};  ///< open_active
  std::uint32_t backlog = 16;  ///< open_passive
  Bytes octets = {};           ///< send
  std::uint32_t limit = 0;     ///< receive: at most so many octets
  bool urgent = false;         ///< send: with the URGENT flag
  model::UserOption option = model::UserOption::nagle;  ///< set
  std::uint64_t value = 0;                              ///< set: see UserOption
  std::vector<wire::IpAddress> route = {};  ///< open_active: routers to pass on the way to `remote` (IPv4)
};
struct AppReply {
  bool ok = false;
  Handle handle = 0;                       ///< the OPENs
  std::uint32_t accepted = 0;              ///< send
  Bytes octets = {};                       ///< receive
  bool peer_closed = false;                ///< receive
  bool urgent = false;                     ///< receive: more urgent data remains to be read
  std::optional<model::State> state = {};  ///< status
  std::string error = {};
};
struct AppEvent {
  scenario::UserEvent kind;
  Handle handle = 0;           ///< the listener for `accepted`
  Handle child = 0;            ///< accepted
  wire::Endpoint remote = {};  ///< accepted
  std::string text = {};
};

/// A stack in the process under virtual time. Single-threaded and deterministic.
class VirtualTarget {
 public:
  virtual ~VirtualTarget() = default;
  [[nodiscard]] virtual const TargetTraits& traits() const = 0;
  /// Back to the state right after start, with a new seed and time.
  virtual Result<void> reset(std::uint64_t seed, TimePoint now) = 0;
  virtual Result<void> packet_in(BytesView datagram) = 0;
  virtual Result<void> advance(TimePoint now) = 0;
  /// `never` when no timer runs.
  [[nodiscard]] virtual TimePoint next_timer() = 0;
  virtual AppReply call(const AppRequest& request) = 0;
  /// Datagrams and events since the last take, in order. At most `output_max` datagrams are kept between two
  /// takes; more is reported as a failure of packet_in()/advance() ("floods the link").
  virtual std::vector<Bytes> take_output() = 0;
  virtual std::vector<AppEvent> take_events() = 0;
  static constexpr std::size_t output_max = 65'536;
};

/// User calls on a live target. Calls answer at once (the calling thread makes them); events are polled.
class AppControl {
 public:
  virtual ~AppControl() = default;
  virtual AppReply call(const AppRequest& request) = 0;
  virtual std::vector<AppEvent> poll_events() = 0;
  /// A descriptor that becomes readable when poll_events() has something; -1 when there is none.
  [[nodiscard]] virtual int native_handle() const = 0;
};

}  // namespace tcpjury::engine
