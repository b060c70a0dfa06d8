/* Lines, their hashes and expected vectors, and a file for them: for the unit tests of files of vectors. */
#ifndef VECTOR_FIXTURE_H
#define VECTOR_FIXTURE_H

#include "standin_test.h"

#include "vector_test.h"

struct fixture {
    struct test_folder folder;
    char path[128];
    struct arena *arena;
    struct str *line;    /* [n] */
    struct hash128 *key; /* [n] */
    float *x;            /* [n * d] */
};

static inline int fixture_make(void **state, const char *name, size_t n, size_t d)
{
    struct arena *arena = arena_new();
    struct fixture *f = arena_zalloc(arena, 1, sizeof *f);
    f->folder = folder_make();
    (void)snprintf(f->path, sizeof f->path, "%s/%s", f->folder.path, name);
    f->arena = arena;
    f->line = ARENA_ARRAY(arena, struct str, n);
    f->key = ARENA_ARRAY(arena, struct hash128, n);
    f->x = ARENA_ARRAY(arena, float, n *d);
    for (size_t i = 0; i < n; i++) {
        f->line[i] = str_of(arena_printf(arena, "tool /n:%zu \"C:\\a b\"", i));
        f->key[i] = hash128(f->line[i], 0);
        vector_expected(f->line[i], d, f->x + i * d);
    }
    *state = f;
    return 0;
}

static inline int fixture_remove(void **state)
{
    struct fixture *f = *state;
    folder_remove(&f->folder);
    arena_free(f->arena);
    return 0;
}

#endif
