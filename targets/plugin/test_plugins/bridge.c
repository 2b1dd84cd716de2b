/* A target that speaks Ethernet: it answers ARP for its address, asks for its gateway's before it sends, and
 * then returns every IPv4 datagram. */
#include <string.h>

#include "targets/abi/tcpjury_target.h"

enum { header = 14, arp_length = 28, largest = 1514 };

struct tcpjury_target {
  tcpjury_config config;
  uint8_t gateway[6];
  int gateway_known;
  uint8_t kept[largest];
  size_t kept_length;
};
static struct tcpjury_target the_target;
static const uint8_t own[6] = {2, 0, 0, 0, 0, 0xaa};

static void info(tcpjury_info* out) {
  out->struct_size = sizeof *out;
  out->abi_version = TCPJURY_ABI_VERSION;
  out->name = "bridge";
  out->version = "1";
  out->capabilities = TCPJURY_CAP_IPV4 | TCPJURY_CAP_RESET;
  out->frame_kind = TCPJURY_FRAME_ETHERNET;
}

static int reset(tcpjury_target* t, uint64_t seed, uint64_t now) {
  (void)seed, (void)now;
  t->gateway_known = 0;
  t->kept_length = 0;
  return TCPJURY_OK;
}

static int start(const tcpjury_config* config, tcpjury_target** out) {
  the_target.config = *config;
  *out = &the_target;
  return reset(*out, 0, 0);
}

static void stop(tcpjury_target* t) { (void)t; }

static void send_frame(tcpjury_target* t, uint8_t* frame, size_t length) {
  memcpy(frame + 6, own, 6);
  t->config.packet_out(t->config.harness, frame, length);
}

static void send_arp(tcpjury_target* t, uint8_t operation, const uint8_t* to_mac, const uint8_t* to_address) {
  static const uint8_t fixed[] = {8, 6, 0, 1, 8, 0, 6, 4, 0};
  uint8_t frame[header + arp_length] = {0};
  memcpy(frame, to_mac, 6);
  memcpy(frame + 12, fixed, sizeof fixed);
  frame[header + 7] = operation;
  memcpy(frame + header + 8, own, 6);
  memcpy(frame + header + 14, t->config.ipv4, 4);
  memcpy(frame + header + 18, to_mac, 6);
  memcpy(frame + header + 24, to_address, 4);
  send_frame(t, frame, sizeof frame);
}

static void send_kept(tcpjury_target* t) {
  memcpy(t->kept, t->gateway, 6);
  send_frame(t, t->kept, t->kept_length);
  t->kept_length = 0;
}

static int packet_in(tcpjury_target* t, const uint8_t* frame, size_t length) {
  static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  const uint8_t* arp = frame + header;
  if (length < header || length > largest) return TCPJURY_FAILED;
  if (frame[12] == 8 && frame[13] == 6) {
    if (arp[7] == 1 && memcmp(arp + 24, t->config.ipv4, 4) == 0) send_arp(t, 2, arp + 8, arp + 14);
    if (arp[7] == 2) {
      memcpy(t->gateway, arp + 8, 6);
      t->gateway_known = 1;
      if (t->kept_length != 0) send_kept(t);
    }
    return TCPJURY_OK;
  }
  memcpy(t->kept, frame, length);
  t->kept_length = length;
  if (t->gateway_known)
    send_kept(t);
  else
    send_arp(t, 1, everybody, t->config.ipv4_gateway);
  return TCPJURY_OK;
}

static int advance(tcpjury_target* t, uint64_t now) {
  (void)t, (void)now;
  return TCPJURY_OK;
}
static uint64_t next_timer(tcpjury_target* t) {
  (void)t;
  return UINT64_MAX;
}
static int call(tcpjury_target* t, const tcpjury_call* c, tcpjury_reply* reply) {
  (void)t, (void)c, (void)reply;
  return TCPJURY_UNSUPPORTED;
}

const tcpjury_vtable* tcpjury_target_entry(void) {
  static const tcpjury_vtable table = {TCPJURY_ABI_VERSION, sizeof table, info,       start, stop, reset,
                                       packet_in,           advance,      next_timer, NULL,  call};
  return &table;
}
