#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

static void everything_comes_back(void **state)
{
    struct fixture *f = *state;
    write_everything(f);
    assert_int_equal(count_files(f), 1);
    struct store *store;
    size_t rank, n, shape[8];
    double *f64;
    int64_t *i64;
    struct str *text;
    struct error *err = &f->err;
    assert_true(store_open(f->path, &store, err));

    assert_true(store_get_i64(store, "/day", f->arena, &i64, &rank, shape, err));
    assert_int_equal(rank, 1);
    assert_int_equal(shape[0], 2);
    assert_memory_equal(i64, days, sizeof(days));
    assert_true(store_get_f64(store, "/scores/mark", f->arena, &f64, &rank, shape, err));
    assert_memory_equal(f64, marks, sizeof(marks));
    assert_true(store_get_f64(store, "/scores/f64", f->arena, &f64, &rank, shape, err));
    assert_int_equal(rank, 2);
    assert_int_equal(shape[0], 2);
    assert_int_equal(shape[1], 3);
    assert_true(f64[4] == 5 && isnan(f64[5]));
    assert_true(store_get_f64(store, "/scores/f32", f->arena, &f64, &rank, shape, err));
    assert_true(f64[0] == 0.5 && f64[1] == -0.25 && f64[2] == (double)3e38f);
    assert_true(store_get_i64(store, "/scores/i64", f->arena, &i64, &rank, shape, err));
    assert_true(i64[0] == INT64_MIN && i64[1] == INT64_MAX && i64[5] == 3);
    assert_true(store_get_i64(store, "/u8", f->arena, &i64, &rank, shape, err));
    assert_true(rank == 1 && i64[0] == 0 && i64[1] == 255);
    assert_true(store_get_f64(store, "/one", f->arena, &f64, &rank, shape, err));
    assert_true(rank == 0 && f64[0] == 1);
    static const char *const strings[] = {"/name", "/text"};
    for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
        assert_true(store_get_str(store, strings[i], f->arena, &text, &n, err));
        assert_int_equal(n, 2);
        assert_true(str_equal(text[0], STR("caf\xC3\xA9")));
        assert_true(str_equal(text[1], STR("")));
    }
    store_close(store);
}

static void parts_come_back(void **state)
{
    struct fixture *f = *state;
    struct error *err = &f->err;
    static const char *const axes[] = {"/long", "/mark"};
    enum { ROWS = 40000, COLUMNS = 3 }; /* enough for chunks */
    uint64_t *all = ARENA_ARRAY(f->arena, uint64_t, ROWS * COLUMNS), part[4 * COLUMNS];
    int64_t *number = ARENA_ARRAY(f->arena, int64_t, ROWS);
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        all[i] = UINT64_MAX - i * 977;
    for (size_t i = 0; i < ROWS; i++)
        number[i] = (int64_t)i;
    struct store *store;
    assert_true(store_create(f->path, &store, err));
    assert_true(store_axis_i64(store, "/long", number, ROWS, err));
    assert_true(store_axis_f64(store, "/mark", marks, COLUMNS, err));
    assert_true(store_array(store, "/big", STORE_U64, axes, 2, all, err));
    assert_true(store_commit(store, err));

    struct store_slab *slab;
    size_t rank, shape[8];
    float mark[2];
    assert_true(store_open(f->path, &store, err));
    assert_false(store_slab_open(store, "/none", &slab, err));
    assert_true(store_slab_open(store, "/big", &slab, err));
    store_slab_shape(slab, &rank, shape);
    assert_true(rank == 2 && shape[0] == ROWS && shape[1] == COLUMNS);
    assert_true(store_slab_holds(slab, STORE_U64) && !store_slab_holds(slab, STORE_I64));
    assert_false(store_slab_holds(slab, STORE_F64) || store_slab_holds(slab, STORE_U8));
    static const size_t first[] = {0, 1, ROWS / 2, ROWS - 4};
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        assert_true(store_slab_read(slab, STORE_U64, first[i], 4, part, err));
        assert_memory_equal(part, all + first[i] * COLUMNS, sizeof part);
    }
    assert_true(store_slab_read(slab, STORE_U64, ROWS, 0, part, err));
    store_slab_close(slab);
    assert_true(store_slab_open(store, "/mark", &slab, err));
    assert_true(store_slab_holds(slab, STORE_F64) && !store_slab_holds(slab, STORE_F32));
    assert_true(store_slab_read(slab, STORE_F32, 0, 1, mark, err));
    assert_true(mark[0] == 0.5f);
    store_slab_close(slab);
    store_close(store);
}

