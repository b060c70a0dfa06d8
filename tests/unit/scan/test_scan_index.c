/* Every version of the structural index gives the same index. The versions are private to their file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "../../../src/scan/scan_index.c"
#include "support/rng.h"
#include "support/utf8.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST = SCAN_MAX_BYTES };

typedef void index_version(const char *p, size_t n, struct scan_index *index);

struct room {
    uint32_t quote[MOST + 2 * SCAN_BLOCK], newline[MOST + 2 * SCAN_BLOCK];
    uint64_t backslash[MOST / SCAN_BLOCK + 2], doubt[MOST / SCAN_BLOCK / 64 + 2], high[MOST / SCAN_BLOCK / 64 + 2];
};

static struct scan_index index_in(struct room *room, size_t max_quotes, size_t max_newlines)
{
    return (struct scan_index){.quote = room->quote,
                               .newline = room->newline,
                               .backslash = room->backslash,
                               .doubt = room->doubt,
                               .high = room->high,
                               .max_quotes = max_quotes,
                               .max_newlines = max_newlines};
}

static void index_by_bytes(const char *p, size_t n, struct scan_index *index)
{
    bool escaped = false;
    for (size_t i = 0; i < n; i++) {
        size_t block = i / SCAN_BLOCK;
        unsigned char c = (unsigned char)p[i];
        if (i % SCAN_BLOCK == 0)
            index->backslash[block] = 0;
        if (c == '\\')
            index->backslash[block] |= UINT64_C(1) << i % SCAN_BLOCK;
        if (c == '"' && !escaped)
            index->quote[index->n_quotes++] = (uint32_t)i;
        if (c == '\n')
            index->newline[index->n_newlines++] = (uint32_t)i;
        bool control = c < 0x20 && c != '\n' && !(c == '\r' && i + 1 < n && p[i + 1] == '\n');
        if (control || (escaped && scan_escape(p + i - 1, n - (i - 1)) == 0))
            set_bit(index->doubt, block);
        if (c >= 0x80)
            set_bit(index->high, block);
        escaped = c == '\\' && !escaped;
    }
    if (escaped && n % SCAN_BLOCK != 0) /* nothing follows; whoever looks at it finds no end of a record either */
        set_bit(index->doubt, n / SCAN_BLOCK);
    index->n = n;
}

static void check(index_version *version, const char *p, size_t n, bool expected_sound)
{
    static struct room expected_room, got_room;
    struct scan_index expected = index_in(&expected_room, MOST, MOST), got = index_in(&got_room, MOST, MOST);
    start(n, &expected);
    start(n, &got);
    index_by_bytes(p, n, &expected);
    version(p, n, &got);
    end(&got);
    size_t blocks = (n + SCAN_BLOCK - 1) / SCAN_BLOCK, words = blocks / 64 + 1;
    assert_int_equal(got.n, n);
    assert_int_equal(got.n_quotes, expected.n_quotes);
    assert_int_equal(got.n_newlines, expected.n_newlines);
    assert_memory_equal(got.quote, expected.quote, got.n_quotes * sizeof got.quote[0]);
    assert_memory_equal(got.newline, expected.newline, got.n_newlines * sizeof got.newline[0]);
    assert_memory_equal(got.backslash, expected.backslash, blocks * sizeof(uint64_t));
    assert_memory_equal(got.doubt, expected.doubt, words * sizeof(uint64_t));
    assert_memory_equal(got.high, expected.high, words * sizeof(uint64_t));
    assert_int_equal(got.quote[got.n_quotes], UINT32_MAX);
    assert_int_equal(scan_index_sound(&got, p, 0, n), expected_sound);
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
                check_all(p, n,
                          (byte >= 0x20 && byte < 0x80 && (byte != '\\' || (at + 1 == n && n % SCAN_BLOCK == 0))) ||
                              byte == '\n');
            }
        }
    }
}

static void test_any_bytes(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        struct rng_state rng = rng_start(3, 2, i);
        size_t n = (size_t)rng_next_below(&rng, 300);
        char *p = malloc(n + 1);
        assert_non_null(p);
        bool sound = true, escaped = false;
        for (size_t k = 0; k < n; k++)
            p[k] = "\\\"a \n\r\t\xC3\xA4uf0\x01"[rng_next_below(&rng, 14)];
        for (size_t k = 0; k < n; k++) {
            unsigned char c = (unsigned char)p[k];
            sound = sound && (c >= 0x20 || c == '\n' || (c == '\r' && k + 1 < n && p[k + 1] == '\n')) &&
                    (!escaped || scan_escape(p + k - 1, n - (k - 1)) > 0);
            escaped = c == '\\' && !escaped;
        }
        sound = sound && (!escaped || n % SCAN_BLOCK == 0);
        check_all(p, n, sound && utf8_valid(p, n));
        free(p);
    }
}

/* It ends where there is no room for more, with a block; what it says of the bytes before holds. */
static void test_room_ends(void **state)
{
    (void)state;
    static struct room room;
    static char p[MOST];
    memset(p, 'a', sizeof p);
    struct scan_index index = index_in(&room, 100, 0);
    scan_index(p, sizeof p, &index);
    assert_int_equal(index.n, sizeof p);
    p[SCAN_BLOCK + 3] = '\n';
    scan_index(p, sizeof p, &index);
    assert_int_equal(index.n, 2 * SCAN_BLOCK);
    assert_int_equal(index.n_newlines, 1);
    memset(p, '"', sizeof p);
    scan_index(p, sizeof p, &index);
    assert_int_equal(index.n, 2 * SCAN_BLOCK);
    assert_int_equal(index.n_quotes, 2 * SCAN_BLOCK);
    index = index_in(&room, 100, 10);
    memset(p, '\n', sizeof p);
    scan_index(p, sizeof p, &index);
    assert_int_equal(index.n, SCAN_BLOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions_agree),
        cmocka_unit_test(test_odd_bytes_are_seen_anywhere),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_room_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
