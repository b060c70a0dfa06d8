#include "record/run_file.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filled_result.h"

static bool same_place(const struct variable *v, const void *a, const void *b)
{
    if (v->place.cell == CELL_TEXT)
        return strcmp(*(const char *const *)a, *(const char *const *)b) == 0;
    if (v->place.cell == CELL_STR)
        return str_equal(*(const struct str *)a, *(const struct str *)b);
    return memcmp(a, b, cell_bytes(v->place.cell)) == 0;
}

static bool read_all(const char *path, unsigned parts, struct arena *arena, struct result *out, struct error *err)
{
    struct store *store;
    TRY(store_open(path, &store, err));
    bool ok = run_read_parts(store, parts, arena, out, err);
    store_close(store);
    return ok;
}

static void check_row(const struct result *a, const struct result *b, const struct variable *v)
{
    for (size_t each = 0; each < variable_times(a, v); each++)
        for (size_t k = 0; k < elements(a, v); k++)
            if (!same_place(v, variable_at(a, v, each, k), variable_at(b, v, each, k)))
                fail_msg("%s: element %zu of time %zu does not come back", v->path, k, each);
}

static void every_row_comes_back(void **state)
{
    struct fixture *f = *state;
    const struct result *r = filled(f->arena);
    struct result back;
    const char *path = in_folder(f, "run.h5");
    assert_true(run_file_write(path, r, NULL, NULL, &f->err));
    assert_true(read_all(path, ~0u, f->arena, &back, &f->err));
    for (size_t i = AXIS_NONE + 1; i < AXIS_COUNT; i++) {
        const struct variable row = axis_row(i);
        assert_int_equal(axis_length(r, (enum axis_id)i), axis_length(&back, (enum axis_id)i));
        if (row.place.stride > 0)
            check_row(r, &back, &row);
    }
    for (size_t i = 0; i < n_variables; i++)
        check_row(r, &back, &variables[i]);
    for (size_t i = 0; i < n_attributes; i++) {
        const struct variable row = {.place = {.cell = attributes[i].cell}};
        const size_t at = attributes[i].offset;
        assert_true(same_place(&row, (const char *)r + at, (const char *)&back + at));
    }
    assert_int_equal(back.n_axes, r->n_axes);
    for (size_t i = 0; i < r->n_axes; i++) {
        assert_string_equal(back.axis[i].name, r->axis[i].name);
        assert_string_equal(back.axis[i].value, r->axis[i].value);
    }
    assert_int_equal(back.n_digests, r->n_digests);
    for (size_t i = 0; i < r->n_digests; i++) {
        assert_string_equal(back.digest[i].name, r->digest[i].name);
        assert_true(back.digest[i].value == r->digest[i].value);
    }
    assert_int_equal(back.n_counts, r->n_counts);
    for (size_t i = 0; i < r->n_counts; i++) {
        assert_string_equal(back.count[i].group, r->count[i].group);
        assert_string_equal(back.count[i].name, r->count[i].name);
        assert_string_equal(back.count[i].unit, r->count[i].unit);
        assert_true(back.count[i].value == r->count[i].value);
    }
}

/* Every byte of the records but their padding is some row's: nothing of a result is left out of its file. */
static void every_member_has_a_row(void **state)
{
    struct fixture *f = *state;
    struct result *r = make_result(f->arena, &shape);
    static const struct {
        size_t array, bytes, padding;
    } list[] = {{offsetof(struct result, pick), sizeof(struct result_pick), 9},
                {offsetof(struct result, day), sizeof(struct result_day), 0},
                {offsetof(struct result, test), sizeof(struct result_test), 7},
                {offsetof(struct result, size), sizeof(struct result_size), 7},
                {offsetof(struct result, backend), sizeof(struct result_backend), 7}};
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        size_t covered = 0;
        for (size_t k = 0; k < n_variables; k++)
            if (variables[k].place.array == list[i].array && variables[k].place.stride > 0)
                covered += cell_bytes(variables[k].place.cell);
        for (size_t k = 0; k < AXIS_COUNT; k++)
            if (axes[k].value.array == list[i].array && axes[k].value.stride > 0)
                covered += cell_bytes(axes[k].value.cell);
        if (list[i].array == offsetof(struct result, pick))
            covered += sizeof(struct hash128);
        assert_int_equal(list[i].bytes - covered, list[i].padding);
    }
    assert_int_equal(r->n_tests, 2);
}

