#include "stack.h"

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "address.h"
#include "arch/cc.h"
#include "hooks.h"
#include "lwip/init.h"
#include "lwip/ip.h"
#include "lwip/timeouts.h"

namespace tcpjury::lwip {
namespace {

Stack* the_stack = nullptr;

// SplitMix64's finalizer: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d0'49bb'1331'11ebULL;
  return z ^ (z >> 31U);
}

std::uint64_t absorb(std::uint64_t state, const ip_addr_t& address) {
  std::uint8_t octets[16] = {};
  address_to(address, octets);
  for (const auto octet : octets) state = mix(state + octet + 1);
  return state;
}

}  // namespace

Stack* Stack::current() { return the_stack; }

Stack::Stack(const tcpjury_config& config) : config_{config}, connections_{config_} {
  the_stack = this;  // before the copy is made, so that a reset does not forget it
  pristine_ = std::make_unique<Image>();
  reset(config.seed, config.now);
}

Stack::~Stack() {
  connections_.forget();
  heap_.release_all();
  pristine_->restore();
  the_stack = nullptr;
}

void Stack::reset(std::uint64_t seed, std::uint64_t now) {
  connections_.forget();
  heap_.release_all();
  pristine_->restore();
  now_ = now;
  random_ = seed;
  isn_key_ = mix(seed ^ 0x6973'6e5f'6b65'7921ULL);
  bring_up();
}

void Stack::bring_up() {
  interface_ = netif{};
  lwip_init();
  const auto address = address4_from(config_.ipv4);
  const auto gateway = address4_from(config_.ipv4_gateway);
  const auto bits = config_.ipv4_prefix;
  const ip4_addr_t mask{lwip_htonl(bits == 0 ? 0U : 0xffff'ffffU << (32U - bits))};
  netif_add(&interface_, &address, &mask, &gateway, this, &Stack::set_up_interface, &ip_input);
  // Index 0 is lwIP's place for the link-local address, which a link without neighbours does not need.
  constexpr s8_t index = 1;
  const auto address6 = address6_from(config_.ipv6);
  netif_ip6_addr_set(&interface_, index, &address6);
  netif_ip6_addr_set_state(&interface_, index, IP6_ADDR_PREFERRED);
  netif_set_default(&interface_);
  netif_set_up(&interface_);
}

err_t Stack::set_up_interface(netif* interface) {
  auto* self = static_cast<Stack*>(interface->state);
  interface->name[0] = 't';
  interface->name[1] = 'j';
  interface->mtu = static_cast<u16_t>(self->config_.mtu);
  interface->mtu6 = interface->mtu;
  interface->output = &Stack::output_v4;
  interface->output_ip6 = &Stack::output_v6;
  interface->flags = NETIF_FLAG_LINK_UP;
  return ERR_OK;
}

err_t Stack::output_v4(netif* interface, pbuf* octets, const ip4_addr_t*) {
  static_cast<Stack*>(interface->state)->output(octets);
  return ERR_OK;
}

err_t Stack::output_v6(netif* interface, pbuf* octets, const ip6_addr_t*) {
  static_cast<Stack*>(interface->state)->output(octets);
  return ERR_OK;
}

void Stack::output(pbuf* octets) {
  std::vector<std::uint8_t> datagram(octets->tot_len);
  pbuf_copy_partial(octets, datagram.data(), octets->tot_len, 0);
  config_.packet_out(config_.harness, datagram.data(), datagram.size());
}

int Stack::packet_in(const std::uint8_t* octets, std::size_t length) {
  if (length == 0 || length > std::numeric_limits<u16_t>::max()) return TCPJURY_OK;  // no link carries it
  auto* buffer = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(length), PBUF_RAM);
  if (buffer == nullptr) return TCPJURY_FAILED;
  pbuf_take(buffer, octets, static_cast<u16_t>(length));
  if (interface_.input(buffer, &interface_) != ERR_OK) pbuf_free(buffer);
  connections_.settle();
  return TCPJURY_OK;
}

void Stack::advance(std::uint64_t now) {
  for (auto due = next_timer(); due <= now; due = next_timer()) {
    now_ = due;
    sys_check_timeouts();
    connections_.settle();
  }
  now_ = now;
}

std::uint64_t Stack::next_timer() const {
  const auto sleep = sys_timeouts_sleeptime();
  if (sleep == SYS_TIMEOUTS_SLEEPTIME_INFINITE) return std::numeric_limits<std::uint64_t>::max();
  const auto due = (now_ / ns_per_ms + sleep) * ns_per_ms;
  return due > now_ ? due : now_ + 1;
}

int Stack::call(const tcpjury_call& call, tcpjury_reply& reply) {
  const int result = connections_.call(call, reply);
  connections_.settle();
  return result;
}

std::uint32_t Stack::random() {
  random_ += 0x9e37'79b9'7f4a'7c15ULL;
  return static_cast<std::uint32_t>(mix(random_) >> 32U);
}

std::uint32_t Stack::initial_sequence_number(const ip_addr_t& local_ip, std::uint16_t local_port,
                                             const ip_addr_t& remote_ip, std::uint16_t remote_port) const {
  auto hash = absorb(absorb(isn_key_, local_ip), remote_ip);
  hash = mix(hash + (std::uint64_t{local_port} << 16U) + remote_port);
  constexpr std::uint64_t tick = 4'000;  // M increments about every four microseconds
  return static_cast<std::uint32_t>(now_ / tick + (hash >> 32U));
}

}  // namespace tcpjury::lwip

// What lwIP asks of its surroundings (port/arch/cc.h, port/hooks.h, lwip/sys.h).
extern "C" {

void tcpjury_lwip_assert(const char* message, const char* file, int line) {
  std::fprintf(stderr, "lwIP assertion \"%s\" failed at %s:%d\n", message, file, line);
  std::fflush(stderr);
  std::abort();
}

uint32_t tcpjury_lwip_random(void) { return tcpjury::lwip::Stack::current()->random(); }

void* tcpjury_lwip_malloc(size_t size) { return tcpjury::lwip::Stack::current()->heap().allocate(size); }

void* tcpjury_lwip_calloc(size_t count, size_t size) {
  auto* block = tcpjury_lwip_malloc(count * size);
  if (block != nullptr) std::memset(block, 0, count * size);
  return block;
}

void tcpjury_lwip_free(void* block) { tcpjury::lwip::Stack::current()->heap().release(block); }

u32_t sys_now(void) { return tcpjury::lwip::Stack::current()->milliseconds(); }

u32_t tcpjury_lwip_isn(const ip_addr_t* local_ip, u16_t local_port, const ip_addr_t* remote_ip,
                       u16_t remote_port) {
  return tcpjury::lwip::Stack::current()->initial_sequence_number(*local_ip, local_port, *remote_ip,
                                                                  remote_port);
}

}  // extern "C"
