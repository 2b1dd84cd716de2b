/* The C ABI between tcpjury and a TCP stack that runs in its process.
 *
 * A shared object that exports tcpjury_target_entry() is a target: `tcpjury run --target ./libmystack.so`.
 * Everything is single-threaded: the harness calls, the stack answers before it returns (a stack with
 * threads waits in quiesce()). Time is virtual and belongs to the harness: nanoseconds that only advance()
 * moves. All numbers are in host order; addresses and packets are octets in network order.
 *
 * User calls follow RFC 9293 section 3.9.1. They are asynchronous: a call answers at once with what could
 * be done now, and events tell the rest.
 */
#ifndef TCPJURY_TARGET_H
#define TCPJURY_TARGET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TCPJURY_ABI_VERSION 2u

typedef struct tcpjury_target tcpjury_target; /* owned by the adapter, opaque to the harness */
typedef uint32_t tcpjury_handle;              /* a listener or a connection; 0 is never valid */

enum tcpjury_frame_kind {
  TCPJURY_FRAME_IP = 1,      /* a packet is an IP datagram */
  TCPJURY_FRAME_ETHERNET = 2 /* a packet is an Ethernet frame without FCS */
};

/* Capability bits (tcpjury_info.capabilities). A scenario that needs a missing one is not-applicable. */
enum {
  TCPJURY_CAP_IPV4 = 1u << 0,
  TCPJURY_CAP_IPV6 = 1u << 1,
  TCPJURY_CAP_OPEN_PASSIVE = 1u << 2,
  TCPJURY_CAP_OPEN_ACTIVE = 1u << 3,
  TCPJURY_CAP_SEND = 1u << 4,
  TCPJURY_CAP_RECEIVE = 1u << 5, /* bounded, explicit reads: nothing is read unasked */
  TCPJURY_CAP_CLOSE = 1u << 6,   /* no more sends, receiving goes on */
  TCPJURY_CAP_RELEASE = 1u << 7, /* also stop receiving */
  TCPJURY_CAP_ABORT = 1u << 8,
  TCPJURY_CAP_STATUS = 1u << 9,
  TCPJURY_CAP_RESET = 1u << 10, /* reset() exists; without it the worker process is started anew */
  /* SET with the options of enum tcpjury_option: */
  TCPJURY_CAP_NAGLE = 1u << 11,
  TCPJURY_CAP_KEEPALIVE = 1u << 12, /* all options KEEPALIVE... */
  TCPJURY_CAP_USER_TIMEOUT = 1u << 13,
  TCPJURY_CAP_DIFFSERV = 1u << 14,
  TCPJURY_CAP_TTL = 1u << 15,
  TCPJURY_CAP_ERROR_REPORTS = 1u << 16, /* and EVENT_SOFT_ERROR */
  TCPJURY_CAP_URGENT = 1u << 17,        /* SEND and RECEIVE with urgent data, EVENT_URGENT */
  TCPJURY_CAP_SOURCE_ROUTE = 1u << 18   /* active OPEN with a route; passive ones use the return route */
};

typedef struct tcpjury_info {
  uint32_t struct_size;
  uint32_t abi_version;
  const char* name;    /* "lwip" */
  const char* version; /* "2.1.3" */
  uint64_t capabilities;
  uint32_t frame_kind;
  uint32_t msl_ms;           /* the maximum segment lifetime the stack claims; 0: not told */
  uint64_t clock_resolution; /* ns between two looks at its timers; 0: exact */
} tcpjury_info;

