#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "../../../src/generate/expand.h"

#include <stdlib.h>

static const char *const colours[] = {"red", "{pick:light|dark} blue", NULL};
static const struct pool pools[] = {{"colour", colours}};

struct stage {
    struct arena *arena;
    struct expander *expander;
    char made[512];
};

static int set_up(void **state)
{
    static struct stage stage;
    stage.arena = arena_new();
    stage.expander = expander_new(pools, ARRAY_LEN(pools), stage.arena);
    *state = &stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    arena_free(stage->arena);
    return 0;
}

static const char *expanded(struct stage *stage, const char *template, uint64_t seed)
{
    static const struct str names[] = {{"web-1", 5}};
    struct scene scene = {.rng = rng_start(seed, 1, 1),
                          .self = STR("here"),
                          .user = STR("me"),
                          .inner = STR("a \"b\" c"),
                          .hosts = {names, 1},
                          .servers = {names, 1},
                          .day = 20089};
    struct text out = {stage->made, 0, sizeof(stage->made) - 1};
    expand(stage->expander, expander_compile(stage->expander, template), &scene, &out);
    stage->made[out.n] = '\0';
    return stage->made;
}

static void test_text_and_names(void **state)
{
    assert_string_equal(expanded(*state, "", 1), "");
    assert_string_equal(expanded(*state, "plain | text }", 1), "plain | text }");
    assert_string_equal(expanded(*state, "{self} {user} {host} {server}", 1), "here me web-1 web-1");
    assert_string_equal(expanded(*state, "sh -c '{inner}'", 1), "sh -c 'a \"b\" c'");
    assert_string_equal(expanded(*state, "{<}x{>}{bar}", 1), "{x}|");
}

static void test_every_alternative_is_drawn(void **state)
{
    bool seen[3] = {false};
    for (uint64_t seed = 0; seed < 200; seed++) {
        const char *made = expanded(*state, "{pick:a|{pick:b|}c|x | y}", seed);
        bool known[] = {strcmp(made, "a") == 0, strcmp(made, "bc") == 0 || strcmp(made, "c") == 0,
                        strcmp(made, "x | y") == 0};
        assert_true(known[0] || known[1] || known[2]);
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
            seen[i] |= known[i];
    }
    assert_true(seen[0] && seen[1] && seen[2]);
}

static void test_pool_items_are_templates(void **state)
{
    bool red = false, dark = false;
    for (uint64_t seed = 0; seed < 200; seed++) {
        const char *made = expanded(*state, "{colour}", seed);
        assert_true(strcmp(made, "red") == 0 || strcmp(made, "light blue") == 0 || strcmp(made, "dark blue") == 0);
        red |= strcmp(made, "red") == 0;
        dark |= strcmp(made, "dark blue") == 0;
    }
    assert_true(red && dark);
}

static void test_base64(void **state)
{
    /* RFC 4648, section 10, and PowerShell's UTF-16LE form of "dir" */
    assert_string_equal(expanded(*state, "{b64a:}", 1), "");
    assert_string_equal(expanded(*state, "{b64a:f}", 1), "Zg==");
    assert_string_equal(expanded(*state, "{b64a:fo}", 1), "Zm8=");
    assert_string_equal(expanded(*state, "{b64a:foobar}", 1), "Zm9vYmFy");
    assert_string_equal(expanded(*state, "{b64:dir}", 1), "ZABpAHIA");
    assert_string_equal(expanded(*state, "<{b64a:a | {self}}>", 1), "<YSB8IGhlcmU=>");
}

static void test_values_have_their_shape(void **state)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        assert_true(strspn(expanded(*state, "{hex:40}", seed), "0123456789abcdef") == 40);
        assert_int_equal(strlen(expanded(*state, "{alnum:7}", seed)), 7);
        assert_true(strtoul(expanded(*state, "{int:12}", seed), NULL, 10) < 12);
        const char *guid = expanded(*state, "{guid}", seed);
        assert_int_equal(strlen(guid), 36);
        assert_true(guid[8] == '-' && guid[13] == '-' && guid[18] == '-' && guid[23] == '-');
        const char *pubip = expanded(*state, "{pubip}", seed);
        assert_true(strncmp(pubip, "192.0.2.", 8) == 0 || strncmp(pubip, "198.51.100.", 11) == 0 ||
                    strncmp(pubip, "203.0.113.", 10) == 0);
        assert_int_equal(strncmp(expanded(*state, "{ip}", seed), "10.", 3), 0);
        const char *date = expanded(*state, "{date}", seed);
        assert_true(strncmp(date, "2024-12-", 8) == 0 || strcmp(date, "2025-01-01") == 0);
    }
}

static void test_seed_decides(void **state)
{
    char first[64];
    strcpy(first, expanded(*state, "{hex:32}", 7));
    assert_string_equal(expanded(*state, "{hex:32}", 7), first);
    assert_string_not_equal(expanded(*state, "{hex:32}", 8), first);
}

static void test_civil_date(void **state)
{
    (void)state;
    static const struct {
        int64_t day;
        unsigned year, month, mday;
    } known[] = {
        {0, 1970, 1, 1}, {11016, 2000, 2, 29}, {20088, 2024, 12, 31}, {20089, 2025, 1, 1}, {20454, 2026, 1, 1}};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        unsigned year, month, mday;
        civil_date(known[i].day, &year, &month, &mday);
        assert_int_equal(year, known[i].year);
        assert_int_equal(month, known[i].month);
        assert_int_equal(mday, known[i].mday);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_and_names),
        cmocka_unit_test(test_every_alternative_is_drawn),
        cmocka_unit_test(test_pool_items_are_templates),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_values_have_their_shape),
        cmocka_unit_test(test_seed_decides),
        cmocka_unit_test(test_civil_date),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
