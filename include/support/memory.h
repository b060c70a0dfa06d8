/* Heap memory that cannot fail: out of memory ends the process with a message. */
#ifndef SUPPORT_MEMORY_H
#define SUPPORT_MEMORY_H

#include "support/base.h"

NO_RETURN void out_of_memory(size_t bytes);
void *heap_zalloc(size_t n, size_t size);
void *heap_realloc(void *p, size_t n, size_t size);
char *heap_strdup(const char *text);

/* Bytes that the system says can be had without swapping; of the whole node. */
size_t memory_available(void);

#define HUGE_PAGE ((size_t)2 << 20)
/* Zeroed pages straight from the system, advised to be huge. size: a multiple of HUGE_PAGE. */
void *pages_map(size_t size);
void pages_unmap(void *p, size_t size);

#endif
