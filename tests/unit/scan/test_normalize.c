#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#define FAIL_WITH(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "scan/normalize.h"
#include "support/rng.h"

#include <stdlib.h>

static struct normalize rules_default(void)
{
    struct normalize rules;
    params_default(normalize_params, &rules);
    return rules;
}

static struct normalize rules_none(void)
{
    return (struct normalize){0};
}

typedef size_t form(const struct normalize *rules, struct str line, char *out);

/* In a block of exactly the promised size. */
static struct str form_of(form *make, const struct normalize *rules, struct str line, char **block)
{
    char *copy = malloc(line.n + 1), *out = malloc(4 * line.n + 16);
    assert_true(copy != NULL && out != NULL);
    if (line.n > 0)
        memcpy(copy, line.p, line.n);
    size_t n = make(rules, (struct str){copy, line.n}, out);
    assert_true(n <= 4 * line.n + 16);
    free(copy);
    *block = out;
    return (struct str){out, n};
}

static struct str normal(const struct normalize *rules, struct str line, char **block)
{
    return form_of(normalize_line, rules, line, block);
}

static struct str exact(const struct normalize *rules, struct str line, char **block)
{
    return form_of(normalize_exact, rules, line, block);
}

static void becomes(form *make, const struct normalize *rules, struct str line, struct str expected)
{
    char *block;
    struct str got = form_of(make, rules, line, &block);
    if (!str_equal(got, expected))
        FAIL_WITH("%.*s became %.*s, not %.*s", STR_ARG(line), STR_ARG(got), STR_ARG(expected));
    free(block);
}

#define BECOMES(rules, line, expected)       becomes(normalize_line, rules, STR(line), STR(expected))
#define BECOMES_EXACT(rules, line, expected) becomes(normalize_exact, rules, STR(line), STR(expected))
#define PAYLOAD                              "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA"
/* Of the SHA-256 of PAYLOAD, of it with == behind, and of it in lower case. */
#define DIGEST_OF_PAYLOAD "2c3e53ec701e55326641bf2348ef607a"
#define DIGEST_WITH_PAD   "675568e3914582f51efcfe8e00868b43"
#define DIGEST_OF_LOWER   "dc8d6dd11f08813d7dfc1e69e7493ffc"

static void test_defaults(void **state)
{
    (void)state;
    struct normalize rules = rules_default();
    assert_true(rules.lower_case && rules.squeeze && rules.drop_quotes && rules.mask_guid && rules.mask_base64 &&
                rules.mask_number && !rules.mask_path);
    BECOMES(&rules, "", "");
    BECOMES(&rules, " \t\n ", "");
    BECOMES(&rules, "\"\"", "");
    BECOMES(&rules, "  CMD.EXE\t\t/C   \"Dir  'x'\"\x01\x7F ", "cmd.exe /c dir x");
    BECOMES(&rules, "a \"\" b", "a b");
    BECOMES(&rules, "ping 10.0.0.1 -n 4711", "ping 0.0.0.0 -n 0");
    BECOMES(&rules, "0x7FFE 0X1g 1024x768 a12b3 x1f", "0 0g 0 a0b0 x0f");
    BECOMES(&rules, "0x0x1f 10x1f5 0xg", "0 0 0xg");
    BECOMES(&rules, "{6F9619FF-8B86-D011-B42D-00C04FC964FF}", "<guid>");
    BECOMES(&rules, "a 6f9619ff-8b86-d011-b42d-00c04fc964ff,b", "a <guid>,b");
    BECOMES(&rules, "{6f9619ff-8b86-d011-b42d-00c04fc964ff", "{<guid>");
    BECOMES(&rules, "x6f9619ff-abcd-abcd-abcd-abcdefabcdef", "x0f0ff-abcd-abcd-abcd-abcdefabcdef");
    BECOMES(&rules, "abcdefa123-abcd-abcd-abcd-abcdefabcdef", "<guid>");
    BECOMES(&rules, "-enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA==", "-enc <b64>");
    BECOMES(&rules, "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQ", "sqbfafgaiaaoae0azqb0ac0atwbiagoazqbjahq");
    BECOMES(&rules, "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA===", "<b64>=");
    /* Slashes: three in 40 letters are base64, four are a path; so are four in 71, not in 72. */
    BECOMES(&rules, "abcdefghij/klmnopqrst/uvwxyzabcd/efghijk", "<b64>");
    BECOMES(&rules, "/abcdefghi/klmnopqrst/uvwxyzabcd/efghijk", "/abcdefghi/klmnopqrst/uvwxyzabcd/efghijk");
    BECOMES(&rules, "/abcdefghi/klmnopqrst/uvwxyzabcd/efghijkabcdefghijabcdefghijabcdefghijk",
            "/abcdefghi/klmnopqrst/uvwxyzabcd/efghijkabcdefghijabcdefghijabcdefghijk");
    BECOMES(&rules, "/abcdefghi/klmnopqrst/uvwxyzabcd/efghijkabcdefghijabcdefghijabcdefghijkl", "<b64>");
    BECOMES(&rules, "/opt/Vendor/share/modules/net/ipv4/netfilter/core x",
            "/opt/vendor/share/modules/net/ipv0/netfilter/core x");
    BECOMES(&rules, "<b64> <guid> <b65>", "<b64> <guid> <b0>");
    BECOMES(&rules, "\xC3\x84 \xF0\x9F\x98\x80", "\xC3\x84 \xF0\x9F\x98\x80");
    BECOMES(&rules, "C:\\Users\\Bob\\x.exe", "c:\\users\\bob\\x.exe");
}

