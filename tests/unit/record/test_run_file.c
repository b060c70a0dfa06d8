#include "record/run_file.h"
#include "store/store.h"
#include "support/json.h"

#include <malloc.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../src/record/variables.h"
#include "record_test.h"

static const struct shape shape = {.n_tests = 2,
                                   .n_days = 3,
                                   .n_sizes = 3,
                                   .n_resamples = 5,
                                   .n_picks = 4,
                                   .n_lines = 6,
                                   .n_groups = 3,
                                   .n_fields = 2,
                                   .n_backends = 2,
                                   .n_sequences = 2};

/* A value of its own for every place: (row, each, element). */
static void fill_place(struct arena *arena, const struct variable *v, int64_t number, void *place)
{
    const int64_t whole = v->of != AXIS_NONE ? number % 2 : v->flags != NULL ? number % 2 : number;
    switch (v->place.cell) {
    case CELL_F64:
        *(double *)place = (double)whole + 0.25;
        break;
    case CELL_F32:
        *(float *)place = (float)whole + 0.5f;
        break;
    case CELL_I64:
        *(int64_t *)place = -whole - ((int64_t)1 << 40);
        break;
    case CELL_I32:
        *(int32_t *)place = (int32_t)whole;
        break;
    case CELL_U64:
        *(uint64_t *)place = UINT64_MAX - (uint64_t)whole;
        break;
    case CELL_U32:
        *(uint32_t *)place = UINT32_MAX - (uint32_t)whole;
        break;
    case CELL_U8:
        *(uint8_t *)place = (uint8_t)whole;
        break;
    case CELL_BOOL:
        *(bool *)place = whole != 0;
        break;
    case CELL_TEXT:
        *(const char **)place = arena_printf(arena, "text %" PRId64, whole);
        break;
    case CELL_STR:
        *(struct str *)place = str_of(arena_printf(arena, "caf\xC3\xA9 %" PRId64, whole));
        break;
    }
}

static bool same_place(const struct variable *v, const void *a, const void *b)
{
    if (v->place.cell == CELL_TEXT)
        return strcmp(*(const char *const *)a, *(const char *const *)b) == 0;
    if (v->place.cell == CELL_STR)
        return str_equal(*(const struct str *)a, *(const struct str *)b);
    return memcmp(a, b, cell_bytes(v->place.cell)) == 0;
}

static size_t elements(const struct result *r, const struct variable *v)
{
    size_t length[MOST_AXES], n = 1;
    for (size_t i = variable_shape(r, v, length); i-- > 0;)
        n *= length[i];
    return n;
}

static struct variable axis_row(size_t id)
{
    return (struct variable){.path = axes[id].path, .axis = {(enum axis_id)id}, .place = axes[id].value};
}

