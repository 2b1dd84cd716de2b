#include "harness/link/raw_link.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "harness/base/assert.h"
#include "harness/link/chatter.h"
#include "harness/link/offload.h"
#include "harness/link/sysctl.h"
#include "harness/link/system_error.h"
#include "harness/wire/packet.h"

namespace tcpjury::link {
namespace {

constexpr const char* target_name = "jury0";
constexpr const char* tester_name = "jury1";
// Locally administered. Nobody owns the router's, so neither end's IP layer takes frames sent to it.
constexpr MacAddress target_mac{0x02, 0, 0, 0, 0, 0x02};
constexpr MacAddress tester_mac{0x02, 0, 0, 0, 0, 0x01};
constexpr MacAddress gateway_mac{0x02, 0, 0, 0, 0, 0xfe};

constexpr std::size_t datagram_octets_max = 65'536;
constexpr int send_attempts_max = 1000;
constexpr int receive_buffer_octets = 64 << 20;
constexpr int fence_wait_ms = 5000;
constexpr std::size_t fence_frames_max = 65'536;
constexpr std::uint16_t fence_identifier = 0x7463;
constexpr std::uint8_t icmp_echo_reply = 0;
constexpr std::uint8_t icmp_echo_request = 8;

// Different processes choose different processors, so that parallel workers do not share one.
Result<void> bind_to_one_processor() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    return system_failure("cannot learn the allowed processors", errno);
  }
  std::vector<int> processors;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<unsigned>(cpu), &allowed)) processors.push_back(cpu);
  }
  const auto chosen = processors[static_cast<std::size_t>(::getpid()) % processors.size()];
  CPU_ZERO(&allowed);
  CPU_SET(static_cast<unsigned>(chosen), &allowed);
  if (::sched_setaffinity(0, sizeof allowed, &allowed) != 0) {
    return system_failure("cannot bind the thread to one processor", errno);
  }
  return {};
}

Result<void> configure_target_end(Netlink& netlink, InterfaceIndex interface, const InterfacePlan& plan) {
  if (auto set = netlink.set_mac(interface, target_mac); !set) return set;
  if (auto done = configure_interface(netlink, interface, plan); !done) return done;
  for (const auto& family : {plan.v4, plan.v6}) {
    if (!family) continue;
    if (auto added = netlink.add_neighbour(interface, family->gateway, gateway_mac); !added) return added;
  }
  return disable_offloads(target_name);
}

Result<void> configure_tester_end(Netlink& netlink, InterfaceIndex interface, const InterfacePlan& plan) {
  if (auto off = write_sysctl(std::string{"net.ipv6.conf."} + tester_name + ".disable_ipv6", "1"); !off) {
    return tl::unexpected{off.error()};
  }
  if (auto set = netlink.set_mac(interface, tester_mac); !set) return set;
  InterfacePlan without_addresses = plan;
  without_addresses.v4.reset();
  without_addresses.v6.reset();
  if (auto done = configure_interface(netlink, interface, without_addresses); !done) return done;
  return disable_offloads(tester_name);
}

Result<UniqueFd> open_packet_socket(InterfaceIndex interface) {
  // Protocol 0 until it is bound: no frame of another interface gets in between.
  UniqueFd socket{::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket) {
    return system_failure("cannot open a packet socket", errno, "this needs CAP_NET_RAW in the namespace");
  }
  const int on = 1;
  if (::setsockopt(socket.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0) {
    return system_failure("cannot hide our own frames from the packet socket", errno);
  }
  // The queue before a device swallows everything for a moment after its carrier came up; go round it.
  if (::setsockopt(socket.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) != 0) {
    return system_failure("cannot send past the queueing discipline", errno);
  }
  // The larger buffer is a privilege; the drop counter tells when the smaller one did not suffice.
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer_octets,
                   sizeof receive_buffer_octets) != 0) {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_octets, sizeof receive_buffer_octets);
  }
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(interface);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return system_failure("cannot bind the packet socket", errno);
  }
  return socket;
}

}  // namespace

RawLink::RawLink(UniqueFd socket, Netlink netlink, InterfaceIndex target_end, InterfaceIndex tester_end,
                 const InterfacePlan& plan)
    : socket_{std::move(socket)},
      netlink_{std::move(netlink)},
      target_end_{target_end},
      tester_end_{tester_end},
      fence_addresses_{*plan.v4},
      mtu_{plan.mtu},
      buffer_(datagram_octets_max) {}

Result<std::unique_ptr<RawLink>> RawLink::open(const InterfacePlan& plan) {
  TCPJURY_ASSERT(plan.v4.has_value());
  if (auto bound = bind_to_one_processor(); !bound) return tl::unexpected{bound.error()};
  if (auto silent = silence_new_interfaces(); !silent) return tl::unexpected{silent.error()};
  auto netlink = Netlink::open();
  if (!netlink) return tl::unexpected{netlink.error()};
  if (auto made = netlink->create_veth(target_name, tester_name); !made) {
    return tl::unexpected{made.error()};
  }
  auto target = netlink->index_of(target_name);
  if (!target) return tl::unexpected{target.error()};
  auto tester = netlink->index_of(tester_name);
  if (!tester) return tl::unexpected{tester.error()};
  // The tester's end first: the other one has a carrier, and sends, only when both are up.
  if (auto done = configure_tester_end(*netlink, *tester, plan); !done) return tl::unexpected{done.error()};
  if (auto done = configure_target_end(*netlink, *target, plan); !done) return tl::unexpected{done.error()};
  auto socket = open_packet_socket(*tester);
  if (!socket) return tl::unexpected{socket.error()};
  std::unique_ptr<RawLink> link{new RawLink{std::move(*socket), std::move(*netlink), *target, *tester, plan}};
  if (auto ready = link->fence_now(); !ready) return tl::unexpected{ready.error()};
  return link;
}