/* Byte by byte, as the table says. */
static size_t clean_slowly(const struct normalize *rules, struct str line, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        if (rules->drop_quotes && (c == '"' || c == '\''))
            continue;
        if (rules->squeeze && (c <= ' ' || c == 0x7F)) {
            if (n > 0 && out[n - 1] != ' ')
                out[n++] = ' ';
            continue;
        }
        out[n++] = (char)(rules->lower_case && c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return rules->squeeze && n > 0 && out[n - 1] == ' ' ? n - 1 : n;
}

static void eight_bytes_at_once_are_cleaned_as_one_by_one(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 200000; i++) {
        struct rng_state rng = rng_start(1, 4, i);
        uint64_t odd = 1 + rng_next_below(&rng, 20), n = rng_next_below(&rng, 60);
        struct normalize rules = {.lower_case = i & 1, .squeeze = i & 2, .drop_quotes = i & 4};
        char line[60], expected[60], *block;
        for (size_t k = 0; k < n; k++)
            line[k] = rng_next_below(&rng, odd) > 0 ? "aB@Z[`\\z"[rng_next_below(&rng, 8)]
                      : rng_next_below(&rng, 2) > 0 ? " \"'\t\x7F !"[rng_next_below(&rng, 7)]
                                                    : (char)rng_next_below(&rng, 256);
        struct str want = {expected, clean_slowly(&rules, (struct str){line, n}, expected)};
        assert_true(str_equal(normal(&rules, (struct str){line, n}, &block), want));
        free(block);
    }
}

static void test_each_alone(void **state)
{
    (void)state;
    struct normalize rules = rules_none();
    BECOMES(&rules, " A\t'1' \"\n", " A\t'1' \"\n");
    rules.lower_case = true;
    BECOMES(&rules, " A '1'\xC3\x84", " a '1'\xC3\x84");
    rules = rules_none();
    rules.squeeze = true;
    BECOMES(&rules, "\t A  '1' \n", "A '1'");
    rules = rules_none();
    rules.drop_quotes = true;
    BECOMES(&rules, "\"A\" '1' ", "A 1 ");
    rules = rules_none();
    rules.mask_number = true;
    BECOMES(&rules, "A1 0XFF", "A0 0");
    rules = rules_none();
    rules.mask_guid = true;
    BECOMES(&rules, "{6F9619FF-8B86-D011-B42D-00C04FC964FF}1", "<guid>1");
}

