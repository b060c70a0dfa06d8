/* A folder of its own for each test, and a file with one of everything. Include after cmocka.h. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include "store/store.h"
#include "support/file.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

struct fixture {
    struct arena *arena;
    char folder[64], path[128];
    struct error err;
};

static inline int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    f->arena = arena_new();
    snprintf(f->folder, sizeof(f->folder), "/tmp/test_store_XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof(f->path), "%s/run.h5", f->folder);
    *state = f;
    return 0;
}

static inline size_t count_files(const struct fixture *f)
{
    DIR *folder = opendir(f->folder);
    assert_non_null(folder);
    size_t n = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
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

static const int64_t days[2] = {3, -9000000000000000000};
static const double marks[3] = {0.5, -INFINITY, 1e-310};
static const char *const over_both[] = {"/day", "/scores/mark"};

static inline void write_everything(struct fixture *f)
{
    const struct str names[2] = {STR("caf\xC3\xA9"), STR("")};
    const double f64[6] = {1, 2, 3, 4, 5, NAN};
    const float f32[6] = {0.5f, -0.25f, 3e38f, 0, 1, 2};
    const int64_t i64[6] = {INT64_MIN, INT64_MAX, 0, 1, 2, 3};
    const uint8_t u8[2] = {0, 255};
    struct store *store;
    struct error *err = &f->err;
    assert_true(store_create(f->path, &store, err));
    assert_true(store_axis_i64(store, "/day", days, 2, err));
    assert_true(store_axis_f64(store, "/scores/mark", marks, 3, err));
    assert_true(store_axis_str(store, "/name", names, 2, err));
    assert_true(store_array(store, "/scores/f64", STORE_F64, over_both, 2, f64, err));
    assert_true(store_array(store, "/scores/f32", STORE_F32, over_both, 2, f32, err));
    assert_true(store_array(store, "/scores/i64", STORE_I64, over_both, 2, i64, err));
    assert_true(store_array(store, "/u8", STORE_U8, over_both, 1, u8, err));
    assert_true(store_array(store, "/one", STORE_F64, NULL, 0, f64, err));
    assert_true(store_array_str(store, "/text", over_both, 1, names, err));
    assert_true(store_attr_str(store, "/", "title", STR("na\xC3\xAFve"), err));
    assert_true(store_attr_i64(store, "/made/for/this", "big", INT64_MIN, err));
    assert_true(store_attr_f64(store, "/scores/f64", "unit", 0.1, err));
    assert_true(store_attr_str(store, "/day", "long_name", STR(""), err));
    assert_true(store_attr_numbers(store, "/u8", "flag_values", STORE_U8, u8, 2, err));
    assert_true(store_commit(store, err));
}

#endif
