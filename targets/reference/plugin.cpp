// The C ABI over this stack: what `tcpjury run --target reference` loads.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "targets/reference/stack.h"

struct tcpjury_target {
  tcpjury::reference::Stack stack;
};

namespace {

using tcpjury::reference::Host;
using tcpjury::reference::Settings;
using tcpjury::reference::Stack;

void info(tcpjury_info* out) {
  out->struct_size = sizeof *out;
  out->abi_version = TCPJURY_ABI_VERSION;
  out->name = "reference";
  out->version = "1.0";
  out->capabilities = TCPJURY_CAP_IPV4 | TCPJURY_CAP_IPV6 | TCPJURY_CAP_OPEN_PASSIVE |
                      TCPJURY_CAP_OPEN_ACTIVE | TCPJURY_CAP_SEND | TCPJURY_CAP_RECEIVE | TCPJURY_CAP_CLOSE |
                      TCPJURY_CAP_RELEASE | TCPJURY_CAP_ABORT | TCPJURY_CAP_STATUS | TCPJURY_CAP_RESET |
                      TCPJURY_CAP_NAGLE | TCPJURY_CAP_KEEPALIVE | TCPJURY_CAP_USER_TIMEOUT |
                      TCPJURY_CAP_DIFFSERV | TCPJURY_CAP_TTL | TCPJURY_CAP_ERROR_REPORTS |
                      TCPJURY_CAP_URGENT | TCPJURY_CAP_SOURCE_ROUTE;
  out->frame_kind = TCPJURY_FRAME_IP;
  out->msl_ms = static_cast<std::uint32_t>(Host::msl() / tcpjury::reference::milliseconds);
  out->clock_resolution = 0;
}

int refuse(const tcpjury_config& config, const std::string& why) {
  if (config.log != nullptr) config.log(config.harness, ("reference: " + why).c_str());
  return TCPJURY_FAILED;
}

int start(const tcpjury_config* config, tcpjury_target** out) {
  *out = nullptr;
  if (config->struct_size != sizeof *config) return TCPJURY_FAILED;
  if (config->frame_kind != TCPJURY_FRAME_IP) return refuse(*config, "only IP frames are spoken");
  if (config->mtu < 1280 || config->mtu > 65'535) return refuse(*config, "the MTU must be 1280 to 65535");
  if (config->ipv4_prefix > 32) return refuse(*config, "the IPv4 prefix exceeds 32");
  const auto settings = Settings::parse(config->settings == nullptr ? "" : config->settings);
  if (!settings) {
    const auto& error = settings.error();
    return refuse(*config,
                  error.hint.empty() ? error.message : fmt::format("{}; {}", error.message, error.hint));
  }
  *out = std::make_unique<tcpjury_target>(tcpjury_target{.stack = Stack{*config, *settings}}).release();
  return TCPJURY_OK;
}

void stop(tcpjury_target* target) { const std::unique_ptr<tcpjury_target> owner{target}; }

int reset(tcpjury_target* target, uint64_t seed, uint64_t now) {
  target->stack.reset(seed, now);
  return TCPJURY_OK;
}

int packet_in(tcpjury_target* target, const uint8_t* octets, size_t length) {
  const void* start = octets;
  target->stack.packet_in({static_cast<const std::byte*>(start), length});
  return TCPJURY_OK;
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