Result<void> RawLink::send(BytesView datagram) {
  const bool v6 = !datagram.empty() && (octet(datagram[0]) >> 4U) == 6;
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(v6 ? ETH_P_IPV6 : ETH_P_IP);
  address.sll_ifindex = static_cast<int>(tester_end_);
  address.sll_halen = target_mac.size();
  std::memcpy(address.sll_addr, target_mac.data(), target_mac.size());
  for (int attempt = 0; attempt < send_attempts_max; ++attempt) {
    if (::sendto(socket_.get(), datagram.data(), datagram.size(), 0,
                 reinterpret_cast<const sockaddr*>(&address), sizeof address) >= 0) {
      return {};
    }
    if (errno == EINVAL && datagram.empty()) return {};  // nothing to put on the wire
    if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR) break;
    pollfd writable{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
    ::poll(&writable, 1, 1);
  }
  return system_failure("cannot send on the packet socket", errno);
}

Result<std::optional<BytesView>> RawLink::read_frame() {
  while (true) {
    sockaddr_ll from{};
    socklen_t from_octets = sizeof from;
    const ssize_t got = ::recvfrom(socket_.get(), buffer_.data(), buffer_.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &from_octets);
    if (got < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return std::optional<BytesView>{};
      return system_failure("cannot receive from the packet socket", errno);
    }
    const std::uint16_t protocol = ntohs(from.sll_protocol);
    if (protocol != ETH_P_IP && protocol != ETH_P_IPV6) continue;
    return std::optional<BytesView>{BytesView{buffer_.data(), static_cast<std::size_t>(got)}};
  }
}

Result<std::optional<Bytes>> RawLink::receive() {
  if (!waiting_.empty()) {
    Bytes first = std::move(waiting_.front());
    waiting_.pop_front();
    return std::optional<Bytes>{std::move(first)};
  }
  while (true) {
    auto frame = read_frame();
    if (!frame) return tl::unexpected{frame.error()};
    if (!*frame) return std::optional<Bytes>{};
    if (is_chatter(**frame) || fence_number_of(**frame)) continue;
    return std::optional<Bytes>{Bytes{(*frame)->begin(), (*frame)->end()}};
  }
}

Bytes RawLink::echo_request() const {
  wire::Ipv4Header header;
  header.source = fence_addresses_.gateway;
  header.destination = fence_addresses_.target;
  header.protocol = wire::protocol::icmp;
  wire::IcmpMessage echo;
  echo.type = icmp_echo_request;
  echo.rest = (std::uint32_t{fence_identifier} << 16U) | fence_number_;
  return wire::encode({.ip = header, .payload = echo});
}

// Looks at octets, not at a decoded packet: it is asked for each frame of every drain. Nobody but the fence
// uses the router's address.
std::optional<std::uint16_t> RawLink::fence_number_of(BytesView datagram) const {
  constexpr std::size_t header = 20;
  if (datagram.size() < header + 8 || datagram[0] != std::byte{0x45}) return std::nullopt;
  if (octet(datagram[9]) != wire::protocol::icmp || octet(datagram[header]) != icmp_echo_reply) {
    return std::nullopt;
  }
  if (std::memcmp(&datagram[16], fence_addresses_.gateway.octets.data(), 4) != 0) return std::nullopt;
  return static_cast<std::uint16_t>((unsigned{octet(datagram[header + 6])} << 8U) |
                                    octet(datagram[header + 7]));
}

Result<void> RawLink::fence_now() {
  ++fence_number_;
  if (auto sent = send(echo_request()); !sent) return sent;
  while (waiting_.size() < fence_frames_max) {
    auto frame = read_frame();
    if (!frame) return tl::unexpected{frame.error()};
    if (*frame) {
      const auto number = fence_number_of(**frame);
      if (number == fence_number_) return {};
      if (!number && !is_chatter(**frame)) waiting_.emplace_back((*frame)->begin(), (*frame)->end());
      continue;
    }
    pollfd readable{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&readable, 1, fence_wait_ms) == 0) {
      return fail("the target did not answer an echo request within 5 s",
                  "look at net.ipv4.icmp_echo_ignore_all and at what filters the target's packets");
    }
  }
  return fail("the target floods the link");
}

std::uint64_t RawLink::dropped() const {
  // Reading the socket's counter clears it.
  tpacket_stats stats{};
  socklen_t octets = sizeof stats;
  if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &octets) == 0) {
    socket_drops_ += stats.tp_drops;
  }
  std::uint64_t total = socket_drops_;
  for (const InterfaceIndex interface : {target_end_, tester_end_}) {
    if (const auto counters = netlink_.counters(interface)) total += counters->tx_dropped;
  }
  return total;
}

}  // namespace tcpjury::link
