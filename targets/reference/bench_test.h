// One reference stack on a bench: user calls, segments and time by hand, and everything it says kept.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/wire/packet.h"
#include "targets/abi/tcpjury_target.h"

namespace tcpjury::reference {

inline const wire::IpAddress target_v4 = wire::IpAddress::v4(192, 0, 2, 2);
inline const wire::IpAddress peer_v4 = wire::IpAddress::v4(198, 51, 100, 1);
inline const wire::IpAddress target_v6 = *wire::IpAddress::parse("2001:db8::2");
inline const wire::IpAddress peer_v6 = *wire::IpAddress::parse("2001:db8:1::1");

struct Happening {
  std::uint32_t kind = 0;
  tcpjury_handle handle = 0;
  tcpjury_handle child = 0;
  std::string text = {};
};

/// A user call's answer.
struct Answer {
  bool ok = false;
  tcpjury_handle handle = 0;
  std::size_t count = 0;
  std::uint32_t state = 0;
  bool peer_closed = false;
  bool urgent = false;  ///< RECEIVE: more urgent text remains
  std::string error = {};
  std::string text = {};  ///< RECEIVE
};

class Bench {
 public:
  explicit Bench(std::string settings = {}, std::uint64_t seed = 1, wire::IpAddress v4 = target_v4,
                 wire::IpAddress v6 = target_v6);
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench();

  /// Empty when it started, else why not.
  [[nodiscard]] const std::string& refusal() const { return log_; }

  Answer listen(std::uint16_t port, std::uint32_t backlog = 16, wire::Family family = wire::Family::v4);
  Answer open(wire::Endpoint remote, std::uint16_t local_port = 0);
  /// The same by a loose source route over these routers, four octets each.
  Answer open_by(wire::Endpoint remote, const std::vector<wire::IpAddress>& route);
  Answer send(tcpjury_handle handle, std::string_view text, bool urgent = false);
  Answer set(tcpjury_handle handle, tcpjury_option option, std::uint64_t value);
  Answer receive(tcpjury_handle handle, std::size_t most = 65'536);
  Answer close(tcpjury_handle handle) { return plain(TCPJURY_CALL_CLOSE, handle); }
  Answer release(tcpjury_handle handle) { return plain(TCPJURY_CALL_RELEASE, handle); }
  Answer abort(tcpjury_handle handle) { return plain(TCPJURY_CALL_ABORT, handle); }
  std::uint32_t state(tcpjury_handle handle) { return plain(TCPJURY_CALL_STATUS, handle).state; }

  void arrive(BytesView datagram);
  void arrive(const wire::Packet& packet) { arrive(wire::encode(packet)); }
  void reset(std::uint64_t seed);
  void wait(std::chrono::nanoseconds span);
  /// Moves on to the next timer, if one runs within `span`; false when none does.
  bool step(std::chrono::nanoseconds span);
  [[nodiscard]] std::chrono::nanoseconds now() const { return std::chrono::nanoseconds{now_}; }
  [[nodiscard]] std::uint64_t next_timer() const { return table_->next_timer(target_); }

  std::vector<Bytes> take_octets() { return std::exchange(octets_, {}); }
  /// What was sent since the last take; every checksum and length was right.
  std::vector<wire::Packet> take();
  std::vector<Happening> take_happenings() { return std::exchange(happenings_, {}); }

 private:
  Answer plain(std::uint32_t kind, tcpjury_handle handle);
  Answer call(tcpjury_call& call);

  const tcpjury_vtable* table_ = tcpjury_target_entry();
  tcpjury_target* target_ = nullptr;
  std::string settings_;
  std::uint64_t now_ = 3'600'000'000'000;
  std::string log_ = {};
  std::vector<Bytes> octets_ = {};
  std::vector<Happening> happenings_ = {};
};

}  // namespace tcpjury::reference