static void attributes_come_back(void **state)
{
    struct fixture *f = *state;
    write_everything(f);
    struct store *store;
    struct str s;
    int64_t i64;
    double f64;
    struct error *err = &f->err;
    assert_true(store_open(f->path, &store, err));
    assert_true(store_get_attr_str(store, "/", "title", f->arena, &s, err));
    assert_true(str_equal(s, STR("na\xC3\xAFve")));
    assert_true(store_get_attr_str(store, "/day", "long_name", f->arena, &s, err));
    assert_int_equal(s.n, 0);
    assert_true(store_get_attr_i64(store, "/made/for/this", "big", &i64, err));
    assert_true(i64 == INT64_MIN);
    assert_true(store_get_attr_f64(store, "/scores/f64", "unit", &f64, err));
    assert_true(f64 == 0.1);
    assert_true(store_has(store, "/"));
    assert_true(store_has(store, "/scores"));
    assert_true(store_has(store, "/scores/f64"));
    assert_true(store_has(store, "/made/for"));
    assert_false(store_has(store, "/scores/f6"));
    assert_false(store_has(store, "/absent/f64"));
    assert_false(store_has(store, "/day/f64"));
    store_close(store);
}

static void an_attribute_can_be_set_again(void **state)
{
    struct fixture *f = *state;
    struct store *store;
    struct str s;
    assert_true(store_create(f->path, &store, &f->err));
    assert_true(store_attr_i64(store, "/g", "a", 1, &f->err));
    assert_true(store_attr_str(store, "/g", "a", STR("two"), &f->err));
    assert_true(store_get_attr_str(store, "/g", "a", f->arena, &s, &f->err));
    assert_true(str_equal(s, STR("two")));
    store_close(store);
}

static void hostile_strings_become_clean_utf8(void **state)
{
    struct fixture *f = *state;
    static const struct {
        struct str in, out;
    } cases[] = {
        {STR("a\0b"), STR("a\xEF\xBF\xBD"
                          "b")},
        {STR("\xFF"), STR("\xEF\xBF\xBD")},
        {STR("\xC0\x80"), STR("\xEF\xBF\xBD\xEF\xBF\xBD")},
        {STR("\xE2\x82"), STR("\xEF\xBF\xBD\xEF\xBF\xBD")},
        {STR("\xED\xA0\x80"), STR("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")},
        {STR("\xF4\x90\x80\x80"), STR("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")},
        {STR("\xF0\x9F\x98\x80\n\x1B"), STR("\xF0\x9F\x98\x80\n\x1B")},
        {STR("\xE2\x82\xAC\xC3\xA9"), STR("\xE2\x82\xAC\xC3\xA9")},
    };
    struct str in[ARRAY_LEN(cases)], *out;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        in[i] = cases[i].in;
    struct store *store;
    size_t n;
    assert_true(store_create(f->path, &store, &f->err));
    assert_true(store_axis_str(store, "/line", in, ARRAY_LEN(cases), &f->err));
    assert_true(store_commit(store, &f->err));
    assert_true(store_open(f->path, &store, &f->err));
    assert_true(store_get_str(store, "/line", f->arena, &out, &n, &f->err));
    assert_int_equal(n, ARRAY_LEN(cases));
    for (size_t i = 0; i < n; i++)
        assert_true(str_equal(out[i], cases[i].out));
    store_close(store);
}

