/* Every version of the structural index gives the same index. The versions are private to their file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "../../../src/scan/scan_index.c"
#include "support/rng.h"

#include <stdio.h>
#include <stdlib.h>

typedef bool index_version(const char *p, size_t n, struct scan_index *index);

static void index_by_bytes(const char *p, size_t n, struct scan_index *index)
{
    bool escaped = false;
    for (size_t i = 0; i < n; i++) {
        if (i % SCAN_BLOCK == 0)
            index->backslash[i / SCAN_BLOCK] = 0;
        if (p[i] == '\\') {
            index->backslash[i / SCAN_BLOCK] |= UINT64_C(1) << i % SCAN_BLOCK;
        }
        if (p[i] == '"' && !escaped)
            index->quote[index->n_quotes++] = (uint16_t)i;
        escaped = p[i] == '\\' && !escaped;
    }
}

static void check(index_version *version, const char *p, size_t n, bool expected_ok)
{
    static struct scan_index expected, got;
    expected.n_quotes = got.n_quotes = 0;
    index_by_bytes(p, n, &expected);
    bool ok = version(p, n, &got);
    assert_int_equal(ok, expected_ok);
    if (!ok)
        return;
    assert_int_equal(got.n_quotes, expected.n_quotes);
    assert_memory_equal(got.quote, expected.quote, got.n_quotes * sizeof got.quote[0]);
    assert_memory_equal(got.backslash, expected.backslash, (n + SCAN_BLOCK - 1) / SCAN_BLOCK * sizeof(uint64_t));
}

static void check_all(const char *p, size_t n, bool ok)
{
#if defined(__x86_64__)
    check(index_sse2, p, n, ok);
    if (has_avx2())
        check(index_avx2, p, n, ok);
    if (has_avx512())
        check(index_avx512, p, n, ok);
#else
    check(index_plain, p, n, ok);
#endif
}

static void test_versions_agree(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        struct rng_state rng = rng_start(3, 1, i);
        size_t n = (size_t)rng_next_below(&rng, 300);
        char *p = malloc(n + 1);
        assert_non_null(p);
        for (size_t k = 0; k < n; k++)
            p[k] = "\\\\\"\"a\x7F \\"[rng_next_below(&rng, 8)];
        /* Only \" and \\ are escapes here: others are mended. */
        bool escaped = false;
        for (size_t k = 0; k < n; k++) {
            if (escaped && p[k] != '\\' && p[k] != '"')
                p[k] = 'n';
            escaped = p[k] == '\\' && !escaped;
        }
        if (escaped)
            p[n - 1] = ' ';
        check_all(p, n, true);
        free(p);
    }
}

static void test_odd_bytes_are_seen_anywhere(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 200; n++) {
        for (size_t at = 0; at < n; at += 1 + n / 20) {
            char p[200];
            for (int byte = 0; byte < 256; byte++) {
                memset(p, 'a', n);
                p[at] = (char)byte;
                check_all(p, n, byte >= 0x20 && byte < 0x80 && byte != '\\');
            }
        }
    }
}

static void test_too_long(void **state)
{
    (void)state;
    static char p[SCAN_MAX_BYTES + 1];
    static struct scan_index index;
    memset(p, 'a', sizeof p);
    assert_true(scan_index(p, SCAN_MAX_BYTES, &index));
    assert_false(scan_index(p, SCAN_MAX_BYTES + 1, &index));
    memset(p, '"', SCAN_MAX_QUOTES);
    assert_false(scan_index(p, SCAN_MAX_BYTES, &index));
    memset(p, '"', sizeof p);
    assert_false(scan_index(p, SCAN_MAX_BYTES, &index));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions_agree),
        cmocka_unit_test(test_odd_bytes_are_seen_anywhere),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