static void reading_leaves_lines_empty(void **state)
{
    struct fixture *f = *state;
    const struct result *r = filled(f->arena);
    struct result back;
    const char *path = in_folder(f, "run.h5");
    assert_true(run_file_write(path, r, NULL, NULL, &f->err));
    assert_true(run_file_read(path, f->arena, &back, &f->err));
    assert_int_equal(back.lines.n, shape.n_lines);
    assert_null(back.lines.hash);
    assert_null(back.lines.score);
    assert_null(back.lines.field);
    assert_memory_equal(back.lines.count, r->lines.count, shape.n_lines * sizeof(int64_t));
    assert_true(back.point[1].resample[METRIC_AUC][2] == r->point[1].resample[METRIC_AUC][2]);
    assert_true(read_all(path, PART_NUMBERS, f->arena, &back, &f->err));
    assert_null(back.pick);
    assert_null(back.point[0].resample[0]);
}

static void what_is_not_reached_is_absent(void **state)
{
    struct fixture *f = *state;
    struct result *r = filled(f->arena), back;
    const char *path = in_folder(f, "run.h5");
    r->size[2] = (struct result_size){.size = 60, .reached = false, .added = -1, .asked = -1};
    for (size_t t = 0; t < r->n_tests; t++)
        for (size_t m = 0; m < METRIC_COUNT; m++) {
            r->point[t * 3 + 2].value[m] = NAN;
            r->point[t * 3 + 2].resample[m] = NULL;
        }
    r->test[1].sequence = NULL;
    assert_true(run_file_write(path, r, NULL, NULL, &f->err));
    assert_true(run_file_read(path, f->arena, &back, &f->err));
    assert_false(back.size[2].reached);
    assert_int_equal(back.size[2].asked, -1);
    assert_true(isnan(back.point[5].value[0]) && back.point[5].resample[0] == NULL);
    assert_non_null(back.point[4].resample[0]);
    assert_null(back.test[1].sequence);
    assert_non_null(back.test[0].sequence);
}

static void an_empty_result_comes_back(void **state)
{
    struct fixture *f = *state;
    const struct shape none = {.n_tests = 1, .n_sizes = 1};
    struct result back;
    const char *path = in_folder(f, "run.h5");
    assert_true(run_file_write(path, make_result(f->arena, &none), NULL, NULL, &f->err));
    assert_true(run_file_read(path, f->arena, &back, &f->err));
    assert_true(back.n_tests == 1 && back.n_picks == 0 && back.n_counts == 0 && back.n_digests == 0);
}

static void places_that_are_none_are_refused(void **state)
{
    struct fixture *f = *state;
    struct result *r = filled(f->arena), back;
    const char *path = in_folder(f, "run.h5");
    r->group[1].test = 2;
    assert_true(run_file_write(path, r, NULL, NULL, &f->err));
    assert_false(run_file_read(path, f->arena, &back, &f->err));
    assert_non_null(strstr(f->err.message, "/group_test: 2 is no place of the axis /test"));
    r->group[1].test = 0;
    r->pick[0].verdict = 4;
    assert_true(run_file_write(path, r, NULL, NULL, &f->err));
    assert_false(run_file_read(path, f->arena, &back, &f->err));
    assert_non_null(strstr(f->err.message, "/pick_verdict: 4"));
    r->pick[0].verdict = 0;
    r->field[0] = "a/b";
    assert_false(run_file_write(path, r, NULL, NULL, &f->err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_comes_back),          TEST(every_member_has_a_row),     TEST(reading_leaves_lines_empty),
        TEST(what_is_not_reached_is_absent), TEST(an_empty_result_comes_back), TEST(places_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
