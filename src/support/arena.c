#include "support/arena.h"

#include "support/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISONING 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONING 1
#endif
#endif
#ifdef POISONING
#include <sanitizer/asan_interface.h>
#define HIDE(p, n) __asan_poison_memory_region(p, n)
#define SHOW(p, n) __asan_unpoison_memory_region(p, n)
#else
#define HIDE(p, n) ((void)(p), (void)(n))
#define SHOW(p, n) ((void)(p), (void)(n))
#endif

#define ALIGNMENT  64
#define BLOCK_MOST ((size_t)256 << 20)

struct block {
    char *p;
    size_t size;
    size_t used;  /* final use of a block before the current one */
    size_t dirty; /* bytes from here on were never handed out, so they are still zero */
};

/* Blocks before `current` hold living memory, those behind it are spare. */
struct arena {
    struct block *blocks;
    size_t n, current, used;
};

struct arena *arena_new(void)
{
    return heap_zalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (size_t i = 0; i < arena->n; i++) {
        SHOW(arena->blocks[i].p, arena->blocks[i].size);
        pages_unmap(arena->blocks[i].p, arena->blocks[i].size);
    }
    free(arena->blocks);
    free(arena);
}

static void append_block(struct arena *arena, size_t bytes)
{
    size_t size = HUGE_PAGE;
    for (size_t i = 0; i < arena->n && size < BLOCK_MOST; i++)
        size *= 2;
    if (bytes > SIZE_MAX / 2)
        out_of_memory(bytes);
    if (size < bytes)
        size = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    arena->blocks = heap_realloc(arena->blocks, arena->n + 1, sizeof(struct block));
    arena->blocks[arena->n] = (struct block){pages_map(size), size, 0, 0};
    HIDE(arena->blocks[arena->n].p, size);
    arena->n++;
}

void arena_adopt(struct arena *arena, void *pages, size_t size)
{
    arena->blocks = heap_realloc(arena->blocks, arena->n + 1, sizeof(struct block));
    arena->blocks[arena->n] = (struct block){pages, size, 0, size};
    HIDE(pages, size);
    arena->n++;
}

/* Makes current a block that is empty and large enough; smaller spare ones stay behind it for later. */
static void next_block(struct arena *arena, size_t bytes)
{
    size_t next = arena->n ? arena->current + 1 : 0;
    size_t found = next;
    while (found < arena->n && arena->blocks[found].size < bytes)
        found++;
    if (found == arena->n)
        append_block(arena, bytes);
    struct block taken = arena->blocks[found];
    arena->blocks[found] = arena->blocks[next];
    arena->blocks[next] = taken;
    if (next > 0)
        arena->blocks[arena->current].used = arena->used;
    arena->current = next;
    arena->used = 0;
}

/* *clean: how many of the bytes, at the end, are known to be zero. */
static char *take(struct arena *arena, size_t bytes, size_t alignment, size_t *clean)
{
    size_t start = (arena->used + alignment - 1) / alignment * alignment;
    if (arena->n == 0 || start > arena->blocks[arena->current].size ||
        bytes > arena->blocks[arena->current].size - start) {
        next_block(arena, bytes);
        start = 0;
    }
    struct block *block = &arena->blocks[arena->current];
    size_t end = start + bytes;
    arena->used = end;
    *clean = block->dirty >= end ? 0 : min_size(end - block->dirty, bytes);
    if (block->dirty < end)
        block->dirty = end;
    SHOW(block->p + start, bytes);
    return block->p + start;
}

static size_t product(size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    return n * size;
}

void *arena_alloc(struct arena *arena, size_t n, size_t size)
{
    size_t clean;
    return take(arena, product(n, size), ALIGNMENT, &clean);
}

void *arena_zalloc(struct arena *arena, size_t n, size_t size)
{
    size_t clean, bytes = product(n, size);
    char *p = take(arena, bytes, ALIGNMENT, &clean);
    memset(p, 0, bytes - clean);
    return p;
}

char *arena_bytes(struct arena *arena, size_t n)
{
    size_t clean;
    return take(arena, n, 1, &clean);
}

char *arena_copy(struct arena *arena, const void *p, size_t n)
{
    char *copy = arena_bytes(arena, n);
    if (n)
        memcpy(copy, p, n);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ASSERT(n >= 0);
    char *p = arena_bytes(arena, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return p;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->current, arena->used};
}

void arena_release(struct arena *arena, struct arena_mark mark)
{
    ASSERT(mark.block < arena->current || (mark.block == arena->current && mark.used <= arena->used));
    for (size_t i = mark.block; i <= arena->current && i < arena->n; i++) {
        size_t keep = i == mark.block ? mark.used : 0;
        HIDE(arena->blocks[i].p + keep, arena->blocks[i].size - keep);
    }
    arena->current = mark.block;
    arena->used = mark.used;
}

size_t arena_used(const struct arena *arena)
{
    size_t total = arena->used;
    for (size_t i = 0; i < arena->current; i++)
        total += arena->blocks[i].used;
    return total;
}
