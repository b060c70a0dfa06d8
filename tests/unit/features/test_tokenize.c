#include "features/tokenize.h"
#include "support/arena.h"
#include "support/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include <stdio.h>
#include <stdlib.h>

static const struct tokenizer word = {TOKENIZER_WORDPUNCT, false}, word_lower = {TOKENIZER_WORDPUNCT, true};
static const struct tokenizer shell = {TOKENIZER_SHELL, false}, shell_lower = {TOKENIZER_SHELL, true};

/* Tokens joined by newlines. */
static void assert_tokens(struct tokenizer tokenizer, struct str line, const char *expected)
{
    struct buf out = {.limit = 1 << 20};
    struct token_scan scan = token_start(tokenizer, line);
    struct str raw;
    buf_add_str(&out, STR(""));
    while (token_next(&scan, &raw)) {
        char text[4096];
        size_t n = token_text(tokenizer, raw, text, sizeof text);
        if (out.n > 0)
            buf_add_str(&out, STR("\n"));
        buf_add(&out, text, n);
    }
    assert_false(token_next(&scan, &raw));
    assert_string_equal(out.n > 0 ? out.p : "", expected);
    buf_free(&out);
}

static void test_wordpunct(void **state)
{
    (void)state;
    assert_tokens(word, STR("C:\\tmp7\\a.exe --n=12"), "C\n:\\\ntmp*\n\\\na\n.\nexe\n--\nn\n=\n**");
    assert_tokens(word, STR(""), "");
    assert_tokens(word, STR(" \t\r\n\v\f"), "");
    assert_tokens(word, STR("a_1 B_2"), "a_*\nB_*");
    assert_tokens(word_lower, STR("ECHO %PATH%;ls&&x"), "echo\n%\npath\n%;\nls\n&&\nx");
    assert_tokens(word, STR("a.b . c"), "a\n.\nb\n.\nc");
    assert_tokens(word, STR("na\xc3\xafve \xff\xfe!"), "na\xc3\xafve\n\xff\xfe\n!");
    assert_tokens(word_lower, STR("\xc3\x84Z"), "\xc3\x84z");
    assert_tokens(word, (struct str){NULL, 0}, "");
}

static void test_nul_is_no_blank(void **state)
{
    (void)state;
    struct token_scan scan = token_start(word, (struct str){"a\0b", 3});
    struct str raw;
    size_t n = 0;
    while (token_next(&scan, &raw))
        n += raw.n == 1;
    assert_int_equal(n, 3);
}

static void test_shell(void **state)
{
    (void)state;
    assert_tokens(shell_lower, STR("p^ower^shell -w`i h \"C:\\a b\\c.ps1\">x"),
                  "powershell\n-wi\nh\nc:\\a b\\c.ps*\n>\nx");
    assert_tokens(shell, STR("tar --file=/a/b.tgz && echo ok;ls"), "tar\n--file\n/a/b.tgz\n&&\necho\nok\n;\nls");
    assert_tokens(shell, STR("a|b||c&d&&e>f>>g<h<<i"), "a\n|\nb\n||\nc\n&\nd\n&&\ne\n>\nf\n>>\ng\n<\nh\n<<\ni");
    assert_tokens(shell, STR("(a);;b"), "(\na\n)\n;\n;\nb");
    assert_tokens(shell, STR("\"a b\"c"), "a bc");
    assert_tokens(shell, STR("'a \"b\" ^c' d"), "a \"b\" ^c\nd");
    assert_tokens(shell, STR("it's o'clock now"), "it's\no'clock\nnow");
    assert_tokens(shell, STR("echo \"a ^ `\" b\" c"), "echo\na ^ \" b\nc");
    assert_tokens(shell, STR("a^ b ^| c"), "a b\n|\nc");
    assert_tokens(shell, STR("\"never closed | x"), "never closed | x");
    assert_tokens(shell, STR("\"\" ^"), "");
    assert_tokens(shell, STR(""), "");
}

static void test_shell_options(void **state)
{
    (void)state;
    assert_tokens(shell, STR("-o=v /tn:name --a-b=c=d"), "-o\nv\n/tn\nname\n--a-b\nc=d");
    assert_tokens(shell, STR("--x='a b' --y=\"c d\""), "--x\na b\n--y\nc d");
    assert_tokens(shell, STR("/usr/bin:/bin a=b http://x/y=z"), "/usr/bin:/bin\na=b\nhttp://x/y=z");
    assert_tokens(shell, STR("-=x /:y - /"), "-=x\n/:y\n-\n/");
    assert_tokens(shell, STR("--empty= next"), "--empty\nnext");
    assert_tokens(shell, STR("\"--q=v\""), "--q=v");
}

static struct hash128 first_hash(struct tokenizer tokenizer, struct str line)
{
    struct token_scan scan = token_start(tokenizer, line);
    struct str raw;
    assert_true(token_next(&scan, &raw));
    return token_hash(tokenizer, raw, 5);
}

