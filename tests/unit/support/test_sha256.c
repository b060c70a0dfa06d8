#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/sha256.h"

static void check(struct str text, const char *expected)
{
    char hex[SHA256_HEX];
    sha256_hex(sha256_of(text), hex);
    assert_string_equal(hex, expected);
    sha256_hex(sha256_short(text), hex);
    assert_string_equal(hex, expected);
}

/* FIPS 180-4's examples, and the empty text. */
static void known_texts_have_their_digests(void **state)
{
    (void)state;
    check(STR(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check(STR("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void pieces_give_what_the_whole_gives(void **state)
{
    (void)state;
    static char text[1000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7);
    struct sha256 whole = sha256_of((struct str){text, sizeof text});
    struct sha256 quick = sha256_short((struct str){text, sizeof text});
    assert_memory_equal(&whole, &quick, sizeof whole);
    struct sha256_stream *stream = sha256_begin();
    for (size_t at = 0, n = 0; at < sizeof text; at += n) {
        n = min_size(at + 1, sizeof text - at);
        sha256_add(stream, (struct str){text + at, n});
    }
    struct sha256 pieces = sha256_end(stream);
    assert_memory_equal(&whole, &pieces, sizeof whole);
}

static void hex_reads_back_and_nothing_else_does(void **state)
{
    (void)state;
    struct sha256 digest = sha256_of(STR("x")), back;
    char hex[SHA256_HEX];
    sha256_hex(digest, hex);
    assert_true(sha256_from_hex(str_of(hex), &back));
    assert_memory_equal(&digest, &back, sizeof digest);
    assert_false(sha256_from_hex((struct str){hex, 63}, &back));
    hex[10] = 'G';
    assert_false(sha256_from_hex(str_of(hex), &back));
    hex[10] = 'A';
    assert_false(sha256_from_hex(str_of(hex), &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts_have_their_digests),
        cmocka_unit_test(pieces_give_what_the_whole_gives),
        cmocka_unit_test(hex_reads_back_and_nothing_else_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