static struct result *filled(struct arena *arena)
{
    struct result *r = make_result(arena, &shape);
    static struct named_text axis[] = {{"detector", "iforest"}, {"seed", "7"}};
    static struct named_digest digest[] = {{"lines.day1", 0xFEDCBA9876543210}, {"picks", 0x0F}};
    static struct named_count count[] = {{"/ingest", "records", "records", INT64_MAX},
                                         {"/ingest", "bytes", "bytes", 0},
                                         {"/labels", "none", "lines", -3}};
    int64_t number = 1;
    for (size_t i = 0; i < n_variables; i++)
        for (size_t each = 0; each < variable_times(r, &variables[i]); each++)
            for (size_t k = 0; k < elements(r, &variables[i]); k++)
                fill_place(arena, &variables[i], number++, variable_at(r, &variables[i], each, k));
    for (size_t i = AXIS_NONE + 1; i < AXIS_COUNT; i++) {
        const struct variable row = axis_row(i);
        for (size_t k = 0; row.place.stride > 0 && i != AXIS_FIELD && k < axis_length(r, (enum axis_id)i); k++)
            fill_place(arena, &row, number++, variable_at(r, &row, 0, k));
    }
    for (size_t i = 0; i < n_attributes; i++) {
        const struct variable row = {.place = {.cell = attributes[i].cell}};
        fill_place(arena, &row, number++, (char *)r + attributes[i].offset);
    }
    for (size_t i = 0; i < r->n_sizes; i++)
        r->size[i].reached = true;
    r->n_axes = ARRAY_LEN(axis);
    r->axis = axis;
    r->n_digests = ARRAY_LEN(digest);
    r->digest = digest;
    r->n_counts = ARRAY_LEN(count);
    r->count = count;
    return r;
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

/* The heap's garbage, the process and the second differ; the file does not. */
static void equal_results_are_equal_files(void **state)
{
    struct fixture *f = *state;
    const struct shape big = {
        .n_tests = 2, .n_sizes = 4, .n_resamples = 3000, .n_lines = 20000, .n_fields = 1, .n_picks = 9000};
    struct str file[2];
    for (int i = 0; i < 2; i++) {
        const char *path = in_folder(f, i == 0 ? "a.h5" : "b.h5");
        const pid_t child = fork();
        if (child == 0) {
            mallopt(M_PERTURB, i == 0 ? 17 : 201);
            struct arena *arena = arena_new();
            bool ok =
                run_file_write(path, filled(arena), NULL, NULL, &f->err) &&
                run_file_write(arena_printf(arena, "%s.big", path), make_result(arena, &big), NULL, NULL, &f->err);
            _exit(ok ? 0 : 1);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        if (i == 0)
            sleep(1);
    }
    static const char *const name[2][2] = {{"a.h5", "b.h5"}, {"a.h5.big", "b.h5.big"}};
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < 2; i++)
            assert_true(file_read(in_folder(f, name[k][i]), 1 << 26, f->arena, &file[i], &f->err));
        assert_true(str_equal(file[0], file[1]));
    }
}

static void the_log_gets_one_json_line_a_run(void **state)
{
    struct fixture *f = *state;
    const struct result *r = filled(f->arena);
    static const char *const stage[] = {"read", "train"};
    const double seconds[] = {1.5, 0.25};
    const int64_t bytes[] = {10, 20};
    const struct named_text text[] = {{"compiler", "GNU \"12\"\n"}};
    const struct run_log log = {.host = "node1",
                                .time = "2026-01-31T12:00:00Z",
                                .ranks = 4,
                                .n_stages = 2,
                                .stage = stage,
                                .seconds = seconds,
                                .bytes_sent = bytes,
                                .n_texts = 1,
                                .text = text};
    struct str line, s;
    double number;
    const char *path = in_folder(f, "run.h5"), *log_path = in_folder(f, "runs.jsonl");
    assert_true(run_file_write(path, r, log_path, &log, &f->err));
    assert_true(file_read(log_path, 1 << 20, f->arena, &line, &f->err));
    assert_int_equal(str_find(line, STR("\n"), 0), line.n - 1);
    struct json_doc *doc;
    assert_true(json_parse(line, "log", false, &doc, &f->err));
    const struct json *root = json_root(doc);
    assert_true(json_as_str(json_get(root, "run"), &s) && str_equal(s, str_of(r->run_id)));
    assert_true(json_as_str(json_get(root, "compiler"), &s) && str_equal(s, STR("GNU \"12\"\n")));
    assert_true(json_as_f64(json_path(root, "stages.train.seconds"), &number) && number == 0.25);
    assert_true(json_as_f64(json_path(root, "stages.read.bytes_sent"), &number) && number == 10);
    json_free(doc);
    assert_true(run_file_write(path, r, log_path, &log, &f->err));
    const size_t once = line.n;
    assert_true(file_read(log_path, 1 << 20, f->arena, &line, &f->err));
    assert_int_equal(line.n, 2 * once);
}

static void a_stamp_tells_whose_run_it_is(void **state)
{
    struct fixture *f = *state;
    const struct result *r = filled(f->arena);
    struct run_stamp stamp;
    const char *path = in_folder(f, "run.h5");
    assert_false(run_file_stamp(path, f->arena, &stamp, &f->err));
    assert_true(run_file_write(path, r, NULL, NULL, &f->err));
    assert_true(run_file_stamp(path, f->arena, &stamp, &f->err));
    assert_string_equal(stamp.run_id, r->run_id);
    assert_string_equal(stamp.commit, r->commit);
    assert_string_equal(stamp.program, r->program);
    assert_string_equal(stamp.config, r->config);
    assert_true(stamp.dirty == r->dirty);
}

