#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#define FAIL_WITH(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "scan/scan.h"
#include "support/json.h"
#include "support/rng.h"

#include <stdio.h>
#include <stdlib.h>

enum { N_NAMES = 4 };
static const struct str names[N_NAMES] = {{"command_line", 12}, {"host", 4}, {"n\xC3\xA4me", 5}, {"", 0}};

static bool scan(struct str record, struct scan_field out[N_NAMES], const char **reason)
{
    /* A copy of exactly this size, so that reading past the end is caught. */
    char *copy = malloc(record.n + 1);
    assert_non_null(copy);
    copy[record.n] = '"';
    if (record.n > 0)
        memcpy(copy, record.p, record.n);
    *reason = NULL;
    bool ok = scan_object((struct str){copy, record.n}, names, N_NAMES, out, reason);
    for (size_t j = 0; j < N_NAMES; j++) {
        if (ok && out[j].type != SCAN_ABSENT)
            out[j].raw.p = record.p + (out[j].raw.p - copy);
    }
    assert_true(ok || *reason != NULL);
    free(copy);
    return ok;
}

static void test_accepted(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{}",
        " { } ",
        "{\"a\":1}\r\n",
        "{\"a\":-0.5e+10,\"b\":[],\"c\":{}}",
        "{\"a\":[[1,2],{\"x\":[null]}]}\n",
        "{\"a\" : \"\\u0000\\\\\\\"\\/\\b\\f\\n\\r\\t\"}",
        "{\"a\":\"\\ud83d\\ude00\"}",
        "{\"a\":\"\\ud83d\"}",
        "{\"\":\"\"}",
        "{\"\xF0\x9F\x98\x80\":true,\"b\":false,\"c\":null}",
        "{\n\t\"a\":\r\"b\"\n}",
        "{\"a\":1e999}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\x7F\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct scan_field out[N_NAMES];
        const char *reason;
        if (!scan(str_of(good[i]), out, &reason))
            FAIL_WITH("refused: %s: %s", good[i], reason);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct str bad[] = {
        STR(""),
        STR(" "),
        STR("{"),
        STR("}"),
        STR("[]"),
        STR("1"),
        STR("\"a\""),
        STR("null"),
        STR("{}}"),
        STR("{}x"),
        STR("{\"a\"}"),
        STR("{\"a\":}"),
        STR("{\"a\":1,}"),
        STR("{,}"),
        STR("{\"a\":1 \"b\":2}"),
        STR("{a:1}"),
        STR("{'a':1}"),
        STR("{\"a\":01}"),
        STR("{\"a\":1.}"),
        STR("{\"a\":.5}"),
        STR("{\"a\":-}"),
        STR("{\"a\":+1}"),
        STR("{\"a\":1e}"),
        STR("{\"a\":0x1}"),
        STR("{\"a\":NaN}"),
        STR("{\"a\":tru}"),
        STR("{\"a\":truex}"),
        STR("{\"a\":\"\n\"}"),
        STR("{\"a\":\"\0\"}"),
        STR("{\"a\":\"\\x\"}"),
        STR("{\"a\":\"\\u12g4\"}"),
        STR("{\"a\":\"\\u123\"}"),
        STR("{\"a\":\"\\\"}"),
        STR("{\"a\":\"b}"),
        STR("{\"a\":\"\xC0\x80\"}"),
        STR("{\"a\":\"\xED\xA0\x80\"}"),
        STR("{\"a\":\"\xF4\x90\x80\x80\"}"),
        STR("{\"a\":\"\xE2\x82\"}"),
        STR("{\"a\":\"\xFF\"}"),
        STR("{\"a\":[1,]}"),
        STR("{\"a\":[}"),
        STR("{\"a\":[1}"),
        STR("{\"a\":{]}"),
        STR("{\"a\":[\"b\":1]}"),
        STR("{\"a\":{\"b\"}}"),
        STR("{\"a\":[,]}"),
        STR("{}\0"),
        STR("\xEF\xBB\xBF{}"),
        STR("{\\\"a\\\":1}"),
        STR("{\"a\"\\:1}"),
        STR("{\"a\":\"b\"\"c\":1}"),
        STR("{\"a\":1}{\"a\":1}"),
        STR("{\"a\":\"b\\\\\\\"}"),
        STR("{\"a\":\"\\ud83d\\u12\"}"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct scan_field out[N_NAMES];
        const char *reason;
        if (scan(bad[i], out, &reason))
            FAIL_WITH("accepted: %.*s", STR_ARG(bad[i]));
    }
}

static void test_fields(void **state)
{
    (void)state;
    struct scan_field out[N_NAMES];
    const char *reason;
    assert_true(scan(STR("{\"host\":\"a\",\"x\":{\"command_line\":\"no\"},\"command_line\":\"c\\\\d\",\"host\": 12 }"),
                     out, &reason));
    assert_int_equal(out[0].type, SCAN_STRING);
    assert_true(str_equal(out[0].raw, STR("c\\\\d")));
    assert_int_equal(out[1].type, SCAN_OTHER); /* the last of two counts */
    assert_true(str_equal(out[1].raw, STR("12")));
    assert_int_equal(out[2].type, SCAN_ABSENT);
    assert_true(scan(STR("{\"h\\u006fst\":[1, {\"a\":2}],\"n\\u00e4me\":\"\"}"), out, &reason));
    assert_true(str_equal(out[1].raw, STR("[1, {\"a\":2}]")));
    assert_true(out[2].type == SCAN_STRING && out[2].raw.n == 0);
    assert_true(scan(STR("{\"\":null}"), out, &reason));
    assert_true(out[3].type == SCAN_OTHER && str_equal(out[3].raw, STR("null")));
}

static void test_depth(void **state)
{
    (void)state;
    for (int depth = 62; depth <= 65; depth++) {
        char text[400];
        int n = snprintf(text, sizeof text, "{\"a\":");
        for (int i = 1; i < depth; i++)
            text[n++] = '[';
        for (int i = 1; i < depth; i++)
            text[n++] = ']';
        text[n++] = '}';
        struct scan_field out[N_NAMES];
        const char *reason;
        assert_int_equal(scan((struct str){text, (size_t)n}, out, &reason), depth <= 64);
    }
    size_t bomb = 1 << 20;
    char *text = malloc(bomb);
    assert_non_null(text);
    memset(text, '[', bomb);
    memcpy(text, "{\"a\":", 5);
    struct scan_field out[N_NAMES];
    const char *reason;
    assert_false(scan((struct str){text, bomb}, out, &reason));
    free(text);
}

static void unescapes(const char *raw, struct str expected)
{
    struct arena *arena = arena_new();
    struct scan_field field = {SCAN_STRING, str_of(raw)};
    struct str text;
    assert_true(scan_unescape(&field, arena, &text));
    assert_true(str_equal(text, expected));
    arena_free(arena);
}

static void test_unescape(void **state)
{
    (void)state;
    unescapes("\\\\\\\"\\/\\b\\f\\n\\r\\t", STR("\\\"/\b\f\n\r\t"));
    unescapes("a\\u0041\\u00e4\\u20AC\\u0000z", STR("aA\xC3\xA4\xE2\x82\xAC\0z"));
    unescapes("\\ud83d\\ude00", STR("\xF0\x9F\x98\x80"));
    unescapes("\\ud83d", STR("\xEF\xBF\xBD"));
    unescapes("\\ude00\\ud83d", STR("\xEF\xBF\xBD\xEF\xBF\xBD"));
    unescapes("\\ud83d\\u0041", STR("\xEF\xBF\xBD"
                                    "A"));
    unescapes("\\ud83dx", STR("\xEF\xBF\xBDx"));
    struct arena *arena = arena_new();
    static const char *const bad[] = {"\\", "\\x", "\\u12", "a\\u00g0"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct scan_field field = {SCAN_STRING, str_of(bad[i])};
        struct str text;
        assert_false(scan_unescape(&field, arena, &text));
    }
    arena_free(arena);
}

/* A random record; now and then odd in shape, size or letters. */
static void add_string(struct rng_state *rng, struct buf *out)
{
    static const char *const piece[] = {"a",
                                        "cmd.exe ",
                                        "\\\\",
                                        "\\\"",
                                        "\\n",
                                        "\\u0041",
                                        "\\ud83d\\ude00",
                                        "\xC3\xA4",
                                        "\xF0\x9F\x98\x80",
                                        "/",
                                        "C:",
                                        "0",
                                        " ",
                                        "{",
                                        "}",
                                        ":",
                                        ",",
                                        "[",
                                        "\\/",
                                        "\x7F"};
    static const char *const key[] = {"command_line", "host", "n\xC3\xA4me", "h\\u006fst", "x"};
    if (rng_next_below(rng, 3) == 0) {
        buf_printf(out, "\"%s\"", key[rng_next_below(rng, ARRAY_LEN(key))]);
        return;
    }
    buf_add(out, "\"", 1);
    for (uint64_t n = rng_next_below(rng, rng_next_below(rng, 20) == 0 ? 200 : 12); n > 0; n--)
        buf_add_str(out, str_of(piece[rng_next_below(rng, ARRAY_LEN(piece))]));
    buf_add(out, "\"", 1);
}

static void add_blanks(struct rng_state *rng, struct buf *out)
{
    static const char *const blank[] = {"", "", "", "", " ", " ", "\t", "\r\n  "};
    buf_add_str(out, str_of(blank[rng_next_below(rng, ARRAY_LEN(blank))]));
}

static void add_value(struct rng_state *rng, struct buf *out, int depth)
{
    static const char *const scalar[] = {"0", "-1", "12.5", "1e5", "-0.0E-2", "true", "false", "null", "123456789012"};
    uint64_t kind = rng_next_below(rng, depth < 4 ? 12 : 10);
    if (kind < 6) {
        add_string(rng, out);
    } else if (kind < 10) {
        buf_add_str(out, str_of(scalar[rng_next_below(rng, ARRAY_LEN(scalar))]));
    } else {
        bool object = kind == 10;
        buf_add_str(out, object ? STR("{") : STR("["));
        uint64_t n = rng_next_below(rng, 3);
        for (uint64_t i = 0; i < n; i++) {
            if (i > 0)
                buf_add_str(out, STR(","));
            if (object)
                buf_printf(out, "\"k%d\":", (int)i);
            add_blanks(rng, out);
            add_value(rng, out, depth + 1);
        }
        buf_add_str(out, object ? STR("}") : STR("]"));
    }
}

static void add_record(struct rng_state *rng, struct buf *out)
{
    buf_add_str(out, STR("{"));
    uint64_t n = rng_next_below(rng, 9);
    for (uint64_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_str(out, STR(","));
        add_blanks(rng, out);
        add_string(rng, out);
        add_blanks(rng, out);
        buf_add_str(out, STR(":"));
        add_blanks(rng, out);
        add_value(rng, out, 1);
        add_blanks(rng, out);
    }
    buf_add_str(out, rng_next_below(rng, 4) == 0 ? STR("}\r\n") : STR("}"));
}

static void mutate(struct rng_state *rng, struct buf *text)
{
    static const char odd[] = "\"\\{}[]:,0eE.-+tfn\n\x00\x01\x80\xC3\xED\xF4\xFFu ";
    for (uint64_t n = 1 + rng_next_below(rng, 3); n > 0 && text->n > 0; n--) {
        size_t at = (size_t)rng_next_below(rng, text->n);
        char c = odd[rng_next_below(rng, sizeof odd - 1)];
        switch (rng_next_below(rng, 4)) {
        case 0:
            text->n = at;
            break;
        case 1:
            memmove(text->p + at, text->p + at + 1, text->n - at - 1);
            text->n--;
            break;
        case 2:
            buf_add(text, &c, 1);
            memmove(text->p + at + 1, text->p + at, text->n - at - 1);
            text->p[at] = c;
            break;
        default:
            text->p[at] = c;
        }
    }
}

/* What the reference refuses and the scanner takes: duplicate keys (the last counts), \u0000, lone surrogates, numbers
 * beyond double. */
static bool reference_is_narrower(const char *message)
{
    static const char *const known[] = {"key", "u0000", "surrogate", "too long or too large"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (strstr(message, known[i]) != NULL)
            return true;
    }
    return false;
}

/* By decoding and encoding again, unlike the scanner's way. */
static bool is_utf8(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        const unsigned char *u = (const unsigned char *)s.p + i;
        size_t length = u[0] < 0x80 ? 1 : u[0] < 0xC0 ? 0 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : u[0] < 0xF8 ? 4 : 0;
        if (length == 0 || s.n - i < length)
            return false;
        uint32_t c = length == 1 ? u[0] : u[0] & (0x7Fu >> length);
        for (size_t k = 1; k < length; k++) {
            if ((u[k] & 0xC0) != 0x80)
                return false;
            c = c << 6 | (u[k] & 0x3F);
        }
        size_t shortest = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (shortest != length || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
            return false;
        i += length;
    }
    return true;
}

static void assert_same_value(const struct scan_field *field, const struct json *node, struct arena *arena)
{
    struct str text, expected;
    if (node == NULL) {
        assert_int_equal(field->type, SCAN_ABSENT);
        return;
    }
    assert_int_equal(field->type, json_type(node) == JSON_STRING ? SCAN_STRING : SCAN_OTHER);
    if (field->type != SCAN_STRING)
        return;
    assert_true(scan_unescape(field, arena, &text) && json_as_str(node, &expected));
    assert_true(str_equal(text, expected));
}

static bool compare(struct str record, struct arena *arena, bool *valid)
{
    struct scan_field out[N_NAMES];
    const char *reason;
    struct json_doc *doc = NULL;
    struct error err = {0};
    *valid = scan(record, out, &reason);
    bool reference = json_parse(record, "t", false, &doc, &err);
    bool object = reference && json_type(json_root(doc)) == JSON_OBJECT;
    if (*valid && !reference && reference_is_narrower(err.message))
        return false;
    /* The reference takes any bytes inside strings. */
    if (!*valid && object && !is_utf8(record)) {
        json_free(doc);
        return false;
    }
    if (*valid != object)
        FAIL_WITH("scan says %s, reference %s: %.*s", *valid ? "valid" : reason, object ? "valid" : err.message,
                  STR_ARG(record));
    if (*valid) {
        struct arena_mark mark = arena_mark(arena);
        for (size_t j = 0; j < 3; j++) {
            char name[16];
            snprintf(name, sizeof name, "%.*s", STR_ARG(names[j]));
            assert_same_value(&out[j], json_get(json_root(doc), name), arena);
        }
        arena_release(arena, mark);
    }
    json_free(doc);
    return true;
}

/* The same record with so many blanks in it that only the complete parser takes it gives the same fields. */
static void assert_same_slowly(struct str record, bool valid)
{
    enum { PADDING = 17000 };
    struct scan_field fast[N_NAMES], slow[N_NAMES];
    const char *reason;
    if (record.n == 0 || record.p[0] != '{')
        return;
    char *padded = malloc(record.n + PADDING);
    assert_non_null(padded);
    memset(padded, ' ', record.n + PADDING);
    padded[0] = '{';
    memcpy(padded + 1 + PADDING, record.p + 1, record.n - 1);
    assert_int_equal(scan((struct str){padded, record.n + PADDING}, slow, &reason), valid);
    assert_int_equal(scan(record, fast, &reason), valid);
    for (size_t j = 0; valid && j < N_NAMES; j++) {
        assert_int_equal(fast[j].type, slow[j].type);
        assert_true(str_equal(fast[j].raw, slow[j].raw));
        assert_true(fast[j].type == SCAN_ABSENT || fast[j].raw.p - record.p + PADDING == slow[j].raw.p - padded);
    }
    free(padded);
}

static void test_against_reference(void **state)
{
    (void)state;
    size_t n_valid = 0, n_compared = 0, n = 120000;
    struct buf text = {.limit = 1 << 20};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < n; i++) {
        struct rng_state rng = rng_start(5, 1, i);
        bool valid;
        text.n = 0;
        add_record(&rng, &text);
        if (i % 2 == 1)
            mutate(&rng, &text);
        n_compared += compare(buf_str(&text), arena, &valid);
        n_valid += valid;
        if (i % 16 < 2)
            assert_same_slowly(buf_str(&text), valid);
    }
    buf_free(&text);
    arena_free(arena);
    assert_true(n_compared > n / 2);
    assert_in_range(n_valid, n / 2, 9 * n / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_refused),  cmocka_unit_test(test_fields),
        cmocka_unit_test(test_depth),    cmocka_unit_test(test_unescape), cmocka_unit_test(test_against_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
