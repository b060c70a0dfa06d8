#include "vector_fixture.h"

#include "../../../src/features/embed_client.h"
#include "../../../src/features/vector_cache.h"

enum { N = 60, D = 7, BLOCK = 9 };

static const struct vector_source source = {"test", D, 100};

static int set_up(void **state)
{
    return fixture_make(state, "cache", N, D);
}

static struct line_vectors want(const struct fixture *f, size_t d)
{
    static int64_t row[N];
    return line_vectors_want(&(struct line_view){.n = N, .row = row, .text = f->line}, d, f->arena);
}

/* Lines first .. end - 1, in blocks. */
static void add(const struct fixture *f, size_t first, size_t end)
{
    struct vector_cache *cache;
    struct error err = {0};
    if (!vector_cache_open(f->path, &source, &cache, &err))
        print_error("%s\n", err.message);
    assert_int_equal(err.code, ERROR_NONE);
    for (size_t i = 0; i < first; i++)
        assert_true(vector_cache_has(cache, f->key[i]));
    assert_false(vector_cache_has(cache, f->key[first]));
    for (size_t i = first; i < end; i += BLOCK)
        assert_true(vector_cache_add(cache, f->key + i, f->x + i * D, min_size(BLOCK, end - i), &err));
    assert_true(vector_cache_sync(cache, &err));
    vector_cache_close(cache);
}

/* Number of lines found, all of them right; SIZE_MAX: refused. */
static size_t found(const struct fixture *f)
{
    struct line_vectors vectors = want(f, D);
    struct error err = {0};
    if (!vector_cache_read(f->path, &source, &vectors, &err)) {
        assert_non_null(strstr(err.message, f->path));
        return SIZE_MAX;
    }
    for (size_t i = 0; i < N; i++) {
        float out[D];
        if (!vectors.found[i])
            continue;
        line_vectors_row(&vectors, f->line[i], out);
        assert_memory_equal(out, f->x + i * D, sizeof out);
    }
    return vectors.n_found;
}

static void test_what_was_added_is_found(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(found(f), 0); /* no file yet */
    assert_false(vector_cache_is(f->path));
    add(f, 0, 20);
    assert_int_equal(found(f), 20);
    assert_true(vector_cache_is(f->path));
    add(f, 20, N);
    assert_int_equal(found(f), N);
}

static void test_any_torn_end_is_dropped(void **state)
{
    struct fixture *f = *state;
    add(f, 0, N);
    struct str whole = read_text(f->path, f->arena);
    size_t before = 0;
    for (size_t cut = 0; cut <= whole.n; cut += cut < 600 ? 37 : 11) {
        write_text(f->path, (struct str){whole.p, cut});
        size_t n = found(f);
        assert_true(n % BLOCK == 0 && n >= before && n < N);
        before = n;
        if (cut % 5 == 0) { /* and the rest can be added */
            add(f, n, N);
            assert_int_equal(found(f), N);
        }
    }
}

static void test_damage_is_noticed(void **state)
{
    struct fixture *f = *state;
    add(f, 0, N);
    struct str whole = read_text(f->path, f->arena);
    char *bytes = arena_copy(f->arena, whole.p, whole.n);
    size_t refused = 0;
    for (size_t at = 512; at < whole.n; at += 13) {
        bytes[at] ^= 0x10;
        write_text(f->path, (struct str){bytes, whole.n});
        size_t n = found(f); /* asserts that no wrong vector comes out */
        refused += n == SIZE_MAX;
        bytes[at] ^= 0x10;
    }
    assert_true(refused > (whole.n - 512) / 13 * 9 / 10);
}

