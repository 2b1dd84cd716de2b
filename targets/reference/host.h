// What every connection of this host shares: the clock, the link, the user, secrets and settings.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "harness/base/random.h"
#include "harness/wire/packet.h"
#include "targets/abi/tcpjury_target.h"
#include "targets/reference/keyed_hash.h"
#include "targets/reference/settings.h"

namespace tcpjury::reference {

/// Nanoseconds on the harness's clock.
using Time = std::uint64_t;
inline constexpr Time never = std::numeric_limits<Time>::max();
inline constexpr Time microseconds = 1'000;
inline constexpr Time milliseconds = 1'000'000;
inline constexpr Time seconds = 1'000'000'000;
inline constexpr Time minutes = 60 * seconds;

inline constexpr Time maximum_segment_lifetime = 30 * seconds;

using Handle = tcpjury_handle;

/// The two lowest bits of the traffic class (RFC 3168 section 5).
enum class EcnCodepoint : std::uint8_t { not_ect = 0, ect_1 = 1, ect_0 = 2, ce = 3 };

/// What TCP tells the IP layer to write (RFC 9293 section 3.9.2).
struct IpFields {
  EcnCodepoint ecn = EcnCodepoint::not_ect;
  std::uint8_t diffserv = 0;
  std::uint8_t ttl = 64;
  std::vector<wire::IpAddress> route = {};  ///< routers of a loose source route; IPv4
};

class Host {
 public:
  Host(const tcpjury_config& config, Settings settings);

  void reset(std::uint64_t seed, Time now);

  [[nodiscard]] Time now() const { return now_; }
  void set_now(Time now) { now_ = now; }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] bool fault(Fault fault, State state) const { return settings_.faults.has(fault, state); }
  [[nodiscard]] std::uint32_t mtu() const { return config_.mtu; }
  [[nodiscard]] static constexpr Time msl() { return maximum_segment_lifetime; }
  [[nodiscard]] wire::IpAddress address(wire::Family family) const;
  /// False for what cannot be the sender of a segment: multicast, broadcast, unspecified, loopback, ourselves
  /// (RFC 1122 section 3.2.1.3).
  [[nodiscard]] bool is_valid_peer(const wire::IpAddress& address) const;

  /// ISN = M + F(localip, localport, remoteip, remoteport, secretkey), M a clock of 4 microseconds (RFC
  /// 6528).
  [[nodiscard]] wire::SeqNum initial_sequence_number(const wire::Endpoint& local,
                                                     const wire::Endpoint& remote, State state);
  /// Where the timestamp clock towards a peer starts: one offset for all connections between two addresses,
  /// so that timestamps grow across incarnations (RFC 7323 section 7.1, RFC 6191 section 3).
  [[nodiscard]] std::uint32_t timestamp_offset(const wire::IpAddress& local,
                                               const wire::IpAddress& remote) const;
  [[nodiscard]] std::uint16_t ephemeral_port();

  // fast_open.cpp: what is remembered of Fast Open (RFC 7413 section 4.1)
  /// The cookie of this server for a client.
  [[nodiscard]] Bytes cookie_for(const wire::IpAddress& client) const;
  /// What a SYN to this server carries: its cookie, the request for one, or nothing after a failure.
  [[nodiscard]] std::optional<Bytes> cookie_of(const wire::Endpoint& server, State state) const;
  void remember_cookie(const wire::IpAddress& server, Bytes cookie) { cookies_[server] = std::move(cookie); }
  void remember_failure(const wire::Endpoint& server) { failed_.insert(server); }

  /// `state` is that of the connection, for faults.
  void send(const wire::Endpoint& from, const wire::Endpoint& to, wire::TcpSegment segment,
            const IpFields& ip, State state);
  /// By mistake: ICMP port unreachable about a datagram.
  void refuse_port(const wire::Packet& about) const;
  void tell(const tcpjury_event& event) const { config_.event(config_.harness, &event); }
  [[nodiscard]] Handle new_handle() { return ++last_handle_; }
  [[nodiscard]] Handle last_handle() const { return last_handle_; }

 private:
  void put(const wire::Packet& packet) const;
  void misprint(wire::TcpSegment& segment, const wire::Endpoint& from, const wire::Endpoint& to,
                State state) const;

  tcpjury_config config_;
  Settings settings_;
  Time now_;
  Random random_;
  HashKey key_ = {};
  std::map<wire::IpAddress, Bytes> cookies_ = {};
  std::set<wire::Endpoint> failed_ = {};
  Handle last_handle_ = 0;
  std::uint32_t openings_ = 0;
};

}  // namespace tcpjury::reference
