/* What lwIP asks of a compiler and of its surroundings. */
#ifndef TCPJURY_LWIP_CC_H
#define TCPJURY_LWIP_CC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Prints a broken assumption of lwIP and aborts: the process dies, the harness reports it. */
__attribute__((noreturn)) void tcpjury_lwip_assert(const char* message, const char* file, int line);
uint32_t tcpjury_lwip_random(void);
void* tcpjury_lwip_malloc(size_t size);
void* tcpjury_lwip_calloc(size_t count, size_t size);
void tcpjury_lwip_free(void* block);

#ifdef __cplusplus
}
#endif

#define LWIP_PLATFORM_ASSERT(message) tcpjury_lwip_assert(message, __FILE__, __LINE__)
#define LWIP_PLATFORM_DIAG(arguments)
#define LWIP_RAND() tcpjury_lwip_random()

#endif