static void test_other_sources_are_refused(void **state)
{
    struct fixture *f = *state;
    static const struct vector_source other[] = {{"another", D, 100}, {"test", D + 1, 100}, {"test", D, 99}};
    add(f, 0, N);
    for (size_t i = 0; i < ARRAY_LEN(other); i++) {
        struct vector_cache *cache;
        struct error err = {0};
        struct line_vectors vectors = want(f, (size_t)other[i].dimensions);
        assert_false(vector_cache_read(f->path, &other[i], &vectors, &err));
        assert_false(vector_cache_open(f->path, &other[i], &cache, &err));
        assert_non_null(strstr(err.message, "another file"));
    }
    struct error err = {0};
    struct line_vectors vectors = want(f, D);
    assert_true(vector_cache_read(f->path, &(struct vector_source){NULL, D, 0}, &vectors, &err));
    assert_int_equal(vectors.n_found, N);
    write_text(f->path, STR("{\"format\":\"benomaly vectors\"}"));
    assert_int_equal(found(f), 0); /* torn while it was made */
    char *text = arena_zalloc(f->arena, 4000, 1);
    memset(text, 'x', 4000);
    write_text(f->path, (struct str){text, 4000});
    assert_int_equal(found(f), SIZE_MAX);
}

struct reply_case {
    const char *text, *reason; /* NULL: sound */
    size_t width;
};

static void test_replies(void **state)
{
    (void)state;
    static const struct reply_case cases[] = {
        {"{\"data\":[{\"index\":1,\"embedding\":[3,4]},{\"index\":0,\"embedding\":[1,2.5e0]}]}", NULL, 2},
        {"{\"data\":[{\"embedding\":[1,2.5]},{\"embedding\":[3,4]}],\"usage\":{}}", NULL, 2},
        {"{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":0,\"embedding\":[1,2]}]}", "one embedding", 2},
        {"{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":2,\"embedding\":[1,2]}]}", "one embedding", 2},
        {"{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":-1,\"embedding\":[1,2]}]}", "one embedding", 2},
        {"{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":0.5,\"embedding\":[1,2]}]}", "one embedding", 2},
        {"{\"data\":[{\"index\":0,\"embedding\":[1,2]}]}", "one embedding", 2},
        {"{\"data\":{}}", "one embedding", 2},
        {"{\"data\":[1,2]}", "not an array", 2},
        {"[]", "one embedding", 2},
        {"", "not JSON", 2},
        {"{\"data\":[", "not JSON", 2},
        {"{\"data\":[{\"embedding\":[1,2,3]},{\"embedding\":[3,4,5]}]}", "dimensions", 3},
        {"{\"data\":[{\"embedding\":[1,1e39]},{\"embedding\":[3,4]}]}", "finite", 2},
        {"{\"data\":[{\"embedding\":[1e999,1]},{\"embedding\":[3,4]}]}", "not JSON", 2},
        {"{\"data\":[{\"embedding\":[1,null]},{\"embedding\":[3,4]}]}", "not an array", 2},
        {"{\"data\":[{\"embedding\":[1,\"2\"]},{\"embedding\":[3,4]}]}", "not an array", 2},
        {"{\"data\":[{\"embedding\":\"AAAA\"},{\"embedding\":[3,4]}]}", "not an array", 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        float x[4];
        const char *reason;
        size_t width;
        bool ok = embed_parse(str_of(cases[i].text), 2, 2, x, &reason, &width);
        if (ok != !cases[i].reason || (!ok && !strstr(reason, cases[i].reason)))
            print_error("%s: %s\n", cases[i].text, ok ? "taken" : reason);
        assert_int_equal(ok, cases[i].reason == NULL);
        assert_true(ok || strstr(reason, cases[i].reason) != NULL);
        assert_int_equal(width, cases[i].width);
        if (ok)
            assert_true(x[0] == 1 && x[1] == 2.5f && x[2] == 3 && x[3] == 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_was_added_is_found, set_up, fixture_remove),
        cmocka_unit_test_setup_teardown(test_any_torn_end_is_dropped, set_up, fixture_remove),
        cmocka_unit_test_setup_teardown(test_damage_is_noticed, set_up, fixture_remove),
        cmocka_unit_test_setup_teardown(test_other_sources_are_refused, set_up, fixture_remove),
        cmocka_unit_test(test_replies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
