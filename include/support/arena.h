/* Bump allocator: the owner of nearly all memory. Everything dies with the arena, or at arena_release.
 * Memory is mapped in large huge-page-advised blocks and reused after release, since freshly touched pages are slow.
 * Out of memory ends the process with a message: no caller could do better. Not thread-safe. */
#ifndef SUPPORT_ARENA_H
#define SUPPORT_ARENA_H

#include "support/base.h"

struct arena;
struct arena_mark {
    size_t block, used;
};

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL-safe */

/* n * size bytes, 64-byte aligned, contents undefined. n * size == 0 gives a valid pointer that must not be read.
 * Overflow of n * size counts as out of memory. */
void *arena_alloc(struct arena *arena, size_t n, size_t size);
void *arena_zalloc(struct arena *arena, size_t n, size_t size); /* the same, zeroed */
/* Bytes packed without alignment, for strings. */
char *arena_bytes(struct arena *arena, size_t n);
char *arena_copy(struct arena *arena, const void *p, size_t n);                     /* n bytes, not terminated */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3); /* zero-terminated */

/* The arena owns these pages (of pages_map in src/support/memory.h, any contents) from now on and may hand them out.
 * size: in bytes, as they were mapped. */
void arena_adopt(struct arena *arena, void *pages, size_t size);
/* Memory taken after the mark is given back for reuse by this arena (not to the system). */
struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct arena_mark mark);
size_t arena_used(const struct arena *arena); /* bytes handed out and alive */

#define ARENA_ARRAY(arena, type, n)  ((type *)arena_alloc(arena, n, sizeof(type)))
#define ARENA_ZARRAY(arena, type, n) ((type *)arena_zalloc(arena, n, sizeof(type)))

#endif
