/* The smallest well-behaved target: it returns every packet to its sender, ticks once a second with a packet
 * of one octet, and keeps what is sent for whoever receives. */
#include <stdlib.h>
#include <string.h>

#include "targets/abi/tcpjury_target.h"

enum { room = 8 };
static const uint64_t second = 1000000000u;

struct tcpjury_target {
  tcpjury_config config;
  uint64_t now;
  uint64_t start;
  uint8_t first_tick; /* the setting tick=N, N one digit, adds to the seed */
  uint8_t ticks;
  uint8_t kept[room];
  size_t kept_length;
};

static void info(tcpjury_info* out) {
  out->struct_size = sizeof *out;
  out->abi_version = TCPJURY_ABI_VERSION;
  out->name = "echo";
  out->version = "1.0";
  out->capabilities = TCPJURY_CAP_IPV4 | TCPJURY_CAP_OPEN_PASSIVE | TCPJURY_CAP_SEND | TCPJURY_CAP_RECEIVE |
                      TCPJURY_CAP_STATUS | TCPJURY_CAP_RESET;
  out->frame_kind = TCPJURY_FRAME_IP;
  out->msl_ms = 30000;
  out->clock_resolution = second;
}

static int reset(tcpjury_target* t, uint64_t seed, uint64_t now) {
  t->config.seed = seed;
  t->now = t->start = now;
  t->ticks = (uint8_t)(seed + t->first_tick);
  t->kept_length = 0;
  return TCPJURY_OK;
}

static int start(const tcpjury_config* config, tcpjury_target** out) {
  const char* settings = config->settings == NULL ? "tick=0" : config->settings;
  *out = NULL;
  if (strncmp(settings, "tick=", 5) != 0 || strlen(settings) != 6) {
    config->log(config->harness, settings);
    return TCPJURY_FAILED;
  }
  *out = calloc(1, sizeof **out);
  if (*out == NULL) return TCPJURY_FAILED;
  (*out)->config = *config;
  (*out)->config.settings = NULL;
  (*out)->first_tick = (uint8_t)(settings[5] - '0');
  return reset(*out, config->seed, config->now);
}

static void stop(tcpjury_target* t) { free(t); }

static int packet_in(tcpjury_target* t, const uint8_t* octets, size_t length) {
  t->config.packet_out(t->config.harness, octets, length);
  return TCPJURY_OK;
}

static uint64_t next_timer(tcpjury_target* t) {
  return t->start + ((t->now - t->start) / second + 1) * second;
}

static int advance(tcpjury_target* t, uint64_t now) {
  while (next_timer(t) <= now) {
    t->now = next_timer(t);
    t->config.packet_out(t->config.harness, &t->ticks, 1);
    ++t->ticks;
  }
  t->now = now;
  return TCPJURY_OK;
}

static int open_passive(tcpjury_target* t, const tcpjury_call* call, tcpjury_reply* reply) {
  tcpjury_event event = {.struct_size = sizeof event,
                         .kind = TCPJURY_EVENT_ACCEPTED,
                         .handle = 1,
                         .child = 2,
                         .remote = {198, 51, 100, 7},
                         .family = call->family,
                         .remote_port = call->local_port,
                         .text = "somebody came"};
  t->config.event(t->config.harness, &event);
  reply->handle = 1;
  return TCPJURY_OK;
}

static int call(tcpjury_target* t, const tcpjury_call* c, tcpjury_reply* reply) {
  switch (c->kind) {
    case TCPJURY_CALL_OPEN_PASSIVE:
      return open_passive(t, c, reply);
    case TCPJURY_CALL_SEND:
      reply->count = c->length < room - t->kept_length ? c->length : room - t->kept_length;
      memcpy(t->kept + t->kept_length, c->data, reply->count);
      t->kept_length += reply->count;
      return TCPJURY_OK;
    case TCPJURY_CALL_RECEIVE:
      reply->count = c->length < t->kept_length ? c->length : t->kept_length;
      memcpy(c->data, t->kept, reply->count);
      memmove(t->kept, t->kept + reply->count, t->kept_length - reply->count);
      t->kept_length -= reply->count;
      reply->peer_closed = t->kept_length == 0;
      return TCPJURY_OK;
    case TCPJURY_CALL_STATUS:
      reply->state = TCPJURY_CLOSE_WAIT;
      return TCPJURY_OK;
    case TCPJURY_CALL_CLOSE:
      strcpy(reply->error, "connection closing");
      return TCPJURY_FAILED;
    default:
      return TCPJURY_UNSUPPORTED;
  }
}

const tcpjury_vtable* tcpjury_target_entry(void) {
  static const tcpjury_vtable table = {TCPJURY_ABI_VERSION, sizeof table, info,       start, stop, reset,
                                       packet_in,           advance,      next_timer, NULL,  call};
  return &table;
}
