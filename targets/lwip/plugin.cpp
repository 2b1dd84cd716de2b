// The C ABI over lwIP: what `tcpjury run --target tcpjury_target_lwip.so` loads.
#include <cstring>

#include "lwip/init.h"
#include "lwip/priv/tcp_priv.h"
#include "stack.h"
#include "tcpjury_target.h"

struct tcpjury_target {
  tcpjury::lwip::Stack stack;
};

namespace {

void info(tcpjury_info* out) {
  out->struct_size = sizeof *out;
  out->abi_version = TCPJURY_ABI_VERSION;
  out->name = "lwip";
  out->version = LWIP_VERSION_STRING;
  out->capabilities = TCPJURY_CAP_IPV4 | TCPJURY_CAP_IPV6 | TCPJURY_CAP_OPEN_PASSIVE |
                      TCPJURY_CAP_OPEN_ACTIVE | TCPJURY_CAP_SEND | TCPJURY_CAP_RECEIVE | TCPJURY_CAP_CLOSE |
                      TCPJURY_CAP_RELEASE | TCPJURY_CAP_ABORT | TCPJURY_CAP_STATUS | TCPJURY_CAP_RESET |
                      TCPJURY_CAP_NAGLE | TCPJURY_CAP_KEEPALIVE | TCPJURY_CAP_DIFFSERV | TCPJURY_CAP_TTL;
  out->frame_kind = TCPJURY_FRAME_IP;
  out->msl_ms = TCP_MSL;
  out->clock_resolution = std::uint64_t{TCP_TMR_INTERVAL} * 1'000'000;
}

int refuse(const tcpjury_config& config, const char* why) {
  if (config.log != nullptr) config.log(config.harness, why);
  return TCPJURY_FAILED;
}

int start(const tcpjury_config* config, tcpjury_target** out) {
  *out = nullptr;
  if (config->struct_size != sizeof *config) return TCPJURY_FAILED;
  if (config->frame_kind != TCPJURY_FRAME_IP) return refuse(*config, "lwip: only IP frames are spoken");
  if (config->mtu < 576 || config->mtu > 65'535) return refuse(*config, "lwip: the MTU must be 576 to 65535");
  if (config->settings != nullptr && *config->settings != '\0')
    return refuse(*config, "lwip: it has no settings");
  if (config->ipv4_prefix > 32) return refuse(*config, "lwip: the IPv4 prefix exceeds 32");
  if (tcpjury::lwip::Stack::current() != nullptr)
    return refuse(*config,
                  "lwip: it keeps its state in static variables, so there can be only one at a time");
  *out = new tcpjury_target{.stack = tcpjury::lwip::Stack{*config}};
  return TCPJURY_OK;
}

void stop(tcpjury_target* target) { delete target; }

int reset(tcpjury_target* target, uint64_t seed, uint64_t now) {
  target->stack.reset(seed, now);
  return TCPJURY_OK;
}

int packet_in(tcpjury_target* target, const uint8_t* octets, size_t length) {
  return target->stack.packet_in(octets, length);
}

int advance(tcpjury_target* target, uint64_t now) {
  target->stack.advance(now);
  return TCPJURY_OK;
}

uint64_t next_timer(tcpjury_target* target) { return target->stack.next_timer(); }

int call(tcpjury_target* target, const tcpjury_call* call, tcpjury_reply* reply) {
  if (call->struct_size != sizeof *call || reply->struct_size != sizeof *reply) return TCPJURY_FAILED;
  *reply = tcpjury_reply{};
  reply->struct_size = sizeof *reply;
  return target->stack.call(*call, *reply);
}

}  // namespace

extern "C" const tcpjury_vtable* tcpjury_target_entry(void) {
  static const tcpjury_vtable table{.abi_version = TCPJURY_ABI_VERSION,
                                    .struct_size = sizeof(tcpjury_vtable),
                                    .info = info,
                                    .start = start,
                                    .stop = stop,
                                    .reset = reset,
                                    .packet_in = packet_in,
                                    .advance = advance,
                                    .next_timer = next_timer,
                                    .quiesce = nullptr,
                                    .call = call};
  return &table;
}