static void empty_axes_and_arrays_work(void **state)
{
    struct fixture *f = *state;
    static const char *const axis[] = {"/none"};
    struct store *store;
    double *f64;
    struct str *text;
    size_t rank, n, shape[8];
    assert_true(store_create(f->path, &store, &f->err));
    assert_true(store_axis_i64(store, "/none", NULL, 0, &f->err));
    assert_true(store_array(store, "/x", STORE_F64, axis, 1, NULL, &f->err));
    assert_true(store_array_str(store, "/s", axis, 1, NULL, &f->err));
    assert_true(store_commit(store, &f->err));
    assert_true(store_open(f->path, &store, &f->err));
    assert_true(store_get_f64(store, "/x", f->arena, &f64, &rank, shape, &f->err));
    assert_true(rank == 1 && shape[0] == 0);
    assert_true(store_get_str(store, "/s", f->arena, &text, &n, &f->err));
    assert_int_equal(n, 0);
    store_close(store);
}

static void groups_are_listed_in_order(void **state)
{
    struct fixture *f = *state;
    struct store *store;
    const char **name;
    size_t n;
    assert_true(store_create(f->path, &store, &f->err));
    for (int i = 19; i >= 0; i--) /* more than are kept compactly */
        assert_true(store_attr_i64(store, "/g", arena_printf(f->arena, "a%d", i), i, &f->err));
    for (int i = 19; i >= 0; i--)
        assert_true(store_axis_i64(store, arena_printf(f->arena, "/m%d", i), days, 2, &f->err));
    assert_true(store_commit(store, &f->err));
    assert_true(store_open(f->path, &store, &f->err));
    assert_true(store_list_attrs(store, "/g", f->arena, &name, &n, &f->err));
    assert_int_equal(n, 20);
    for (int i = 0; i < 20; i++)
        assert_string_equal(name[i], arena_printf(f->arena, "a%d", 19 - i));
    assert_true(store_list_members(store, "/", f->arena, &name, &n, &f->err));
    assert_int_equal(n, 21);
    assert_string_equal(name[0], "g");
    assert_string_equal(name[1], "m19");
    assert_true(store_list_attrs(store, "/", f->arena, &name, &n, &f->err) && n == 0);
    assert_true(store_is_group(store, "/g") && store_is_group(store, "/"));
    assert_false(store_is_group(store, "/m1") || store_is_group(store, "/none"));
    assert_false(store_list_members(store, "/m1", f->arena, &name, &n, &f->err));
    assert_false(store_list_attrs(store, "/none", f->arena, &name, &n, &f->err));
    store_close(store);
}

static void numbers_of_32_bits_come_back(void **state)
{
    struct fixture *f = *state;
    static const char *const axis[] = {"/day"};
    static const int32_t i32[2] = {INT32_MIN, INT32_MAX};
    static const uint32_t u32[2] = {0, UINT32_MAX};
    static const float f32[2] = {0.1f, -3e38f};
    static const struct {
        const char *path;
        enum store_type type;
        const void *data;
    } all[] = {{"/i32", STORE_I32, i32}, {"/u32", STORE_U32, u32}, {"/f32", STORE_F32, f32}};
    struct store *store;
    void *back;
    size_t rank, shape[8];
    assert_true(store_create(f->path, &store, &f->err));
    assert_true(store_axis_i64(store, "/day", days, 2, &f->err));
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        assert_true(store_array(store, all[i].path, all[i].type, axis, 1, all[i].data, &f->err));
    assert_true(store_commit(store, &f->err));
    assert_true(store_open(f->path, &store, &f->err));
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        assert_true(store_get(store, all[i].path, all[i].type, f->arena, &back, &rank, shape, &f->err));
        assert_true(rank == 1 && shape[0] == 2);
        assert_memory_equal(back, all[i].data, 8);
    }
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_comes_back),
        TEST(parts_come_back),
        TEST(attributes_come_back),
        TEST(an_attribute_can_be_set_again),
        TEST(hostile_strings_become_clean_utf8),
        TEST(empty_axes_and_arrays_work),
        TEST(groups_are_listed_in_order),
        TEST(numbers_of_32_bits_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
