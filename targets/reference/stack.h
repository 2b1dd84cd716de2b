// The host's TCP: listeners, connections, and which of them a datagram is for.
#pragma once

#include <memory>
#include <vector>

#include "targets/reference/connection.h"
#include "targets/reference/fragments.h"

namespace tcpjury::reference {

/// A passive OPEN. It stays in LISTEN; each SYN makes a connection of its own.
struct Listener {
  Handle handle = 0;
  wire::Family family = wire::Family::v4;
  wire::Port port = {};
  std::uint32_t backlog = 1;  ///< connections in SYN-RECEIVED at a time
  bool served = false;        ///< it has had a connection
};

class Stack {
 public:
  Stack(const tcpjury_config& config, Settings settings) : host_{config, settings} {}

  void reset(std::uint64_t seed, Time now);
  /// One IP datagram from the wire.
  void packet_in(BytesView datagram);
  /// Moves the clock and runs each timer at the time it is due.
  void advance(Time now);
  /// When the next timer is due; `never` when none runs.
  [[nodiscard]] Time next_timer() const;
  int call(const tcpjury_call& call, tcpjury_reply& reply);

 private:
  // ip.cpp
  void segment_arrives(const wire::Packet& packet);
  void icmp_arrives(const wire::Packet& packet, const wire::IcmpMessage& message);
  bool checksum_is_overlooked(const wire::Packet& packet);
  // stack.cpp
  [[nodiscard]] State state_for(const wire::Endpoint& local, const wire::Endpoint& remote);
  void dispatch(const wire::Endpoint& local, const wire::Endpoint& remote, const wire::Packet& packet);
  void arrives_in_listen(const Listener& listener, const wire::Endpoint& local, const wire::Endpoint& remote,
                         const Segment& segment, std::optional<SeqNum> least_iss);
  void answer_in_closed(const wire::Endpoint& local, const wire::Endpoint& remote, const Segment& segment,
                        const wire::Packet& packet);
  void answer_by_reset(const wire::Endpoint& local, const wire::Endpoint& remote, const Segment& segment,
                       State state);
  Connection* find(const wire::Endpoint& local, const wire::Endpoint& remote);
  Connection* find(Handle handle);
  Listener* find_listener(wire::Family family, wire::Port port);
  void tidy();
  int open_passive(const tcpjury_call& call, tcpjury_reply& reply);
  int open_active(const tcpjury_call& call, tcpjury_reply& reply);
  int call_listener(Listener& listener, const tcpjury_call& call, tcpjury_reply& reply);
  int call_connection(Connection& connection, const tcpjury_call& call, tcpjury_reply& reply);

  Host host_;
  Fragments fragments_ = {};
  bool deaf_ = false;  ///< by mistake it looks at nothing any more
  std::vector<Listener> listeners_ = {};
  std::vector<std::unique_ptr<Connection>> connections_ = {};  ///< the oldest first
};

}  // namespace tcpjury::reference