static void test_paths(void **state)
{
    (void)state;
    struct normalize rules = rules_default();
    rules.mask_path = true;
    BECOMES(&rules, "C:\\Users\\Jane Doe\\x.exe", "c:\\users\\<user>\\x.exe");
    BECOMES(&rules, "c:/users/bob/a c:\\users\\al\\b", "c:/users/<user>/a c:\\users\\<user>\\b");
    BECOMES(&rules, "/home/jane/.ssh/id", "/home/<user>/.ssh/id");
    BECOMES(&rules, "dir c:\\users\\bob", "dir c:\\users\\bob");
    BECOMES(&rules, "dir c:\\users\\bob & type c:\\x", "dir c:\\users\\bob & type c:\\x");
    BECOMES(&rules, "C:\\Windows\\Temp\\a1B2.tmp /tmp/x81/a.b", "c:\\windows\\temp\\<tmp>.tmp /tmp/<tmp>/a.b");
    BECOMES(&rules, "/tmp/setup.ps1 /tmp/x9", "/tmp/setup.ps0 /tmp/<tmp>");
    BECOMES(&rules, "/tmp/", "/tmp/");
    BECOMES(&rules, "\\users\\a\\users\\b\\", "\\users\\<user>\\users\\<user>\\");
    rules = rules_none();
    rules.mask_path = true;
    BECOMES(&rules, "/home/a/home/b/home/c/home/d/x", "/home/<user>/home/<user>/home/<user>/home/<user>/x");
}

/* What three -EncodedCommand lines do is not the same. */
static void exact_forms_tell_payloads_apart(void **state)
{
    (void)state;
    struct normalize rules = rules_default();
    BECOMES_EXACT(&rules, "", "");
    BECOMES_EXACT(&rules, "  CMD.EXE /C \"Dir\" 17 {6F9619FF-8B86-D011-B42D-00C04FC964FF}", "cmd.exe /c dir 0 <guid>");
    BECOMES_EXACT(&rules, "P -Enc " PAYLOAD, "p -enc <b64\xFF" DIGEST_OF_PAYLOAD ">");
    BECOMES_EXACT(&rules, "p  -ENC '" PAYLOAD "' 12", "p -enc <b64\xFF" DIGEST_OF_PAYLOAD "> 0");
    BECOMES_EXACT(&rules, PAYLOAD "== x", "<b64\xFF" DIGEST_WITH_PAD "> x");
    BECOMES_EXACT(&rules, "sqbfafgaiaaoae4azqb3ac0atwbiagoazqbjahqa", "<b64\xFF" DIGEST_OF_LOWER ">");
    rules.lower_case = false;
    BECOMES_EXACT(&rules, "P " PAYLOAD, "P <b64\xFF" DIGEST_OF_PAYLOAD ">");
    rules.mask_base64 = false;
    rules.lower_case = true;
    BECOMES_EXACT(&rules, "P " PAYLOAD, "p sqbfafgaiaaoae0azqb0ac0atwbiagoazqbjahqa");
}

static void no_text_looks_like_a_payload(void **state)
{
    (void)state;
    struct normalize rules = rules_default();
    BECOMES_EXACT(&rules, "<b64> <B64>", "<b64> <b64>");
    BECOMES_EXACT(&rules, "<b64:" DIGEST_OF_PAYLOAD ">", "<b0:0c0e0ec0e0bf0ef0a>");
    rules.mask_number = false;
    BECOMES_EXACT(&rules, "<b64:" DIGEST_OF_PAYLOAD ">", "<b64:" DIGEST_OF_PAYLOAD ">");
}

