#include "record/run_file.h"
#include "support/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../src/record/grid.h"
#include "record_test.h"

/* results/README.md between two marks is what the tables say. RENEW_SCHEMA=1 writes it there. */
static void check_section(struct fixture *f, const char *name, void (*schema)(struct buf *out))
{
    const char *source = getenv("SOURCE_DIR");
    assert_non_null(source);
    const char *path = arena_printf(f->arena, "%s/results/README.md", source);
    const char *start = arena_printf(f->arena, "<!-- %s: made by the program -->\n", name),
               *end = arena_printf(f->arena, "<!-- end of %s -->\n", name);
    struct buf wanted = {.limit = 1 << 20}, page = {.limit = 1 << 20};
    struct str text;
    schema(&wanted);
    assert_false(wanted.full);
    assert_true(file_read(path, 1 << 20, f->arena, &text, &f->err));
    const size_t from = str_find(text, str_of(start), 0), to = str_find(text, str_of(end), 0);
    assert_true(from != SIZE_MAX && to != SIZE_MAX && from < to);
    const size_t body = from + strlen(start);
    if (getenv("RENEW_SCHEMA") != NULL) {
        buf_add(&page, text.p, body);
        buf_add_str(&page, buf_str(&wanted));
        buf_add(&page, text.p + to, text.n - to);
        assert_true(file_replace(path, buf_str(&page), &f->err));
    } else if (!str_equal((struct str){text.p + body, to - body}, buf_str(&wanted))) {
        fail_msg("results/README.md does not say what is in the files; RENEW_SCHEMA=1 ctest -R unit.record.schema "
                 "writes it anew");
    }
    buf_free(&page);
    buf_free(&wanted);
}

static void the_page_says_what_a_run_holds(void **state)
{
    check_section(*state, "schema of a run", run_file_schema);
}

static void the_page_says_what_a_sweep_holds(void **state)
{
    check_section(*state, "schema of a sweep", sweep_schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_page_says_what_a_run_holds),
        TEST(the_page_says_what_a_sweep_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
