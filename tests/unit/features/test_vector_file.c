#include "vector_fixture.h"

#include "../../../src/features/vector_file.h"

#include <math.h>

enum { N = 3000, D = 24 };

static int set_up(void **state)
{
    return fixture_make(state, "vectors.h5", N, D);
}

static struct line_vectors want(const struct fixture *f, const struct str *line, size_t n, size_t d)
{
    int64_t *row = ARENA_ARRAY(f->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        row[i] = (int64_t)(100 + i);
    return line_vectors_want(&(struct line_view){.n = n, .row = row, .text = line}, d, f->arena);
}

static bool is_expected(const struct line_vectors *vectors, struct str line)
{
    float out[D], expected[D];
    vector_expected(line, D, expected);
    line_vectors_row(vectors, line, out);
    return memcmp(out, expected, sizeof out) == 0;
}

/* Every third line, in another order, some twice; one unknown. */
static void test_lines_are_found(void **state)
{
    struct fixture *f = *state;
    struct str wanted[N / 3 + 3];
    size_t n = 0;
    for (size_t i = N; i-- > 0;)
        if (i % 3 == 0)
            wanted[n++] = f->line[i];
    wanted[n++] = f->line[0];
    wanted[n++] = f->line[3];
    wanted[n++] = STR("unknown");
    vector_file_of(f->path, f->line, N, D);
    struct line_vectors vectors = want(f, wanted, n, D);
    struct error err;
    assert_int_equal(vectors.n, N / 3 + 1);
    assert_true(vector_file_read(f->path, "test", &vectors, &err));
    assert_int_equal(vectors.n_found, N / 3);
    for (size_t i = 0; i + 1 < n; i++)
        assert_true(is_expected(&vectors, wanted[i]));
    /* nothing wanted, nothing found */
    struct line_vectors none = want(f, NULL, 0, D);
    assert_true(vector_file_read(f->path, "", &none, &err));
    assert_int_equal(none.n_found, 0);
}

static void test_first_of_duplicates_counts(void **state)
{
    struct fixture *f = *state;
    struct str twice[] = {f->line[5], f->line[6], f->line[5]};
    float x[3 * D];
    for (size_t i = 0; i < 2; i++)
        vector_expected(twice[i], D, x + i * D);
    for (size_t c = 0; c < D; c++)
        x[2 * D + c] = NAN; /* not even looked at */
    vector_file_make(f->path, &vector_layout_good, twice, 3, D, x);
    struct line_vectors vectors = want(f, twice, 3, D);
    struct error err;
    assert_true(vector_file_read(f->path, "", &vectors, &err));
    assert_true(vectors.n_found == 2 && is_expected(&vectors, twice[0]) && is_expected(&vectors, twice[1]));
}

static void expect_refusal(const struct fixture *f, const char *model, size_t d, const char *part)
{
    struct line_vectors vectors = want(f, f->line, N, d);
    struct error err = {0};
    assert_false(vector_file_read(f->path, model, &vectors, &err));
    if (!strstr(err.message, part) || !strstr(err.message, f->path))
        print_error("\"%s\" lacks \"%s\"\n", err.message, part);
    assert_non_null(strstr(err.message, part));
    assert_non_null(strstr(err.message, f->path));
}

static void test_wrong_files_are_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        struct vector_layout layout;
        const char *part;
    } wrong[] = {
        {{NULL, "test", STORE_U64, STORE_F32, 2, 0}, "attribute hash"},
        {{"xxh3_128", NULL, STORE_U64, STORE_F32, 2, 0}, "attribute model"},
        {{"md5", "test", STORE_U64, STORE_F32, 2, 0}, "xxh3_128"},
        {{"xxh3_128", "test", STORE_I64, STORE_F32, 2, 0}, "/hash\" must be uint64"},
        {{"xxh3_128", "test", STORE_F64, STORE_F32, 2, 0}, "/hash\" must be uint64"},
        {{"xxh3_128", "test", STORE_U64, STORE_F32, 1, 0}, "/hash\" must be uint64"},
        {{"xxh3_128", "test", STORE_U64, STORE_F32, 3, 0}, "/hash\" must be uint64"},
        {{"xxh3_128", "test", STORE_U64, STORE_F32, 2, 1}, "/vector\" must be float32"},
        {{"xxh3_128", "test", STORE_U64, STORE_U8, 2, 0}, "floating-point"},
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        vector_file_make(f->path, &wrong[i].layout, f->line, N, D, f->x);
        expect_refusal(f, "", D, wrong[i].part);
    }
    vector_file_of(f->path, f->line, N, D);
    expect_refusal(f, "other", D, "not \"other\"");
    expect_refusal(f, "", D + 1, "set dimensions to 24");
    (void)unlink(f->path);
    expect_refusal(f, "", D, "cannot open");
    write_text(f->path, STR("no HDF5 at all"));
    expect_refusal(f, "", D, "not an HDF5 file");
}

