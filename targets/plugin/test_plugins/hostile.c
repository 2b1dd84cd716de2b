/* A target that does one thing wrong: which one is chosen when it is compiled (MISDEED_...). */
#include <string.h>

#include "targets/abi/tcpjury_target.h"

struct tcpjury_target {
  tcpjury_config config;
};
static struct tcpjury_target the_target;

static void info(tcpjury_info* out) {
  out->struct_size = sizeof *out;
  out->abi_version = TCPJURY_ABI_VERSION;
  out->name = "hostile";
  out->version = "1";
  out->capabilities = TCPJURY_CAP_IPV4 | TCPJURY_CAP_RESET;
  out->frame_kind = TCPJURY_FRAME_IP;
#if defined(MISDEED_NO_INFO_NAME)
  out->name = NULL;
#elif defined(MISDEED_INFO_SIZE)
  out->struct_size = 7;
#elif defined(MISDEED_NO_FAMILY)
  out->capabilities = TCPJURY_CAP_RESET;
#elif defined(MISDEED_ETHERNET)
  out->frame_kind = TCPJURY_FRAME_ETHERNET;
#elif defined(MISDEED_NO_RESET)
  out->capabilities = TCPJURY_CAP_IPV4;
#endif
}

static int start(const tcpjury_config* config, tcpjury_target** out) {
  the_target.config = *config;
  *out = &the_target;
#if defined(MISDEED_NO_TARGET)
  *out = NULL;
#elif defined(MISDEED_REFUSES_START)
  config->log(config->harness, "the moon is not full");
  return TCPJURY_FAILED;
#endif
  return TCPJURY_OK;
}

static void stop(tcpjury_target* t) { (void)t; }

static int reset(tcpjury_target* t, uint64_t seed, uint64_t now) {
  (void)t, (void)seed, (void)now;
  return TCPJURY_OK;
}

static int packet_in(tcpjury_target* t, const uint8_t* octets, size_t length) {
  static uint8_t huge[70000];
  tcpjury_event event;
  memset(&event, 0, sizeof event);
  event.struct_size = sizeof event;
  (void)t, (void)octets, (void)length, (void)huge;
#if defined(MISDEED_FLOOD)
  for (int i = 0; i < 100000; ++i) t->config.packet_out(t->config.harness, octets, length);
#elif defined(MISDEED_EMPTY_PACKET)
  t->config.packet_out(t->config.harness, octets, 0);
#elif defined(MISDEED_NULL_PACKET)
  t->config.packet_out(t->config.harness, NULL, 40);
#elif defined(MISDEED_HUGE_PACKET)
  t->config.packet_out(t->config.harness, huge, sizeof huge);
#elif defined(MISDEED_BAD_EVENT)
  event.kind = 99;
  t->config.event(t->config.harness, &event);
#elif defined(MISDEED_UNSIZED_EVENT)
  event.struct_size = 0;
  t->config.event(t->config.harness, &event);
#elif defined(MISDEED_CHILD_ZERO)
  event.kind = TCPJURY_EVENT_ACCEPTED;
  event.family = 4;
  t->config.event(t->config.harness, &event);
#endif
  return TCPJURY_OK;
}

static int advance(tcpjury_target* t, uint64_t now) {
  (void)t, (void)now;
  return TCPJURY_OK;
}

static uint64_t next_timer(tcpjury_target* t) {
  (void)t;
#if defined(MISDEED_STUCK_TIMER)
  return 1;
#else
  return UINT64_MAX;
#endif
}

static int call(tcpjury_target* t, const tcpjury_call* c, tcpjury_reply* reply) {
  (void)t;
  reply->handle = 1;
#if defined(MISDEED_ACCEPTS_TOO_MUCH) || defined(MISDEED_RECEIVES_TOO_MUCH)
  reply->count = c->length + 1;
#elif defined(MISDEED_NO_HANDLE)
  reply->handle = 0;
#elif defined(MISDEED_UNKNOWN_STATE)
  reply->state = 11;
#endif
  (void)c;
  return TCPJURY_OK;
}

const tcpjury_vtable* tcpjury_target_entry(void) {
  static tcpjury_vtable table = {TCPJURY_ABI_VERSION, sizeof table, info,       start, stop, reset,
                                 packet_in,           advance,      next_timer, NULL,  call};
#if defined(MISDEED_NO_VTABLE)
  return NULL;
#elif defined(MISDEED_OLD_ABI)
  table.abi_version = 0;
#elif defined(MISDEED_SHORT_VTABLE)
  table.struct_size = 16;
#elif defined(MISDEED_NO_CALL)
  table.call = NULL;
#elif defined(MISDEED_RESET_MISSING)
  table.reset = NULL;
#elif defined(MISDEED_NO_RESET)
  table.reset = NULL;
#endif
  return &table;
}