enum tcpjury_event_kind {
  TCPJURY_EVENT_OPENED = 1,   /* an active OPEN reached ESTABLISHED */
  TCPJURY_EVENT_ACCEPTED = 2, /* handle: the listener; child: the new connection */
  TCPJURY_EVENT_READABLE = 3, /* RECEIVE would return octets */
  TCPJURY_EVENT_WRITABLE = 4,
  TCPJURY_EVENT_PEER_CLOSED = 5, /* FIN: after the octets before it, no more will come */
  TCPJURY_EVENT_RESET = 6,       /* connection reset or refused by the peer */
  TCPJURY_EVENT_ERROR = 7,       /* any other end, e.g. time-out; text says which */
  TCPJURY_EVENT_CLOSED = 8,      /* an orderly end; the handle is gone */
  TCPJURY_EVENT_URGENT = 9,      /* urgent data is pending, or the urgent pointer advanced */
  TCPJURY_EVENT_SOFT_ERROR = 10  /* ERROR_REPORT (section 3.9.1.8): the connection lives on; text says what */
};

typedef struct tcpjury_event {
  uint32_t struct_size;
  uint32_t kind;
  tcpjury_handle handle;
  tcpjury_handle child;
  uint8_t remote[16]; /* ACCEPTED: the peer's address, 4 or 16 octets as `family` says */
  uint8_t family;     /* 4 or 6 */
  uint16_t remote_port;
  const char* text; /* valid during the callback only; may be NULL */
} tcpjury_event;

typedef struct tcpjury_config {
  uint32_t struct_size;
  uint32_t frame_kind;
  uint32_t mtu;
  uint64_t seed;   /* every random choice of the stack derives from it, as far as it can be told to */
  uint64_t now;    /* the virtual time at start, ns */
  uint8_t ipv4[4]; /* the stack's own address */
  uint8_t ipv4_prefix;
  uint8_t ipv4_gateway[4];
  uint8_t ipv6[16];
  uint8_t ipv6_prefix;
  uint8_t ipv6_gateway[16];
  void* harness; /* passed back by the callbacks */
  void (*packet_out)(void* harness, const uint8_t* octets, size_t length);
  void (*event)(void* harness, const tcpjury_event* event);
  void (*log)(void* harness, const char* text);
  /* What the user asked of this adapter alone, "name=value" separated by spaces, e.g. "fault=syn-ignored";
   * NULL: nothing. start() fails on a name or value it does not know. Valid until start() returns. */
  const char* settings;
} tcpjury_config;

enum tcpjury_call_kind {
  TCPJURY_CALL_OPEN_PASSIVE = 1, /* local_port, backlog -> handle */
  TCPJURY_CALL_OPEN_ACTIVE = 2,  /* remote, remote_port, optional local_port -> handle */
  TCPJURY_CALL_SEND = 3,         /* data, length, urgent -> count accepted (0: try again when WRITABLE) */
  TCPJURY_CALL_RECEIVE = 4,      /* buffer `data`, at most `length` -> count, urgent; 0 with peer_closed */
  TCPJURY_CALL_CLOSE = 5,
  TCPJURY_CALL_RELEASE = 6,
  TCPJURY_CALL_ABORT = 7,
  TCPJURY_CALL_STATUS = 8, /* -> state */
  TCPJURY_CALL_SET = 9     /* option, value: from now on, on this connection alone */
};

/* What SET sets. A time is in nanoseconds, a switch is 0 or 1. */
enum tcpjury_option {
  TCPJURY_OPTION_NAGLE = 1,              /* switch; 0: small segments go out at once (section 3.7.4) */
  TCPJURY_OPTION_KEEPALIVE = 2,          /* switch (section 3.8.4) */
  TCPJURY_OPTION_KEEPALIVE_IDLE = 3,     /* time without anything received before the first probe */
  TCPJURY_OPTION_KEEPALIVE_INTERVAL = 4, /* time between probes */
  TCPJURY_OPTION_KEEPALIVE_COUNT = 5,    /* unanswered probes after which the connection is dead */
  TCPJURY_OPTION_USER_TIMEOUT = 6,       /* time: R2 of what is sent from now on (section 3.8.3) */
  TCPJURY_OPTION_DIFFSERV = 7,           /* the six bits of the codepoint (section 3.9.1.9) */
  TCPJURY_OPTION_TTL = 8,                /* Time to Live or Hop Limit */
  TCPJURY_OPTION_ERROR_REPORTS = 9,      /* switch: EVENT_SOFT_ERROR is told (section 3.9.1.8) */
  TCPJURY_OPTION_URGENT = 10 /* switch: EVENT_URGENT is told, urgent data stays in line (RFC 6093) */
};