/* A cut or damaged file is an error or has sound vectors, never a crash. */
static void test_torn_files(void **state)
{
    struct fixture *f = *state;
    vector_file_of(f->path, f->line, N, D);
    struct str whole = read_text(f->path, f->arena);
    char *bytes = arena_copy(f->arena, whole.p, whole.n);
    for (size_t cut = 0; cut < 40; cut++) {
        struct error err;
        write_text(f->path, (struct str){whole.p, whole.n * cut / 40});
        struct line_vectors vectors = want(f, f->line, N, D);
        assert_false(vector_file_read(f->path, "", &vectors, &err));
    }
    for (size_t i = 0; i < 200; i++) {
        const size_t at = hash_mix(i) % min_size(whole.n, 1 + (i % 2 ? whole.n : 4096));
        const char kept = bytes[at];
        struct error err = {0};
        bytes[at] = (char)(hash_mix(i + 1000) & 0xff);
        write_text(f->path, (struct str){bytes, whole.n});
        struct line_vectors vectors = want(f, f->line, N, D);
        bool ok = vector_file_read(f->path, "", &vectors, &err);
        assert_true(ok || err.message[0]);
        bytes[at] = kept;
    }
}

static void test_numbers_must_be_finite(void **state)
{
    struct fixture *f = *state;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const float kept = f->x[77 * D + 3];
        f->x[77 * D + 3] = bad[i];
        vector_file_make(f->path, &vector_layout_good, f->line, N, D, f->x);
        f->x[77 * D + 3] = kept;
        expect_refusal(f, "", D, "row 77 of \"/vector\"");
        /* who does not want it is not troubled */
        struct line_vectors vectors = want(f, f->line + 100, 50, D);
        struct error err;
        assert_true(vector_file_read(f->path, "", &vectors, &err));
        assert_int_equal(vectors.n_found, 50);
    }
    double *wide = ARENA_ZARRAY(f->arena, double, N *D);
    const struct vector_layout f64 = {"xxh3_128", "test", STORE_U64, STORE_F64, 2, 0};
    wide[10 * D] = 1e300;
    vector_file_make(f->path, &f64, f->line, N, D, wide);
    expect_refusal(f, "", D, "row 10 of \"/vector\"");
    wide[10 * D] = 0.5;
    vector_file_make(f->path, &f64, f->line, N, D, wide);
    struct line_vectors vectors = want(f, f->line, N, D);
    struct error err;
    float out[D];
    assert_true(vector_file_read(f->path, "", &vectors, &err));
    line_vectors_row(&vectors, f->line[10], out);
    assert_true(out[0] == 0.5f && out[1] == 0);
}

/* What the header tells authors of such files; from python-xxhash's xxh3_128_intdigest. */
static void test_hash_is_the_documented_one(void **state)
{
    (void)state;
    char hex[33];
    hash128_hex(hash128(STR(""), 0), hex);
    assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines_are_found, set_up, fixture_remove),
        cmocka_unit_test_setup_teardown(test_first_of_duplicates_counts, set_up, fixture_remove),
        cmocka_unit_test_setup_teardown(test_wrong_files_are_refused, set_up, fixture_remove),
        cmocka_unit_test_setup_teardown(test_torn_files, set_up, fixture_remove),
        cmocka_unit_test_setup_teardown(test_numbers_must_be_finite, set_up, fixture_remove),
        cmocka_unit_test(test_hash_is_the_documented_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
