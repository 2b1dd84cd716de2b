// One lwIP in one shared object: brought up, driven through virtual time, and reset.
#pragma once

#include <memory>

#include "connection.h"
#include "heap.h"
#include "image.h"
#include "lwip/netif.h"
#include "tcpjury_target.h"

namespace tcpjury::lwip {

class Stack {
 public:
  explicit Stack(const tcpjury_config& config);
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack();

  /// lwIP's state is static, so there is at most one; lwIP's hooks find it here.
  [[nodiscard]] static Stack* current();

  void reset(std::uint64_t seed, std::uint64_t now);
  int packet_in(const std::uint8_t* octets, std::size_t length);
  /// Runs lwIP's timers one after the other, each at the time it is due.
  void advance(std::uint64_t now);
  [[nodiscard]] std::uint64_t next_timer() const;
  int call(const tcpjury_call& call, tcpjury_reply& reply);

  [[nodiscard]] Heap& heap() { return heap_; }
  /// lwIP's clock, which it reads through sys_now(): milliseconds, modulo 2^32.
  [[nodiscard]] std::uint32_t milliseconds() const { return static_cast<std::uint32_t>(now_ / ns_per_ms); }
  [[nodiscard]] std::uint32_t random();
  /// RFC 9293 section 3.4.1: M + F(localip, localport, remoteip, remoteport, secretkey).
  [[nodiscard]] std::uint32_t initial_sequence_number(const ip_addr_t& local_ip, std::uint16_t local_port,
                                                      const ip_addr_t& remote_ip,
                                                      std::uint16_t remote_port) const;

 private:
  static constexpr std::uint64_t ns_per_ms = 1'000'000;

  void bring_up();
  static err_t set_up_interface(netif* interface);
  static err_t output_v4(netif* interface, pbuf* octets, const ip4_addr_t* next_hop);
  static err_t output_v6(netif* interface, pbuf* octets, const ip6_addr_t* next_hop);
  void output(pbuf* octets);

  tcpjury_config config_;
  Heap heap_;
  Connections connections_;
  netif interface_ = {};
  std::uint64_t now_ = 0;
  std::uint64_t random_ = 0;
  std::uint64_t isn_key_ = 0;
  std::unique_ptr<Image> pristine_;
};

}  // namespace tcpjury::lwip