typedef struct tcpjury_call {
  uint32_t struct_size;
  uint32_t kind;
  tcpjury_handle handle; /* all calls but the OPENs */
  uint8_t family;        /* the OPENs: 4 or 6 */
  uint8_t remote[16];
  uint16_t remote_port;
  uint16_t local_port;
  uint32_t backlog;
  uint8_t* data;
  size_t length;
  uint8_t urgent;    /* SEND: what it hands over is urgent up to its last octet */
  uint32_t option;   /* SET: enum tcpjury_option */
  uint64_t value;    /* SET */
  uint8_t route[36]; /* OPEN_ACTIVE over IPv4: routers to pass, 4 octets each; 0 after the last */
} tcpjury_call;

/* RFC 9293 section 3.3.2, in its order. */
enum tcpjury_state {
  TCPJURY_CLOSED = 0,
  TCPJURY_LISTEN,
  TCPJURY_SYN_SENT,
  TCPJURY_SYN_RECEIVED,
  TCPJURY_ESTABLISHED,
  TCPJURY_FIN_WAIT_1,
  TCPJURY_FIN_WAIT_2,
  TCPJURY_CLOSE_WAIT,
  TCPJURY_CLOSING,
  TCPJURY_LAST_ACK,
  TCPJURY_TIME_WAIT
};

typedef struct tcpjury_reply {
  uint32_t struct_size;
  tcpjury_handle handle;
  size_t count;
  uint32_t state;      /* enum tcpjury_state */
  uint8_t peer_closed; /* RECEIVE: the end of the peer's data was reached */
  uint8_t urgent;      /* RECEIVE: more urgent data remains to be read (section 3.9.1.3) */
  char error[96];      /* why a call failed, for people */
} tcpjury_reply;

/* Return values of every function that gives an int. */
enum { TCPJURY_OK = 0, TCPJURY_UNSUPPORTED = 1, TCPJURY_FAILED = 2 };

typedef struct tcpjury_vtable {
  uint32_t abi_version; /* TCPJURY_ABI_VERSION */
  uint32_t struct_size;
  void (*info)(tcpjury_info* out);
  /* Brings the stack up. On failure *out is NULL and the log callback has said why. */
  int (*start)(const tcpjury_config* config, tcpjury_target** out);
  void (*stop)(tcpjury_target* target);
  /* Back to the state right after start(), with a new seed and time. NULL when CAP_RESET is not set. */
  int (*reset)(tcpjury_target* target, uint64_t seed, uint64_t now);
  /* One packet from the wire. Everything the stack says at once comes out through packet_out before it
   * returns. */
  int (*packet_in)(tcpjury_target* target, const uint8_t* octets, size_t length);
  /* Moves the clock to `now` (never backwards) and runs what is due. */
  int (*advance)(tcpjury_target* target, uint64_t now);
  /* When advance() will next have something to do, absolute ns; UINT64_MAX: never. Always later than now. */
  uint64_t (*next_timer)(tcpjury_target* target);
  /* Returns when every thread of the stack is idle. NULL for single-threaded stacks. */
  int (*quiesce)(tcpjury_target* target);
  int (*call)(tcpjury_target* target, const tcpjury_call* call, tcpjury_reply* reply);
} tcpjury_vtable;

#if defined(_WIN32)
#define TCPJURY_EXPORT __declspec(dllexport)
#else
#define TCPJURY_EXPORT __attribute__((visibility("default")))
#endif

/* The only symbol a target exports. */
TCPJURY_EXPORT const tcpjury_vtable* tcpjury_target_entry(void);

#ifdef __cplusplus
}
#endif
#endif
