#include "support/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void out_of_memory(size_t bytes)
{
    if (bytes == SIZE_MAX)
        fprintf(stderr, "benomaly: out of memory: more was asked for than can be addressed\n");
    else
        fprintf(stderr, "benomaly: out of memory: %zu more bytes were refused\n", bytes);
    _exit(EXIT_FAILURE); /* no handlers: other ranks may be waiting, and the launcher ends them */
}

void *heap_zalloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p)
        out_of_memory(size && n > SIZE_MAX / size ? SIZE_MAX : n * size);
    return p;
}

void *heap_realloc(void *p, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    size_t bytes = n * size;
    void *moved = realloc(p, bytes ? bytes : 1);
    if (!moved)
        out_of_memory(bytes);
    return moved;
}

char *heap_strdup(const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(heap_realloc(NULL, n, 1), text, n);
}

/* At an address that is a multiple of HUGE_PAGE too: else huge pages do not apply. */
void *pages_map(size_t size)
{
    char *p = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        out_of_memory(size);
    size_t head = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
    if (head)
        munmap(p, head);
    munmap(p + head + size, HUGE_PAGE - head);
    p += head;
#ifdef MADV_HUGEPAGE
    madvise(p, size, MADV_HUGEPAGE); /* only advice: refusal is harmless */
#endif
    return p;
}

void pages_unmap(void *p, size_t size)
{
    munmap(p, size);
}

size_t memory_available(void)
{
    char line[128];
    unsigned long long kib = 0;
    FILE *file = fopen("/proc/meminfo", "r");
    while (file && kib == 0 && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %llu kB", &kib) != 1)
            kib = 0;
    if (file)
        fclose(file);
    if (kib > 0)
        return (size_t)kib * 1024;
    return (size_t)sysconf(_SC_AVPHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
}
