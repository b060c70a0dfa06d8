/* A rank's own unique lines where the hash of a spelling is good for nothing: bytes decide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "support/hash.h"

#include <stdio.h>

/* What an attacker who knows the seed can do for some texts, done for all: so many hashes there are. */
static uint64_t weakness = UINT64_MAX;

static struct hash128 weak(struct str bytes, uint64_t seed)
{
    struct hash128 h = hash128(bytes, seed);
    return weakness == UINT64_MAX ? h : (struct hash128){0, h.lo % weakness};
}

#define hash128(bytes, seed) weak(bytes, seed)
#include "../../../src/ingest/unique.c"
#undef hash128

struct day {
    struct arena *texts, *own, *scratch;
    struct normalize rules;
    struct unique *unique;
};

/* Fields stand backwards in the records, so that it shows what was decoded. Behind an "x" the text is longer. */
static struct str backwards(struct str field, struct arena *arena)
{
    size_t longer = field.n > 0 && field.p[0] == 'x' ? 3 : 0;
    char *text = arena_bytes(arena, field.n + longer);
    for (size_t i = 0; i < field.n; i++)
        text[i] = field.p[field.n - 1 - i];
    memcpy(text + field.n, "   ", longer);
    return (struct str){text, field.n + longer};
}

static const struct form plain_form = {.decode = NULL}, backward_form = {.decode = backwards};
static const struct layout plain_layout = {.form = &plain_form}, backward_layout = {.form = &backward_form};
static const struct unique_class plain_class = {&plain_layout, 1, 0, 1, 1};
static const struct unique_class backward_class = {&backward_layout, 1, 0, 1, 1};
static const struct unique_class half_class = {&plain_layout, 2, 0, 1, 3};

static struct day day_new(void)
{
    struct day day = {arena_new(), arena_new(), arena_new(), {0}, NULL};
    params_default(normalize_params, &day.rules);
    return day;
}

static void day_start(struct day *day)
{
    day->unique = unique_new(&(struct unique_options){
        .rules = &day->rules, .seed = 1, .texts = day->texts, .own = day->own, .scratch = day->scratch});
}

static void day_free(struct day *day)
{
    arena_free(day->texts);
    arena_free(day->own);
    arena_free(day->scratch);
}

static void add(struct day *day, const struct unique_class *kind, const char *text, int64_t row)
{
    struct event event = {.command = {arena_copy(day->scratch, text, strlen(text)), strlen(text)}};
    unique_add(day->unique, kind, &event, 0, row);
}

static void line_is(const struct day *day, size_t i, const char *text, int64_t n, int64_t row)
{
    const struct unique_line *line = unique_line(day->unique, i);
    assert_int_equal(line->n, strlen(text));
    assert_memory_equal(line->text, text, line->n);
    assert_int_equal(line->count, n);
    assert_int_equal(unique_first(day->unique, i)->row, row);
}

/* All spellings collide: in one queue, over several, with lines, with other spellings. */
static void bytes_decide_whatever_their_hash(void **state)
{
    (void)state;
    static const uint64_t hashes[] = {1, 7, 100, UINT64_MAX};
    for (size_t h = 0; h < ARRAY_LEN(hashes); h++) {
        weakness = hashes[h];
        struct day day = day_new();
        day_start(&day);
        for (int64_t i = 0; i < 3000; i++) { /* 100 lines, each spelled in three ways */
            char text[64];
            int line = (int)(i * i % 100 + i % 7) % 100;
            snprintf(text, sizeof text, "%s %c%c",
                     i % 3 == 0   ? "Do"
                     : i % 3 == 1 ? "do"
                                  : "DO ",
                     'a' + line / 10, 'a' + line % 10);
            add(&day, &plain_class, text, i);
            if (i % 200 == 199)
                unique_flush(day.unique);
        }
        unique_flush(day.unique);
        unique_seal(day.unique);
        int64_t total = 0, last = -1;
        for (size_t i = 0; i < unique_count(day.unique); i++) {
            total += unique_line(day.unique, i)->count;
            assert_true(unique_first(day.unique, i)->row > last);
            last = unique_first(day.unique, i)->row;
        }
        assert_int_equal(total, 3000);
        /* i * i % 100 + i % 7 is below 100 or wraps: every line occurs. */
        weakness = UINT64_MAX;
        int64_t count[100] = {0};
        for (int64_t i = 0; i < 3000; i++)
            count[(i * i % 100 + i % 7) % 100]++;
        size_t n = 0;
        for (size_t i = 0; i < 100; i++)
            n += count[i] > 0;
        assert_int_equal(unique_count(day.unique), n);
        for (size_t i = 0; i < n; i++) {
            const struct unique_line *line = unique_line(day.unique, i);
            int number = (line->text[line->n - 2] - 'a') * 10 + line->text[line->n - 1] - 'a';
            assert_int_equal(line->count, count[number]);
        }
        day_free(&day);
    }
}

