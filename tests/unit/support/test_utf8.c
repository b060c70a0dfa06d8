#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/rng.h"
#include "support/utf8.h"

#include <string.h>

/* By decoding, and asking how long the shortest form of the character is. */
static size_t expected_length(const unsigned char *u, size_t n)
{
    size_t length = u[0] < 0x80 ? 1 : u[0] < 0xC0 ? 0 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : u[0] < 0xF8 ? 4 : 0;
    if (length == 0 || n < length)
        return 0;
    uint32_t c = length == 1 ? u[0] : u[0] & (0x7Fu >> length);
    for (size_t k = 1; k < length; k++) {
        if ((u[k] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (u[k] & 0x3F);
    }
    size_t shortest = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    return shortest == length && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) ? length : 0;
}

static void every_sequence_is_told(void **state)
{
    static const unsigned char ends[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xE0, 0xFF};
    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        for (size_t k = 0; k < sizeof ends * sizeof ends; k++) {
            unsigned char u[4] = {(unsigned char)(pair >> 8), (unsigned char)pair, ends[k / sizeof ends],
                                  ends[k % sizeof ends]};
            for (size_t n = 1; n <= sizeof u; n++)
                assert_int_equal(utf8_length((const char *)u, n), expected_length(u, n));
        }
    }
}

static bool all_told(const char *p, size_t n)
{
    for (size_t i = 0, length; i < n; i += length) {
        length = utf8_length(p + i, n - i);
        if (length == 0)
            return false;
    }
    return true;
}

static void whole_texts_are_valid_or_not(void **state)
{
    static const char *const piece[] = {"a",           "plain text", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                                        "\xED\x9F\xBF"};
    static const char *const bad[] = {"\x80", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"};
    int n_valid = 0;
    (void)state;
    assert_true(utf8_valid(NULL, 0));
    for (uint64_t k = 0; k < 20000; k++) {
        char text[128];
        size_t n = 0;
        for (uint64_t i = 0; i < 9; i++) {
            uint64_t draw = rng_u64(1, k, i);
            const char *p = draw % 61 == 0 ? bad[draw / 61 % 5] : piece[draw / 61 % 6];
            memcpy(text + n, p, strlen(p));
            n += strlen(p);
        }
        n -= rng_u64(2, k, 0) % 4; /* cut at any place */
        assert_int_equal(utf8_valid(text, n), all_told(text, n));
        n_valid += all_told(text, n);
    }
    assert_in_range(n_valid, 5000, 19000);
}

static void controls_are_not_printable(void **state)
{
    (void)state;
    assert_int_equal(utf8_printable("\x1F", 1), 0);
    assert_int_equal(utf8_printable("\x7F", 1), 0);
    assert_int_equal(utf8_printable("\xC2\x9F", 2), 0);
    assert_int_equal(utf8_printable("\xC2\xA0", 2), 2);
    assert_int_equal(utf8_printable(" ", 1), 1);
    assert_int_equal(utf8_printable("\xFF", 1), 0);
}

static void escaped_text_is_cut_at_a_character(void **state)
{
    char out[16];
    (void)state;
    assert_int_equal(utf8_escape(out, sizeof out, "a\n\xFF\xC3\xA4", 5), 11);
    assert_string_equal(out, "a\\x0A\\xFF\xC3\xA4");
    assert_int_equal(utf8_escape(out, 4, "ab\xE2\x82\xAC", 5), 2);
    assert_string_equal(out, "ab");
    assert_int_equal(utf8_escape(out, 5, "ab\n", 3), 2);
    assert_string_equal(out, "ab");
    assert_int_equal(utf8_escape(out, 1, "ab", 2), 0);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_is_told),
        cmocka_unit_test(whole_texts_are_valid_or_not),
        cmocka_unit_test(controls_are_not_printable),
        cmocka_unit_test(escaped_text_is_cut_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
