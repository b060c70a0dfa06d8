#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/ascii.h"

#include <ctype.h>

/* Of all bytes, given either way, as the C locale has it. */
static void every_byte_is_told(void **state)
{
    (void)state;
    for (int i = 0; i < 256; i++) {
        int given[] = {(unsigned char)i, (signed char)i};
        for (int k = 0; k < 2; k++) {
            int c = given[k];
            assert_int_equal(ascii_digit(c), isdigit(i) != 0);
            assert_int_equal(ascii_upper(c), isupper(i) != 0);
            assert_int_equal(ascii_lower(c), islower(i) != 0);
            assert_int_equal(ascii_letter(c), isalpha(i) != 0);
            assert_int_equal(ascii_alnum(c), isalnum(i) != 0);
            assert_int_equal(ascii_blank(c), isspace(i) != 0 && i != '\v' && i != '\f');
            assert_int_equal(ascii_hex(c) >= 0, isxdigit(i) != 0);
        }
        assert_int_equal((unsigned char)ascii_fold((char)i), tolower(i));
    }
}

static void hexadecimal_digits_read_back(void **state)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    (void)state;
    for (int i = 0; i < 32; i++)
        assert_int_equal(ascii_hex(digits[i]), i % 16);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(ascii_hex_digit(0xF0 + i), digits[i]);
}

static void case_of_letters_alone_is_passed_over(void **state)
{
    (void)state;
    assert_true(ascii_same(STR("CommandLine"), STR("COMMANDline")));
    assert_true(ascii_same(STR(""), (struct str){NULL, 0}));
    assert_false(ascii_same(STR("a"), STR("ab")));
    assert_false(ascii_same(STR("@[`{"), STR("`{@[")));
    assert_false(ascii_same(STR("\xC3\x84"), STR("\xC3\xA4")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_told),
        cmocka_unit_test(hexadecimal_digits_read_back),
        cmocka_unit_test(case_of_letters_alone_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
