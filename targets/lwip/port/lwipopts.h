/* lwIP's configuration as a target: everything TCP has to offer, nothing the wire does not ask for. */
#ifndef TCPJURY_LWIPOPTS_H
#define TCPJURY_LWIPOPTS_H

/* One thread, no operating system: the harness is the main loop. */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_TIMERS 1

/* Every pbuf and control block is an own block of the tracked heap: no pool ever runs dry, the sanitizers see
 * each block, and a reset can free them all. */
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 8
#define mem_clib_malloc tcpjury_lwip_malloc
#define mem_clib_calloc tcpjury_lwip_calloc
#define mem_clib_free tcpjury_lwip_free

#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_ICMP 1
#define LWIP_ICMP6 1
#define LWIP_RAW 0
#define LWIP_UDP 0
#define LWIP_TCP 1
#define LWIP_DNS 0
#define LWIP_ARP 0
#define LWIP_ETHERNET 0
#define LWIP_DHCP 0
#define LWIP_AUTOIP 0
#define LWIP_IGMP 0
#define LWIP_HAVE_LOOPIF 0
#define LWIP_NETIF_LOOPBACK 0
#define IP_REASSEMBLY 1
#define IP_FRAG 1
#define IP_REASS_MAX_PBUFS 64
#define IPV6_FRAG_COPYHEADER 1 /* pointers of 64 bits do not fit into the fragment header's own fields */
/* A link without routers and neighbours: no chatter of its own on the wire. */
#define LWIP_IPV6_MLD 0
#define LWIP_IPV6_DHCP6 0
#define LWIP_IPV6_AUTOCONFIG 0
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 0
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 0

/* TCP with all its options. The window is the size embedded systems with some memory use; it exceeds neither
 * 64 KiB nor a multiple of the scale factor, so peers with and without window scaling see the same one. */
#define TCP_MSS 1460
#define TCP_WND (32 * TCP_MSS)
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 1
#define TCP_SND_BUF (32 * TCP_MSS)
#define TCP_SND_QUEUELEN 256
#define TCP_QUEUE_OOSEQ 1
#define LWIP_TCP_SACK_OUT 1
#define LWIP_TCP_TIMESTAMPS 1
#define LWIP_TCP_KEEPALIVE 1
#define TCP_LISTEN_BACKLOG 1
#define LWIP_TCP_PCB_NUM_EXT_ARGS 1 /* tells the adapter when lwIP frees a control block */

#define LWIP_STATS 0
#define LWIP_NETIF_HOSTNAME 0
#define LWIP_NETIF_STATUS_CALLBACK 0

#define LWIP_HOOK_FILENAME "hooks.h"

#endif