static void write_version(struct fixture *f, const char *path, int64_t version)
{
    struct store *store;
    assert_true(store_create(path, &store, &f->err));
    assert_true(store_attr_i64(store, "/", SCHEMA_VERSION_NAME, version, &f->err));
    assert_true(store_commit(store, &f->err));
}

static void other_files_are_refused(void **state)
{
    struct fixture *f = *state;
    struct result back;
    struct run_stamp stamp;
    const char *path = in_folder(f, "run.h5");
    write_version(f, path, 1);
    assert_false(run_file_stamp(path, f->arena, &stamp, &f->err));
    assert_non_null(strstr(f->err.message, "schema 1"));
    assert_false(run_file_read(path, f->arena, &back, &f->err));
    write_version(f, path, SCHEMA_VERSION);
    assert_false(run_file_read(path, f->arena, &back, &f->err));
    assert_non_null(strstr(f->err.message, path));
    assert_null(strstr(strstr(f->err.message, path) + 1, path));
    assert_true(file_replace(path, STR("not HDF5"), &f->err));
    assert_false(run_file_stamp(path, f->arena, &stamp, &f->err));
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

static void xarray_shows_units_and_long_names(void **state)
{
    struct fixture *f = *state;
    static const char script[] =
        "import sys\n"
        "try:\n"
        "    import xarray as xr, h5netcdf\n"
        "except ImportError:\n"
        "    sys.exit(77)\n"
        "for p in sys.argv[1:]:\n"
        "    with xr.open_dataset(p, engine='h5netcdf') as d:\n"
        "        for name, v in d.variables.items():\n"
        "            assert v.attrs['long_name'], name\n"
        "            assert '%' not in v.attrs['long_name'], name\n"
        "        assert d['fpr'].dims == ('test', 'size') and d['fpr'].attrs['units'] == '1'\n"
        "        assert d['pick_verdict'].attrs['flag_meanings'].split()[1] == 'benign'\n"
        "        assert list(d['pick_verdict'].attrs['flag_values']) == [0, 1, 2, 3]\n"
        "        assert d['line_score'].dims == ('size', 'line')\n"
        "        assert d['pick_hash'].dims == ('pick', 'half') and d['pick_hash'].dtype == 'uint64'\n"
        "        assert d.attrs['schema_version'] == 2 and 'run_id' in d.attrs\n"
        "with xr.open_dataset(sys.argv[1], engine='h5netcdf', group='ingest') as d:\n"
        "    assert int(d['records']) == 2**63 - 1 and d['records'].attrs['units'] == 'records'\n";
    const struct shape none = {.n_tests = 1, .n_sizes = 1};
    const char *full = in_folder(f, "run.h5"), *empty = in_folder(f, "empty.h5"), *source = in_folder(f, "check.py");
    assert_true(run_file_write(full, filled(f->arena), NULL, NULL, &f->err));
    assert_true(run_file_write(empty, make_result(f->arena, &none), NULL, NULL, &f->err));
    assert_true(file_replace(source, STR(script), &f->err));
    const int status = system(arena_printf(
        f->arena, "env -u LD_PRELOAD PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 %s %s %s", source, full, empty));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        print_message("SKIPPED: /usr/bin/python3 has no xarray with h5netcdf\n");
        skip();
    }
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_comes_back),
        TEST(every_member_has_a_row),
        TEST(reading_leaves_lines_empty),
        TEST(what_is_not_reached_is_absent),
        TEST(an_empty_result_comes_back),
        TEST(equal_results_are_equal_files),
        TEST(the_log_gets_one_json_line_a_run),
        TEST(a_stamp_tells_whose_run_it_is),
        TEST(other_files_are_refused),
        TEST(places_that_are_none_are_refused),
        TEST(xarray_shows_units_and_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
