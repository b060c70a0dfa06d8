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

#include "filled_result.h"

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
        TEST(equal_results_are_equal_files),     TEST(the_log_gets_one_json_line_a_run),
        TEST(a_stamp_tells_whose_run_it_is),     TEST(other_files_are_refused),
        TEST(xarray_shows_units_and_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