/* Equal texts have equal hashes, however they were written; other texts have others. */
static void test_hash_is_of_the_text(void **state)
{
    (void)state;
    struct hash128 plain = first_hash(shell_lower, STR("powershell"));
    assert_true(hash128_equal(plain, first_hash(shell_lower, STR("P^ow\"er\"S`hell"))));
    assert_false(hash128_equal(plain, first_hash(shell_lower, STR("powershel"))));
    assert_false(hash128_equal(first_hash(word, STR("A")), first_hash(word, STR("a"))));
    assert_true(hash128_equal(first_hash(word_lower, STR("A1")), first_hash(word_lower, STR("a9"))));
    assert_false(hash128_equal(token_hash(word, STR("a"), 1), token_hash(word, STR("a"), 2)));
}

/* Every length around the pieces in which long tokens are hashed, escapes or not. */
static void test_long_tokens(void **state)
{
    (void)state;
    enum { MOST = 1030 };
    char plain[MOST], escaped[2 * MOST];
    struct hash128 before = {0, 0};
    for (size_t n = 1; n <= MOST; n++) {
        for (size_t i = 0; i < n; i++) {
            plain[i] = (char)('a' + i % 26);
            escaped[2 * i] = '^';
            escaped[2 * i + 1] = plain[i];
        }
        struct hash128 hash = first_hash(shell, (struct str){plain, n});
        assert_true(hash128_equal(hash, first_hash(shell, (struct str){escaped, 2 * n})));
        assert_false(hash128_equal(hash, before));
        before = hash;
        plain[n - 1] = '!';
        assert_false(hash128_equal(hash, first_hash(shell, (struct str){plain, n})));
    }
    char cut[3];
    assert_int_equal(token_text(word, STR("a1cd"), cut, sizeof cut), 3);
    assert_memory_equal(cut, "a*c", 3);
}

/* Tokens lie in order inside the line, and wordpunct passes over blanks only. */
static void check_random_line(struct str line)
{
    const struct tokenizer all[] = {word, shell, word_lower, shell_lower};
    for (size_t t = 0; t < ARRAY_LEN(all); t++) {
        struct token_scan scan = token_start(all[t], line);
        struct str raw;
        const char *end = line.p;
        size_t covered = 0, blanks = 0;
        while (token_next(&scan, &raw)) {
            char text[600];
            size_t n = token_text(all[t], raw, text, sizeof text);
            assert_true(raw.p >= end && raw.n > 0 && raw.p + raw.n <= line.p + line.n);
            assert_true(n > 0 && n <= raw.n);
            end = raw.p + raw.n;
            covered += raw.n;
        }
        for (size_t i = 0; i < line.n; i++)
            blanks += line.p[i] == ' ' || (line.p[i] >= '\t' && line.p[i] <= '\r') ? 1 : 0;
        if (all[t].kind == TOKENIZER_WORDPUNCT)
            assert_int_equal(covered + blanks, line.n);
    }
}

static void test_random_lines(void **state)
{
    (void)state;
    static const char special[] = "ab1 \t-/=:\"'^`|&;<>()\\";
    struct rng_state rng = rng_start(1, 2, 3);
    for (int round = 0; round < 20000; round++) {
        size_t n = (size_t)rng_next_below(&rng, 80);
        char *bytes = malloc(n + 1); /* of its own, so that sanitizers see a step outside */
        assert_non_null(bytes);
        for (size_t i = 0; i < n; i++)
            bytes[i] =
                round % 2 == 0 ? (char)rng_next_below(&rng, 256) : special[rng_next_below(&rng, sizeof special - 1)];
        char *exact = malloc(n > 0 ? n : 1);
        assert_non_null(exact);
        memcpy(exact, bytes, n);
        check_random_line((struct str){exact, n});
        free(exact);
        free(bytes);
    }
}

/* A quadratic pass over any of these would not end in time. */
static void test_huge_lines(void **state)
{
    (void)state;
    static const char *const unit[] = {"a", "\"", "'", "^", "`", "-", "a ", "|", "\"a b\"", "-x=", "' ", "\" "};
    enum { BYTES = 1 << 20 };
    char *bytes = malloc(BYTES);
    assert_non_null(bytes);
    for (size_t u = 0; u < ARRAY_LEN(unit); u++) {
        size_t length = strlen(unit[u]);
        for (size_t i = 0; i < BYTES; i++)
            bytes[i] = unit[u][i % length];
        struct token_scan scan = token_start(shell, (struct str){bytes, BYTES});
        struct str raw;
        size_t n = 0;
        while (token_next(&scan, &raw))
            n += token_hash(shell, raw, 1).hi != 0;
        assert_true(n <= BYTES);
    }
    free(bytes);
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(tokenizer_named("shell", true).kind, TOKENIZER_SHELL);
    assert_int_equal(tokenizer_named("wordpunct", true).kind, TOKENIZER_WORDPUNCT);
    assert_true(tokenizer_named("shell", true).lower);
    assert_null(tokenizer_names[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wordpunct),
        cmocka_unit_test(test_nul_is_no_blank),
        cmocka_unit_test(test_shell),
        cmocka_unit_test(test_shell_options),
        cmocka_unit_test(test_hash_is_of_the_text),
        cmocka_unit_test(test_long_tokens),
        cmocka_unit_test(test_random_lines),
        cmocka_unit_test(test_huge_lines),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