static void add_random(struct rng_state *rng, struct buf *out)
{
    static const char *const piece[] = {"a",
                                        "F",
                                        "x",
                                        "X",
                                        "0x",
                                        "1",
                                        "23",
                                        "-",
                                        "{",
                                        "}",
                                        "<",
                                        ">",
                                        "<b64>",
                                        "<guid>",
                                        "<user>",
                                        "<tmp>",
                                        "\"",
                                        "'",
                                        " ",
                                        "\t",
                                        "=",
                                        "/",
                                        "\\",
                                        "+",
                                        ".",
                                        "\\users\\",
                                        "/home/",
                                        "/tmp/",
                                        "\\Temp\\",
                                        "b64",
                                        "\xC3\xA4",
                                        "6f9619ff-8b86-d011-b42d-00c04fc964ff",
                                        "abcdefab-abcd-abcd-abcd-abcdefabcdef",
                                        "abcdefa",
                                        "-abcd-abcd-abcd-",
                                        "abcdefabcdef",
                                        "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA",
                                        "abc/def1/ghi0x12/jk/lmnopqrstuv23wxyz/abcdefgh",
                                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                        "|",
                                        ":"};
    for (uint64_t n = rng_next_below(rng, 14); n > 0; n--) {
        if (rng_next_below(rng, 5) == 0) {
            char c = (char)rng_next_below(rng, 256);
            buf_add(out, &c, 1);
        } else {
            buf_add_str(out, str_of(piece[rng_next_below(rng, ARRAY_LEN(piece))]));
        }
    }
}

static void test_idempotent(void **state)
{
    (void)state;
    struct buf line = {.limit = 1 << 16};
    for (uint64_t i = 0; i < 400000; i++) {
        struct rng_state rng = rng_start(1, 2, i);
        uint64_t bits = i % 4 == 0 ? 63 : i % 4 == 1 ? 127 : rng_next(&rng);
        struct normalize rules = {bits & 1, bits & 2, bits & 4, bits & 8, bits & 16, bits & 32, bits & 64};
        char *first, *second;
        line.n = 0;
        add_random(&rng, &line);
        struct str once = normal(&rules, buf_str(&line), &first);
        struct str twice = normal(&rules, once, &second);
        if (!str_equal(once, twice))
            FAIL_WITH("rules %d: %.*s became %.*s, then %.*s", (int)(bits & 127), STR_ARG(buf_str(&line)),
                      STR_ARG(once), STR_ARG(twice));
        free(first);
        free(second);
    }
    buf_free(&line);
}

/* Random lines, and each with other letters in its payloads: of random rules. */
static void exact_forms_are_finer_than_masked_ones(void **state)
{
    (void)state;
    struct buf line = {.limit = 1 << 16};
    for (uint64_t i = 0; i < 200000; i++) {
        struct rng_state rng = rng_start(1, 3, i);
        uint64_t bits = i % 4 == 0 ? 63 : i % 4 == 1 ? 127 : rng_next(&rng);
        struct normalize rules = {bits & 1, bits & 2, bits & 4, bits & 8, bits & 16, bits & 32, bits & 64};
        char *block[4];
        line.n = 0;
        add_random(&rng, &line);
        struct str masked = normal(&rules, buf_str(&line), &block[0]), fine = exact(&rules, buf_str(&line), &block[1]);
        struct str again = exact(&rules, fine, &block[2]);
        assert_true(str_equal(fine, again));
        assert_true(normalize_masked_run(masked) || str_equal(masked, fine));
        /* Without the digests it is the masked form. */
        size_t n = 0;
        char *bare = block[3] = malloc(fine.n + 1);
        assert_non_null(bare);
        for (size_t at = 0; at < fine.n; at++) {
            bare[n++] = fine.p[at];
            if (fine.n - at >= 38 && memcmp(fine.p + at, "<b64\xFF", 5) == 0 && fine.p[at + 37] == '>') {
                memcpy(bare + n, "b64>", 4);
                n += 4;
                at += 37;
            }
        }
        if (memchr(line.p != NULL ? line.p : "", '\xFF', line.n) == NULL)
            assert_true(str_equal((struct str){bare, n}, masked));
        for (int k = 0; k < 4; k++)
            free(block[k]);
    }
    buf_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_each_alone),
        cmocka_unit_test(eight_bytes_at_once_are_cleaned_as_one_by_one),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_idempotent),
        cmocka_unit_test(exact_forms_tell_payloads_apart),
        cmocka_unit_test(no_text_looks_like_a_payload),
        cmocka_unit_test(exact_forms_are_finer_than_masked_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
