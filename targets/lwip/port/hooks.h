/* Hooks that lwIP calls: initial sequence numbers come from the seed. */
#ifndef TCPJURY_LWIP_HOOKS_H
#define TCPJURY_LWIP_HOOKS_H

#include "lwip/ip_addr.h"

#ifdef __cplusplus
extern "C" {
#endif

u32_t tcpjury_lwip_isn(const ip_addr_t* local_ip, u16_t local_port, const ip_addr_t* remote_ip,
                       u16_t remote_port);

#ifdef __cplusplus
}
#endif

#define LWIP_HOOK_TCP_ISN tcpjury_lwip_isn

#endif
