/* A result with every member filled, a folder of its own for each test. Include after cmocka.h. */
#ifndef RECORD_TEST_H
#define RECORD_TEST_H

#include "record/run_file.h"
#include "support/arena.h"
#include "support/file.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

struct fixture {
    struct arena *arena;
    char folder[64];
    struct error err;
};

static inline int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->arena = arena_new();
    snprintf(f->folder, sizeof f->folder, "/tmp/test_record_XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    DIR *folder = opendir(f->folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(f->folder);
    arena_free(f->arena);
    free(f);
    return 0;
}

static inline const char *in_folder(struct fixture *f, const char *name)
{
    return arena_printf(f->arena, "%s/%s", f->folder, name);
}

struct shape {
    size_t n_tests, n_days, n_sizes, n_resamples, n_picks, n_lines, n_groups, n_fields, n_backends, n_sequences;
};

static inline void make_lines(struct arena *arena, const struct shape *shape, struct result *r)
{
    const size_t n = shape->n_lines;
    r->lines = (struct result_lines){.n = n,
                                     .test = ARENA_ZARRAY(arena, int32_t, n),
                                     .hash = ARENA_ZARRAY(arena, struct hash128, n),
                                     .y = ARENA_ZARRAY(arena, uint8_t, n),
                                     .count = ARENA_ZARRAY(arena, int64_t, n),
                                     .cluster = ARENA_ZARRAY(arena, uint32_t, n),
                                     .score = ARENA_ZARRAY(arena, double, shape->n_sizes *n),
                                     .field = ARENA_ZARRAY(arena, struct str *, shape->n_fields)};
    for (size_t i = 0; i < shape->n_fields; i++) {
        r->lines.field[i] = ARENA_ZARRAY(arena, struct str, n);
        for (size_t k = 0; k < n; k++)
            r->lines.field[i][k] = STR("");
    }
}

/* All arrays made, zero; all texts "". */
static inline struct result *make_result(struct arena *arena, const struct shape *shape)
{
    struct result *r = ARENA_ZARRAY(arena, struct result, 1);
    *r = (struct result){.name = "",
                         .run_id = "",
                         .config = "",
                         .commit = "",
                         .program = "",
                         .n_tests = shape->n_tests,
                         .n_days = shape->n_days,
                         .n_sizes = shape->n_sizes,
                         .n_resamples = shape->n_resamples,
                         .n_picks = shape->n_picks,
                         .n_groups = shape->n_groups,
                         .n_fields = shape->n_fields,
                         .n_backends = shape->n_backends,
                         .n_sequences = shape->n_sequences};
    r->test = ARENA_ZARRAY(arena, struct result_test, r->n_tests);
    r->day = ARENA_ZARRAY(arena, struct result_day, r->n_days);
    r->size = ARENA_ZARRAY(arena, struct result_size, r->n_sizes);
    r->point = ARENA_ZARRAY(arena, struct result_point, r->n_tests * r->n_sizes);
    r->threshold = ARENA_ZARRAY(arena, double, r->n_sizes);
    r->aut = ARENA_ZARRAY(arena, double, r->n_sequences *METRIC_COUNT * r->n_sizes);
    r->sequence = ARENA_ZARRAY(arena, const char *, r->n_sequences);
    r->pick = ARENA_ZARRAY(arena, struct result_pick, r->n_picks);
    r->field = ARENA_ZARRAY(arena, const char *, r->n_fields);
    r->group = ARENA_ZARRAY(arena, struct result_group, r->n_groups);
    r->backend = ARENA_ZARRAY(arena, struct result_backend, r->n_backends);
    for (size_t i = 0; i < r->n_tests * r->n_sizes; i++)
        for (size_t m = 0; m < METRIC_COUNT; m++)
            r->point[i].resample[m] = ARENA_ZARRAY(arena, float, r->n_resamples);
    for (size_t i = 0; i < r->n_groups; i++) {
        r->group[i].at = ARENA_ZARRAY(arena, struct group_value, r->n_sizes);
        r->group[i].value = STR("");
    }
    for (size_t i = 0; i < r->n_tests; i++)
        r->test[i].name = r->test[i].role = "";
    for (size_t i = 0; i < r->n_backends; i++)
        r->backend[i].name = "";
    for (size_t i = 0; i < r->n_sequences; i++)
        r->sequence[i] = "";
    for (size_t i = 0; i < r->n_fields; i++)
        r->field[i] = arena_printf(arena, "field%zu", i);
    make_lines(arena, shape, r);
    return r;
}

#endif
