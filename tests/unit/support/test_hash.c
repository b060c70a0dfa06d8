#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/hash.h"

/* Values of the reference implementation (XXH3, xxHash 0.8). */
static void hashes_are_xxh3(void **state)
{
    (void)state;
    assert_true(hash64(STR(""), 0) == UINT64_C(0x2D06800538D394C2));
    assert_true(hash64((struct str){NULL, 0}, 0) == hash64(STR(""), 0));
    struct hash128 empty = hash128(STR(""), 0);
    assert_true(empty.hi == UINT64_C(0x99AA06D3014798D8) && empty.lo == UINT64_C(0x6001C324468D497F));
}

static void every_bit_seed_and_length_counts(void **state)
{
    (void)state;
    char text[600];
    memset(text, 0, sizeof(text));
    for (size_t n = 1; n < sizeof(text); n += 37) {
        struct str s = {text, n};
        uint64_t h = hash64(s, 1);
        struct hash128 wide = hash128(s, 1);
        assert_true(h != hash64(s, 2) && h != hash64((struct str){text, n - 1}, 1));
        assert_false(hash128_equal(wide, hash128(s, 2)));
        text[n - 1] ^= 1;
        assert_true(h != hash64(s, 1));
        assert_false(hash128_equal(wide, hash128(s, 1)));
        text[n - 1] ^= 1;
        assert_true(h == hash64(s, 1));
    }
}

static void hashes_ignore_alignment(void **state)
{
    (void)state;
    char bytes[300];
    for (size_t i = 0; i < 8; i++) {
        memset(bytes + i, 'q', 256);
        assert_true(hash64((struct str){bytes + i, 256}, 9) == hash64((struct str){bytes + i, 256}, 9));
        assert_true(hash128_equal(hash128((struct str){bytes + i, 256}, 9), hash128((struct str){bytes, 256}, 9)));
    }
}

static void mixing_is_splitmix64(void **state)
{
    (void)state;
    assert_true(hash_mix(0) == UINT64_C(0xE220A8397B1DCDAF));
    assert_true(hash_mix(UINT64_C(0x9E3779B97F4A7C15)) == UINT64_C(0x6E789E6AA1B965F4));
    for (int bit = 0; bit < 64; bit++) {
        int flipped = __builtin_popcountll(hash_mix(12345) ^ hash_mix(12345 ^ (UINT64_C(1) << bit)));
        assert_in_range(flipped, 12, 52);
    }
}

static void order_is_hi_then_lo(void **state)
{
    (void)state;
    struct hash128 a = {1, 9}, b = {2, 0}, c = {2, UINT64_MAX};
    assert_true(hash128_compare(a, b) < 0 && hash128_compare(b, a) > 0);
    assert_true(hash128_compare(b, c) < 0 && hash128_compare(c, b) > 0);
    assert_int_equal(hash128_compare(c, c), 0);
    assert_true(hash128_equal(c, c) && !hash128_equal(b, c) && !hash128_equal(a, b));
}

static void hex_goes_both_ways(void **state)
{
    (void)state;
    char hex[33];
    struct hash128 h = {UINT64_C(0x0123456789ABCDEF), UINT64_C(0xF000000000000001)}, back = {0, 0};
    hash128_hex(h, hex);
    assert_string_equal(hex, "0123456789abcdeff000000000000001");
    assert_true(hash128_from_hex(str_of(hex), &back));
    assert_true(hash128_equal(h, back));
    static const char *const bad[] = {"",
                                      "0123456789abcdeff00000000000000",
                                      "0123456789abcdeff0000000000000012",
                                      "0123456789abcdeff00000000000000g",
                                      "0123456789ABCDEFf000000000000001",
                                      " 123456789abcdeff000000000000001"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(hash128_from_hex(str_of(bad[i]), &back));
    assert_true(hash128_equal(h, back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_xxh3),         cmocka_unit_test(every_bit_seed_and_length_counts),
        cmocka_unit_test(hashes_ignore_alignment), cmocka_unit_test(mixing_is_splitmix64),
        cmocka_unit_test(order_is_hi_then_lo),     cmocka_unit_test(hex_goes_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
