#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "features/extractor.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_DIMS = 1024 };

static struct choice embedding(const char *json, struct arena *arena)
{
    struct json_doc *doc;
    struct error err;
    struct choice choice;
    assert_true(json_parse(str_of(json), "test", false, &doc, &err));
    assert_true(plugin_choose(extractor_list(), doc, json_root(doc), arena, &choice, &err));
    json_free(doc);
    return choice;
}

static size_t row_of(const struct choice *choice, const char *line, float out[MAX_DIMS])
{
    const struct extractor *extractor = (const struct extractor *)(const void *)choice->plugin;
    size_t d = extractor->width(choice->params);
    assert_true(d <= MAX_DIMS);
    for (size_t i = 0; i < d; i++)
        out[i] = NAN;
    extractor->row(choice->params, NULL, str_of(line), out);
    return d;
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static double cosine(const struct choice *choice, const char *a, const char *b)
{
    float x[MAX_DIMS], y[MAX_DIMS];
    size_t d = row_of(choice, a, x);
    row_of(choice, b, y);
    return dot(x, y, d) / sqrt(dot(x, x, d) * dot(y, y, d));
}

static const char *const line = "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule --id 48213";

static void test_cosines(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct choice usual = embedding("\"embedding\"", arena);
    assert_true(fabs(cosine(&usual, line, line) - 1) < 1e-6);
    assert_true(cosine(&usual, line, "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule --id 90577") > 0.8);
    assert_true(fabs(cosine(&usual, line, "python3 manage.py migrate --noinput && touch /tmp/done")) < 0.3);
    assert_true(fabs(cosine(&usual, "abcdefgh", "zyxwvuts")) < 0.4);
    arena_free(arena);
}

static void test_rows_have_length_one_or_zero(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct choice usual = embedding("\"embedding\"", arena);
    float x[MAX_DIMS];
    size_t d = row_of(&usual, line, x);
    assert_int_equal(d, 512);
    assert_true(fabs(dot(x, x, d) - 1) < 1e-5);
    assert_true(dot(x, x, row_of(&usual, "", x)) == 0);
    assert_true(dot(x, x, row_of(&usual, "a", x)) == 0);
    assert_true(fabs(dot(x, x, row_of(&usual, "ab", x)) - 1) < 1e-6);
    arena_free(arena);
}

static void test_case(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct choice lower = embedding("\"embedding\"", arena);
    struct choice exact = embedding("{\"name\":\"embedding\",\"lower\":false}", arena);
    assert_true(fabs(cosine(&lower, "CMD.EXE /C DIR", "cmd.exe /c dir") - 1) < 1e-6);
    assert_true(cosine(&exact, "CMD.EXE /C DIR", "cmd.exe /c dir") < 0.6);
    arena_free(arena);
}

/* The fast path for 2 to 4 must be the sum of the general path's parts. */
static void test_lengths_add_up(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    float sum[MAX_DIMS] = {0}, x[MAX_DIMS];
    static const char *const single[] = {
        "{\"name\":\"embedding\",\"normalise\":\"none\",\"min_n\":2,\"max_n\":2}",
        "{\"name\":\"embedding\",\"normalise\":\"none\",\"min_n\":3,\"max_n\":3}",
        "{\"name\":\"embedding\",\"normalise\":\"none\",\"min_n\":4,\"max_n\":4}",
    };
    for (size_t i = 0; i < ARRAY_LEN(single); i++) {
        struct choice choice = embedding(single[i], arena);
        size_t d = row_of(&choice, line, x);
        double total = 0;
        for (size_t j = 0; j < d; j++) {
            sum[j] += x[j];
            total += fabs((double)x[j]);
        }
        assert_true(total > 0 && total <= (double)(strlen(line) - 1 - i));
    }
    struct choice all = embedding("{\"name\":\"embedding\",\"normalise\":\"none\"}", arena);
    size_t d = row_of(&all, line, x);
    assert_memory_equal(x, sum, d * sizeof x[0]);
    struct choice swapped = embedding("{\"name\":\"embedding\",\"normalise\":\"none\",\"min_n\":4,\"max_n\":2}", arena);
    row_of(&swapped, line, x);
    assert_memory_equal(x, sum, d * sizeof x[0]);
    arena_free(arena);
}

static void test_sublinear(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct choice plain = embedding("{\"name\":\"embedding\",\"normalise\":\"none\",\"dims\":8}", arena);
    struct choice damped =
        embedding("{\"name\":\"embedding\",\"normalise\":\"none\",\"dims\":8,\"sublinear\":true}", arena);
    float x[MAX_DIMS], y[MAX_DIMS];
    size_t d = row_of(&plain, line, x);
    assert_int_equal(d, 8);
    row_of(&damped, line, y);
    for (size_t i = 0; i < d; i++) {
        double c = fabs((double)x[i]), expected = c == 0 ? 0 : copysign(1 + log(c), (double)x[i]);
        assert_true(fabs((double)y[i] - expected) < 1e-5);
    }
    arena_free(arena);
}

/* Hashes of unlike grams spread over columns and signs. */
static void test_hash_spreads(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct choice choice =
        embedding("{\"name\":\"embedding\",\"normalise\":\"none\",\"dims\":64,\"min_n\":3,\"max_n\":3}", arena);
    int count[64] = {0}, plus = 0, n = 0;
    for (int a = 'a'; a <= 'z'; a++)
        for (int b = 'a'; b <= 'z'; b++)
            for (int c = 'a'; c <= 'z'; c++, n++) {
                char gram[] = {(char)a, (char)b, (char)c, 0};
                float x[MAX_DIMS];
                size_t d = row_of(&choice, gram, x);
                for (size_t i = 0; i < d; i++) {
                    count[i] += x[i] != 0;
                    plus += x[i] > 0;
                }
            }
    assert_true(abs(plus - n / 2) < n / 20);
    for (int i = 0; i < 64; i++)
        assert_true(count[i] > n / 64 / 2 && count[i] < n / 64 * 2);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cosines),   cmocka_unit_test(test_rows_have_length_one_or_zero),
        cmocka_unit_test(test_case),      cmocka_unit_test(test_lengths_add_up),
        cmocka_unit_test(test_sublinear), cmocka_unit_test(test_hash_spreads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
