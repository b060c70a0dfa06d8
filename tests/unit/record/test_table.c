#include "record/collect.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record_test.h"
#include "sweep_test.h"

static void better_needs_a_lower_fpr_and_no_lower_tpr(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(strstr(table, "-.1990"));
    assert_true(count_of(table, "] better") >= 2);
    assert_int_equal(count_of(table, "] worse"), 0);
    const size_t before = count_of(table, "] better");
    for (size_t i = 3; i < 6; i++) /* iforest, size 60, test hard: TPR falls by .03 */
        m->result[i]->point[2].value[METRIC_TPR] = m->result[i]->point[0].value[METRIC_TPR] - 0.03;
    write_runs(f, m);
    table = collect(f, m, NULL);
    assert_int_equal(count_of(table, "] better"), before - 2); /* against size 0 and the control */
    for (size_t i = 3; i < 6; i++)
        m->result[i]->point[2].value[METRIC_FPR] = 0.9;
    write_runs(f, m);
    assert_int_equal(count_of(collect(f, m, NULL), "] worse"), 2);
}

static void the_table_shows_what_it_should(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 2, 3);
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(
        strstr(table, "test \"hard\": 300 benign lines in 90.0 effective clusters, 150 malicious in 40.0; 3 seeds"));
    assert_non_null(strstr(table, "test \"today\" (a day)"));
    assert_null(strstr(table, "\"half\"")); /* tune */
    assert_int_equal(count_of(table, "alarms/day"), 1);
    assert_int_equal(count_of(table, "own-curve FPR: at TPR 0.9"), 2);
    assert_non_null(strstr(table, "classifier=logistic iforest"));
    assert_non_null(strstr(table, "classifier=gbdt random (control)"));
    assert_non_null(strstr(table, "1 in 100,000"));
    assert_non_null(strstr(table, "\"hard\" by host"));
    assert_non_null(strstr(table, "beta?[31m"));
    assert_non_null(strstr(table, "area under time"));
    for (const char *line = table, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        if (end - line > 220)
            fail_msg("a line of %d: %.*s", (int)(end - line), (int)(end - line), line);
}

static void without_a_validation_set_the_own_curve_counts(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 9; k++)
            for (size_t metric = 0; metric < METRIC_COUNT; metric++)
                if (metrics[metric].at_threshold)
                    m->result[i]->point[k].value[metric] = NAN;
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_null(strstr(table, "FPR, TPR: together"));
    assert_null(strstr(table, "alarms/day"));
    assert_null(strstr(table, "precision"));
    assert_non_null(strstr(table, "read off the test's own curve"));
    assert_true(count_of(table, "] better") >= 2);
}

static void many_groups_are_cut(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 1);
    for (size_t i = 0; i < 2; i++) {
        struct result *r = m->result[i];
        r->n_groups = 15;
        r->group = ARENA_ZARRAY(f->arena, struct result_group, 15);
        for (size_t g = 0; g < 15; g++) {
            r->group[g].value = str_of(arena_printf(f->arena, "host%zu", g));
            r->group[g].at = ARENA_ZARRAY(f->arena, struct group_value, 3);
            for (size_t s = 0; s < 3; s++)
                r->group[g].at[s].n_benign = (int64_t)g + 1;
        }
    }
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(strstr(table, "host14"));
    assert_null(strstr(table, "host2 "));
    assert_non_null(strstr(table, "and 3 smaller groups"));
}

static void long_arms_get_a_legend(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 1);
    static const char *values[] = {"random", "ensemble of iforest and pca with dims=20 and trees=400"};
    m->axis[1].value = values;
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_int_equal(count_of(table, values[1]), 1);
    assert_non_null(strstr(table, "arm 2: ensemble"));
    assert_non_null(strstr(table, "arm 1 (control)"));
}

static void programs_that_differ_are_said(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    m->result[2]->dirty = true;
    m->result[5]->commit = "def";
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(
        strstr(table, "program: commit abc made 4 runs, commit abc with changes made 1 runs, commit def made 1 runs"));
    struct store *store;
    struct str *text;
    size_t n;
    assert_true(store_open(m->sweep, &store, &f->err));
    assert_true(store_get_str(store, "/run_commit", f->arena, &text, &n, &f->err));
    assert_true(n == 6 && str_equal(text[5], STR("def")));
    assert_true(store_get_str(store, "/run_id", f->arena, &text, &n, &f->err));
    assert_true(str_equal(text[3], STR("run-0-1-0")));
    store_close(store);
}

static void one_seed_has_no_interval(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 1);
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(strstr(table, "(a) no interval: fewer than 3 seeds"));
    assert_non_null(strstr(table, ".5000 (a)"));
    assert_null(strstr(table, "(b)"));
    const double *low = sweep_array(f, m, "/fpr_low", 18), *mean = sweep_array(f, m, "/fpr_mean", 18),
                 *why = sweep_array(f, m, "/fpr_interval", 18);
    assert_true(isnan(low[0]) && !isnan(mean[0]) && why[0] == INTERVAL_FEW_SEEDS);
    assert_null(strstr(table, " better\n"));
}

static void few_clusters_have_no_interval_where_they_matter(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    for (size_t i = 0; i < 6; i++)
        m->result[i]->test[0].clusters[1] = 5; /* malicious */
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(strstr(table, "malicious in 5.0"));
    assert_non_null(strstr(table, "(b) no interval: "));
    static const struct {
        const char *path;
        bool given;
    } metric[] = {{"/auc_low", false}, {"/fpr_at_tpr_low", false}, {"/fpr_low", true}, {"/tpr_low", false}};
    for (size_t i = 0; i < ARRAY_LEN(metric); i++)
        assert_true(isnan(sweep_array(f, m, metric[i].path, 18)[0]) == !metric[i].given);
    assert_true(!isnan(sweep_array(f, m, "/auc_low", 18)[3]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(better_needs_a_lower_fpr_and_no_lower_tpr),
        TEST(the_table_shows_what_it_should),
        TEST(without_a_validation_set_the_own_curve_counts),
        TEST(many_groups_are_cut),
        TEST(long_arms_get_a_legend),
        TEST(programs_that_differ_are_said),
        TEST(one_seed_has_no_interval),
        TEST(few_clusters_have_no_interval_where_they_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