/* The same bytes mean another text to another form; texts are decoded at the end. */
static void the_same_bytes_of_another_class_are_another_spelling(void **state)
{
    (void)state;
    weakness = 1;
    struct day day = day_new();
    day_start(&day);
    add(&day, &plain_class, "abc", 0);
    add(&day, &backward_class, "abc", 1);
    add(&day, &backward_class, "abc", 2);
    unique_flush(day.unique);
    add(&day, &backward_class, "cba", 3);
    add(&day, &plain_class, "abc", 4);
    add(&day, &backward_class, "xyz", 5);
    unique_flush(day.unique);
    unique_seal(day.unique);
    assert_int_equal(unique_count(day.unique), 3);
    line_is(&day, 0, "abc", 3, 0);
    line_is(&day, 1, "cba", 2, 1);
    line_is(&day, 2, "zyx   ", 1, 5);
    day_free(&day);
    weakness = UINT64_MAX;
}

static void decoded_texts_may_be_longer(void **state)
{
    (void)state;
    struct day day = day_new();
    day_start(&day);
    for (int64_t i = 0; i < 3; i++)
        add(&day, &backward_class, "xyz", i);
    add(&day, &backward_class, "", 3);
    unique_flush(day.unique);
    unique_seal(day.unique);
    assert_int_equal(unique_count(day.unique), 2);
    line_is(&day, 0, "zyx   ", 3, 0);
    line_is(&day, 1, "", 1, 3);
    day_free(&day);
}

/* Three payloads are three lines of one masked form, and another case of the rest is the same line. */
static void payloads_are_told_apart(void **state)
{
    (void)state;
    static const char *const text[] = {"powershell -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA",
                                       "PowerShell -Enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA",
                                       "powershell -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQB",
                                       "powershell -enc sQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA"};
    struct day day = day_new();
    day_start(&day);
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        add(&day, &plain_class, text[i], (int64_t)i);
    unique_flush(day.unique);
    unique_seal(day.unique);
    assert_int_equal(unique_count(day.unique), 3);
    line_is(&day, 0, text[0], 2, 0);
    line_is(&day, 1, text[2], 1, 2);
    line_is(&day, 2, text[3], 1, 3);
    for (size_t i = 1; i < 3; i++) {
        assert_true(hash128_equal(unique_first(day.unique, i)->hash, unique_first(day.unique, 0)->hash));
        assert_false(hash128_equal(unique_first(day.unique, i)->id, unique_first(day.unique, 0)->id));
    }
    day_free(&day);
}

/* Spellings that are not wanted are told from those that are, too. */
static void unwanted_spellings_hide_no_line(void **state)
{
    (void)state;
    size_t n[2];
    for (size_t h = 0; h < 2; h++) {
        weakness = h == 0 ? UINT64_MAX : 3;
        struct day day = day_new();
        day_start(&day);
        for (int64_t i = 0; i < 500; i++) {
            char text[8] = {(char)('a' + i % 25), (char)('a' + i % 4), 0};
            add(&day, &half_class, text, i);
        }
        unique_flush(day.unique);
        unique_seal(day.unique);
        n[h] = unique_count(day.unique);
        for (size_t i = 0; i < n[h]; i++)
            assert_int_equal(unique_line(day.unique, i)->count, 5);
        day_free(&day);
    }
    assert_true(n[0] > 30 && n[0] < 70);
    weakness = UINT64_MAX;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_decide_whatever_their_hash),
        cmocka_unit_test(the_same_bytes_of_another_class_are_another_spelling),
        cmocka_unit_test(decoded_texts_may_be_longer),
        cmocka_unit_test(payloads_are_told_apart),
        cmocka_unit_test(unwanted_spellings_hide_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
