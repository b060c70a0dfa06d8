#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "scan_test.h"
#include "support/json.h"
#include "support/rng.h"

#include <stdio.h>

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
        cmocka_unit_test(test_against_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
