#include "store/store.h"
#include "support/file.h"

#include <malloc.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

static void big_arrays_are_deflated(void **state)
{
    struct fixture *f = *state;
    enum { ROWS = 3000, COLUMNS = 700 };
    static const char *const axes[] = {"/row", "/column"};
    int64_t *index = ARENA_ARRAY(f->arena, int64_t, ROWS);
    double *value = ARENA_ARRAY(f->arena, double, ROWS *COLUMNS);
    for (size_t i = 0; i < ROWS; i++)
        index[i] = (int64_t)i;
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        value[i] = (double)(i % 1000);
    struct store *store;
    assert_true(store_create(f->path, &store, &f->err));
    assert_true(store_axis_i64(store, axes[0], index, ROWS, &f->err));
    assert_true(store_axis_i64(store, axes[1], index, COLUMNS, &f->err));
    assert_true(store_array(store, "/big", STORE_F64, axes, 2, value, &f->err));
    assert_true(store_commit(store, &f->err));
    struct stat info;
    assert_int_equal(stat(f->path, &info), 0);
    assert_true((size_t)info.st_size < ROWS * COLUMNS * sizeof(double) / 10);
    double *back;
    size_t rank, shape[8];
    assert_true(store_open(f->path, &store, &f->err));
    assert_true(store_get_f64(store, "/big", f->arena, &back, &rank, shape, &f->err));
    assert_true(rank == 2 && shape[0] == ROWS && shape[1] == COLUMNS);
    assert_memory_equal(back, value, ROWS * COLUMNS * sizeof(double));
    store_close(store);
}

static void a_long_attribute_and_many_arrays_fit(void **state)
{
    struct fixture *f = *state;
    static const char *const axis[] = {"/x"};
    const double x[2] = {1, 2};
    char *text = ARENA_ARRAY(f->arena, char, 200000);
    memset(text, 'c', 200000);
    struct str back;
    struct store *store;
    assert_true(store_create(f->path, &store, &f->err));
    assert_true(store_attr_str(store, "/", "config", (struct str){text, 200000}, &f->err));
    assert_true(store_axis_f64(store, "/x", x, 2, &f->err));
    for (int i = 0; i < 50; i++)
        assert_true(store_array(store, arena_printf(f->arena, "/a%d", i), STORE_F64, axis, 1, x, &f->err));
    assert_true(store_commit(store, &f->err));
    assert_true(store_open(f->path, &store, &f->err));
    assert_true(store_get_attr_str(store, "/", "config", f->arena, &back, &f->err));
    assert_int_equal(back.n, 200000);
    assert_true(store_has(store, "/a49"));
    store_close(store);
}

static void the_same_content_gives_the_same_bytes(void **state)
{
    struct fixture *f = *state;
    struct str first, second;
    write_everything(f);
    assert_true(file_read(f->path, 1 << 24, f->arena, &first, &f->err));
    sleep(1);
    write_everything(f);
    assert_true(file_read(f->path, 1 << 24, f->arena, &second, &f->err));
    assert_true(str_equal(first, second));
}

/* The heap's garbage does not reach the file. */
static void garbage_in_memory_does_not_show(void **state)
{
    struct fixture *f = *state;
    struct str file[2];
    for (int i = 0; i < 2; i++) {
        mallopt(M_PERTURB, i == 0 ? 17 : 201);
        write_everything(f);
        assert_true(file_read(f->path, 1 << 24, f->arena, &file[i], &f->err));
    }
    mallopt(M_PERTURB, 0);
    assert_true(str_equal(file[0], file[1]));
}

static void many_axes_fit(void **state)
{
    struct fixture *f = *state;
    enum { AXES = 32 };
    const char *axis[AXES];
    const double value[2] = {1, 2};
    double *back;
    size_t rank, shape[8];
    struct store *store;
    assert_true(store_create(f->path, &store, &f->err));
    for (int i = 0; i < AXES; i++) {
        axis[i] = arena_printf(f->arena, "/x%d", i);
        assert_true(store_axis_i64(store, axis[i], days, i == 0 ? 2 : 1, &f->err));
    }
    assert_true(store_array(store, "/all", STORE_F64, axis, AXES, value, &f->err));
    assert_true(store_commit(store, &f->err));
    assert_true(store_open(f->path, &store, &f->err));
    assert_false(store_get_f64(store, "/all", f->arena, &back, &rank, shape, &f->err));
    assert_non_null(strstr(f->err.message, "dimensions"));
    store_close(store);
}

static void xarray_sees_dimensions_and_coordinates(void **state)
{
    struct fixture *f = *state;
    static const char script[] = "import sys\n"
                                 "try:\n"
                                 "    import xarray as xr, h5netcdf\n"
                                 "except ImportError:\n"
                                 "    sys.exit(77)\n"
                                 "p = sys.argv[1]\n"
                                 "with xr.open_dataset(p, engine='h5netcdf') as d:\n"
                                 "    assert d['u8'].dims == ('day',), d\n"
                                 "    assert d['u8'].values.tolist() == [0, 255]\n"
                                 "    assert d['text'].dims == ('day',)\n"
                                 "    assert d['text'].values.tolist() == ['caf\\u00e9', ''], d['text'].values\n"
                                 "    assert set(d.coords) == {'day', 'name'}, d.coords\n"
                                 "    assert d.coords['day'].values.tolist() == [3, -9000000000000000000]\n"
                                 "    assert d.coords['name'].values.tolist() == ['caf\\u00e9', '']\n"
                                 "    assert d['u8'].attrs['flag_values'].tolist() == [0, 255], d['u8'].attrs\n"
                                 "    assert d['u8'].attrs['flag_values'].dtype == 'uint8'\n"
                                 "    assert d['one'].dims == () and float(d['one']) == 1\n"
                                 "    assert d.attrs['title'] == 'na\\u00efve'\n"
                                 "    assert d['day'].attrs['long_name'] == ''\n"
                                 "    assert list(d.variables)[0] == 'day', list(d.variables)\n"
                                 "with xr.open_dataset(p, engine='h5netcdf', group='scores') as d:\n"
                                 "    for name in ('f64', 'f32', 'i64'):\n"
                                 "        assert d[name].dims == ('day', 'mark'), d\n"
                                 "        assert d[name].shape == (2, 3)\n"
                                 "    assert d['f64'].sel(mark=0.5).values.tolist() == [1, 4]\n"
                                 "    assert d['f64'].attrs['unit'] == 0.1\n"
                                 "    assert d['i64'].values[0, 1] == 2**63 - 1\n";
    write_everything(f);
    char source[128], command[400];
    snprintf(source, sizeof(source), "%s/check.py", f->folder);
    assert_true(file_replace(source, STR(script), &f->err));
    /* The program under test may be preloaded with a sanitizer; Python must not be. */
    snprintf(command, sizeof(command), "env -u LD_PRELOAD PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 %s %s", source,
             f->path);
    const int status = system(command);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        print_message("SKIPPED: /usr/bin/python3 has no xarray with h5netcdf\n");
        skip();
    }
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void the_version_is_told(void **state)
{
    (void)state;
    assert_non_null(strstr(store_library_version(), "HDF5"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(big_arrays_are_deflated),
        TEST(a_long_attribute_and_many_arrays_fit),
        TEST(the_same_content_gives_the_same_bytes),
        TEST(garbage_in_memory_does_not_show),
        TEST(many_axes_fit),
        TEST(xarray_sees_dimensions_and_coordinates),
        TEST(the_version_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
