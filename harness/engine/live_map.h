// The one place where names of a scenario become numbers of a live connection.
//
// Names are looked up in this order: the connection's own variables (snd.nxt, rcv.nxt, ...), "target.X" (what
// the model believes of the target), constants and counters, names bound by the scenario, "mss" and "ts.now",
// and "label.X": any of these of another connection.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.h"
#include "harness/engine/tester_side.h"
#include "harness/model/judge.h"
#include "harness/scenario/expression.h"
#include "harness/wire/address.h"

namespace tcpjury::engine {

/// A connection of the scenario with its numbers.
struct LiveConnection {
  std::string label;
  model::FourTuple tuple = {};  ///< target.port 0 while an active OPEN's SYN has not been seen
  bool target_opens = false;    ///< the target's port is learnt from its SYN
  TesterSide side = {};
  std::uint32_t ts_offset =
      0;  ///< added to the tester's clock, so that it continues from the TSval of its SYN
};

class LiveMap {
 public:
  using TargetVariable =
      std::function<std::optional<std::uint32_t>(const model::FourTuple&, std::string_view)>;
  struct Config {
    std::uint64_t seed = 1;
    TimePoint started = clock_epoch;
    wire::IpAddress target = {};
    std::vector<wire::IpAddress> testers = {};  ///< peer 1 is the first; a label "name@2" means peer 2
    wire::Port target_port = {};
    wire::Port tester_port_first = {};
    std::uint16_t tester_ports = 256;
    std::uint32_t mtu = 1500;
    std::map<std::string, std::uint32_t> constants = {};
    TargetVariable target_variable = {};
  };
  explicit LiveMap(Config config);

  /// The connection of that label; made on first use with the next free tester port.
  LiveConnection& connection(std::string_view label);
  [[nodiscard]] const LiveConnection* find(std::string_view label) const;
  /// The connection whose tester end this is; null when it is none.
  LiveConnection* at_tester_end(const wire::Endpoint& tester);
  [[nodiscard]] const std::map<std::string, LiveConnection, std::less<>>& connections() const {
    return connections_;
  }
  /// How many more connections there are ports for.
  [[nodiscard]] std::size_t free_ports() const;
  /// A new connection for a probe, with a port from the other end of the range. Needs a free port, as
  /// connection() does.
  LiveConnection& stranger(std::string_view label);
  /// Connections of this label go to `port` of the target.
  void set_target_port(std::string_view label, wire::Port port);

  /// Names as numbers for `label`. `side` stands for the tester's variables when given: those of a moment
  /// ago.
  [[nodiscard]] scenario::Expression::Lookup lookup(std::string_view label, TimePoint now,
                                                    const TesterSide* side = nullptr) const;
  void bind(const std::string& name, std::uint32_t value) { names_[name] = value; }
  /// Binds the names in `expression` that mean nothing yet to numbers drawn from the case's seed: an ISN, or
  /// any number the tester makes up. The number depends on the name and the seed alone.
  void invent(const scenario::Expression& expression, std::string_view label, TimePoint now);
  /// Constants, counters and bound names.
  [[nodiscard]] std::map<std::string, std::uint32_t>& names() { return names_; }

  /// Where this connection's sequence numbers start when nothing has said so yet.
  [[nodiscard]] wire::SeqNum fresh_iss(const LiveConnection& connection);
  /// A segment without lies went out on that connection.
  void sent(LiveConnection& connection, const wire::TcpSegment& segment, TimePoint now);
  /// The connection's Timestamps clock (RFC 7323 section 5.4): one tick a millisecond, from the TSval of the
  /// tester's SYN if that gave one, else from a random start.
  [[nodiscard]] std::uint32_t timestamp(const LiveConnection& connection, TimePoint now) const;
  /// The MSS option the tester sends by default: MTU minus the fixed headers (RFC 9293 section 3.7.1).
  [[nodiscard]] std::uint16_t default_mss() const;
  /// The largest text the tester may send in a segment: the target's MSS option, without one 536 or 1220
  /// (RFC 9293 section 3.7.1), before its SYN what the tester itself would take.
  [[nodiscard]] std::uint32_t send_mss(const TesterSide& side) const;
  [[nodiscard]] std::uint64_t seed() const { return config_.seed; }
  [[nodiscard]] const Config& config() const { return config_; }

 private:
  LiveConnection& add(std::string_view label, std::uint16_t port);
  [[nodiscard]] std::optional<std::uint32_t> value(std::string_view name, const LiveConnection* connection,
                                                   const TesterSide* side, TimePoint now) const;

  Config config_;
  std::map<std::string, LiveConnection, std::less<>> connections_;
  std::map<std::string, wire::Port, std::less<>> target_ports_;
  std::map<std::string, std::uint32_t> names_;
  std::uint16_t used_ports_ = 0;
  std::uint16_t used_strangers_ = 0;
};

/// Which peer a label means, counted from 1: "b@2" is 2, without "@n" it is 1.
[[nodiscard]] std::size_t peer_of(std::string_view label);

}  // namespace tcpjury::engine
